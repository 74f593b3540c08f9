"""AlexNet of any width, as torchvision has it (its second, single-GPU form; Krizhevsky 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from lesionary.networks.weights import load_weights
from lesionary.subtyping.learning.comparisons.dropout import drop

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Generator, Tensor

CELLS = 6
"""Side of the map that the fully connected layers are given, of images of 224 pixels."""
HIDDEN = 64
"""Times the width: 4,096 features at full width."""
DROPOUT = 0.5


class AlexNet(nn.Module):
    """Five convolutions and three fully connected layers: images to class logits.

    At width 64 and 224 pixels its parameters have the names and shapes of `torchvision.models.alexnet`, so its
    pre-trained weights load. A side below 63 pixels is refused: the third pooling then has nothing left.
    """

    def __init__(self, width: int = 64, side_px: int = 224, *, classes: int) -> None:
        super().__init__()
        left = map_side(side_px)
        if left < 1:
            raise ValueError(f"of {side_px} pixels AlexNet leaves none: give it 63 or more")
        channels = [width * times for times in (1, 3, 6, 4, 4)]
        pool = nn.MaxPool2d(kernel_size=3, stride=2)
        self.features = nn.Sequential(
            nn.Conv2d(3, channels[0], kernel_size=11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            pool,
            nn.Conv2d(channels[0], channels[1], kernel_size=5, padding=2),
            nn.ReLU(inplace=True),
            pool,
            nn.Conv2d(channels[1], channels[2], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels[2], channels[3], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels[3], channels[4], kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            pool,
        )
        # A smaller map is given as it is: copied until it has 6 x 6 cells, as torchvision would, each of its values
        # would count many times over in a step.
        cells = min(CELLS, left)
        self.avgpool = nn.AdaptiveAvgPool2d(cells)
        hidden = width * HIDDEN
        layers = {"1": nn.Linear(channels[4] * cells**2, hidden), "4": nn.Linear(hidden, hidden)}
        self.classifier = nn.ModuleDict({**layers, "6": nn.Linear(hidden, classes)})  # names of torchvision's weights
        for module in self.features:
            if isinstance(module, nn.Conv2d):  # nothing normalises batches here: maps must neither fade nor grow
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                assert module.bias is not None
                nn.init.zeros_(module.bias)

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained (`networks.weights`), the classifier's where they fit."""
        load_weights(self, name_or_path, architecture="alexnet", heads=("classifier",))

    def embed(
        self, images: Float[Tensor, "images 3 side side"], rng: Generator | None = None
    ) -> Float[Tensor, "images features"]:
        """What the last layer sees."""
        found: Tensor = self.avgpool(self.features(images)).flatten(1)
        for name in ("1", "4"):
            found = self.classifier[name](drop(found, DROPOUT, rng)).relu()
        return found

    def forward(
        self, images: Float[Tensor, "images 3 side side"], rng: Generator | None = None
    ) -> Float[Tensor, "images classes"]:
        """Class logits. Dropout is drawn from `rng`, a generator of the CPU; without one nothing is dropped."""
        logits: Tensor = self.classifier["6"](self.embed(images, rng))
        return logits


def map_side(side_px: int) -> int:
    """Side of the last map of an image of `side_px`.

    >>> map_side(224), map_side(64), map_side(62)
    (6, 1, 0)
    """
    left = (side_px + 2 * 2 - 11) // 4 + 1
    for _ in range(3):
        left = max((left - 3) // 2 + 1, 0)
    return left
