"""GoogLeNet of any width, built from torchvision's own blocks (Szegedy et al. 2015, with batch normalisation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torchvision.models.googlenet import BasicConv2d, Inception

from lesionary.networks.weights import load_weights
from lesionary.subtyping.learning.comparisons.dropout import drop

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Generator, Tensor

FULL_WIDTH = 64
BLOCKS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Channels at full width: 1 x 1; reduced, then 3 x 3; reduced, then the second convolution; pooled. Side by side the
first, third, fifth and sixth are what comes out."""
DROPOUT = 0.2
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's


class GoogLeNet(nn.Module):
    """Nine inception blocks: images to class logits.

    At width 64 its parameters have the names and shapes of `torchvision.models.googlenet` less its two auxiliary
    classifiers, so its pre-trained weights load. These were learnt on colours of mean and deviation 0.5: with them,
    images that have ImageNet's come to those first, as in torchvision.
    """

    def __init__(self, width: int = FULL_WIDTH, *, classes: int) -> None:
        super().__init__()

        def scaled(channels: int) -> int:
            return max(1, channels * width // FULL_WIDTH)

        self.learnt_on_halves = False
        self.conv1 = BasicConv2d(3, scaled(64), kernel_size=7, stride=2, padding=3)
        self.conv2 = BasicConv2d(scaled(64), scaled(64), kernel_size=1)
        self.conv3 = BasicConv2d(scaled(64), scaled(192), kernel_size=3, padding=1)
        inputs = scaled(192)
        for name, full in BLOCKS.items():
            channels = [scaled(one) for one in full]
            self.add_module(f"inception{name}", Inception(inputs, *channels))
            inputs = channels[0] + channels[2] + channels[4] + channels[5]
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.last_pool = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.fc = nn.Linear(inputs, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained (`networks.weights`), the head's where it has as many classes."""
        load_weights(self, name_or_path, architecture="googlenet", heads=("fc", "aux1", "aux2"))
        self.learnt_on_halves = True

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """What the head sees: the last map, averaged over space."""
        maps: Tensor = self.pool(self.conv1(self._as_learnt(images)))
        maps = self.pool(self.conv3(self.conv2(maps)))
        for name in BLOCKS:
            if name == "4a":
                maps = self.pool(maps)
            elif name == "5a":
                maps = self.last_pool(maps)
            maps = self.get_submodule(f"inception{name}")(maps)
        return maps.mean(dim=(2, 3))

    def forward(
        self, images: Float[Tensor, "images 3 side side"], rng: Generator | None = None
    ) -> Float[Tensor, "images classes"]:
        """Class logits. Dropout is drawn from `rng`, a generator of the CPU; without one nothing is dropped."""
        logits: Tensor = self.fc(drop(self.embed(images), DROPOUT, rng))
        return logits

    def _as_learnt(self, images: Tensor) -> Tensor:
        if not self.learnt_on_halves:
            return images
        mean, deviation = (images.new_tensor(one)[:, None, None] for one in (_MEAN, _DEVIATION))
        return (images * deviation + mean - 0.5) / 0.5
