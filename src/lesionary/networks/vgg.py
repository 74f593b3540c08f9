"""The convolutions of VGG-16 with batch normalisation, of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn
from torchvision.models.vgg import make_layers

from lesionary.networks.weights import load_weights

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

CONVOLUTIONS = (2, 2, 3, 3, 3)
"""Of each block of VGG-16."""


class VGG16(nn.Module):
    """Images to the feature maps of the five blocks of VGG-16.

    At width 64 its parameters have the names and shapes of `torchvision.models.vgg16_bn`, less the classifier's; at
    width 8 it is the same network with an eighth of the channels, small enough for a laptop.
    """

    strides = (1, 2, 4, 8, 16)
    """Pixels of the image a pixel of each map."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.channels = [width * times for times in (1, 2, 4, 8, 8)]
        layout: list[int | str] = []
        for channels, count in zip(self.channels, CONVOLUTIONS, strict=True):
            layout += [channels] * count + ["M"]
        self.features = make_layers(layout, batch_norm=True)

    def stages(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images channels _ _"]]:
        """The last map of each block (conv1_2, 2_2, 3_3, 4_3, 5_3): the images' side, a half, 1/4, 1/8 and 1/16."""
        found, maps = [], images
        for layer in self.features[:-1]:
            if isinstance(layer, nn.MaxPool2d):
                found.append(maps)
            maps = layer(maps)
        return [*found, maps]

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained (`networks.weights`)."""
        load_weights(self, name_or_path, architecture="vgg16_bn", heads=("classifier",))
