"""DMRN: a ResNet whose four stages are each pooled into a vector, so that images can be compared at every scale.

Two images of a pair go through the same weights. Both branches of a batch are one forward over the concatenated
images, so BatchNorm sees them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from lesionary.base.errors import ParamsError
from lesionary.networks.regnet import RegNet
from lesionary.networks.resnet import ResNet

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor


ENCODERS = {"resnet": ResNet, "regnet": RegNet}


def features(channels: int) -> int:
    """Of the vector that a map of `channels` becomes: a quarter (2.2.1)."""
    return max(1, channels // 4)


class ResidualPoolingUnit(nn.Module):
    """A feature map as one vector of a quarter of its channels (2.2.1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.refine = nn.Sequential(
            nn.ReLU(),  # not in place: the next stage of the backbone reads the same map
            nn.Conv2d(channels, channels, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, kernel_size=3, padding=1),
        )
        self.fc = nn.Linear(channels, features(channels))

    def forward(self, maps: Float[Tensor, "images channels height width"]) -> Float[Tensor, "images features"]:
        """The vector that distances are read off; nothing follows the linear layer."""
        vector: Tensor = self.fc((maps + self.refine(maps)).mean(dim=(2, 3)))
        return vector


class DMRN(nn.Module):
    """A ResNet backbone with a residual pooling unit on each of its last `scales` stages (2.2).

    Beyond the paper: another `encoder` instead of the ResNet, and class logits of the last stage's vector (`name`),
    where there are `classes`.
    """

    def __init__(
        self, depth: int, width: int = 64, scales: int = 4, *, encoder: str = "resnet", classes: int = 0
    ) -> None:
        super().__init__()
        if encoder not in ENCODERS:
            raise ParamsError("encoder", f"{encoder!r} is no network", f"one of {', '.join(ENCODERS)}")
        self.backbone: ResNet | RegNet = ENCODERS[encoder](depth, width)
        self.units = nn.ModuleList(ResidualPoolingUnit(channels) for channels in self.backbone.channels[-scales:])
        if classes:
            self.fc = nn.Linear(features(self.backbone.channels[-1]), classes)

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images features"]]:
        """One vector an image and stage, the last stage last."""
        maps = self.backbone.stages(images)[-len(self.units) :]
        return [unit(stage) for unit, stage in zip(self.units, maps, strict=True)]

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """The last stage's vector, which the SVM is given (2.2.3)."""
        vector: Tensor = self.units[-1](self.backbone.stages(images)[-1])
        return vector

    def name(self, vectors: Float[Tensor, "images features"]) -> Float[Tensor, "images classes"]:
        """Class logits of the last stage's vectors; training alone needs them."""
        logits: Tensor = self.fc(vectors)
        return logits


class ConcatenatedDMRN(DMRN):
    """Without similarity feature learning: both vectors of the last stage side by side, and a linear layer (2.4)."""

    def __init__(self, depth: int, width: int = 64) -> None:
        super().__init__(depth, width, scales=1)
        self.compare = nn.Linear(2 * features(self.backbone.channels[-1]), 1)

    def differ(
        self, first: Float[Tensor, "pairs features"], second: Float[Tensor, "pairs features"]
    ) -> Float[Tensor, " pairs"]:
        """Logits of Y, that the classes of a pair differ."""
        logits: Tensor = self.compare(torch.cat([first, second], dim=1))[:, 0]
        return logits


class SingleBranch(nn.Module):
    """One branch without a partner: the last stage's vector, and a linear layer to class logits."""

    def __init__(self, depth: int, width: int = 64, *, classes: int) -> None:
        super().__init__()
        self.backbone = ResNet(depth, width)
        self.unit = ResidualPoolingUnit(self.backbone.channels[-1])
        self.fc = nn.Linear(features(self.backbone.channels[-1]), classes)

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """The vector, which the SVM is given."""
        vector: Tensor = self.unit(self.backbone.stages(images)[-1])
        return vector

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images classes"]:
        """Class logits; training alone needs them."""
        logits: Tensor = self.fc(self.embed(images))
        return logits
