"""VGG-19 with batch normalisation, of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torchvision.models.vgg import make_layers

from lesionary.networks.weights import load_weights
from lesionary.subtyping.learning.comparisons.dropout import drop

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Generator, Tensor

CONVOLUTIONS = (2, 2, 4, 4, 4)
"""Of each block of VGG-19."""
CELLS = 7
"""Side of the map that the fully connected layers are given, of images of 224 pixels or more."""
STRIDE = 32
HIDDEN = 64
"""Times the width: 4,096 features at full width."""
DROPOUT = 0.5


class VGG19(nn.Module):
    """Sixteen convolutions and three fully connected layers: images to class logits.

    At width 64 and 224 pixels its parameters have the names and shapes of `torchvision.models.vgg19_bn`. The paper does
    not say whether its VGG-19 normalises batches; here it does, as it starts from scratch at laptop size.
    """

    def __init__(self, width: int = 64, side_px: int = 224, *, classes: int) -> None:
        super().__init__()
        layout: list[int | str] = []
        for times, count in zip((1, 2, 4, 8, 8), CONVOLUTIONS, strict=True):
            layout += [width * times] * count + ["M"]
        self.features = make_layers(layout, batch_norm=True)
        # A smaller map is given as it is. Copied until it has 7 x 7 cells, as torchvision would, each of its values
        # counts many times over in a step (of 64 pixels twelve times): neither 0.01 nor 0.05 then trained steadily.
        cells = min(CELLS, side_px // STRIDE)
        self.avgpool = nn.AdaptiveAvgPool2d(cells)
        hidden = width * HIDDEN
        layers = {"0": nn.Linear(width * 8 * cells**2, hidden), "3": nn.Linear(hidden, hidden)}
        self.classifier = nn.ModuleDict({**layers, "6": nn.Linear(hidden, classes)})  # names of torchvision's weights
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        # Linear layers keep torch's own start: torchvision's deviation of 0.01 is meant for 4,096 features.

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained (`networks.weights`), the classifier's where they fit."""
        load_weights(self, name_or_path, architecture="vgg19_bn", heads=("classifier",))

    def embed(
        self, images: Float[Tensor, "images 3 side side"], rng: Generator | None = None
    ) -> Float[Tensor, "images features"]:
        """What the last layer sees."""
        found: Tensor = self.avgpool(self.features(images)).flatten(1)
        for name in ("0", "3"):
            found = drop(self.classifier[name](found).relu(), DROPOUT, rng)
        return found

    def forward(
        self, images: Float[Tensor, "images 3 side side"], rng: Generator | None = None
    ) -> Float[Tensor, "images classes"]:
        """Class logits. Dropout is drawn from `rng`, a generator of the CPU; without one nothing is dropped."""
        logits: Tensor = self.classifier["6"](self.embed(images, rng))
        return logits
