"""DMRN: a ResNet whose four stages are each pooled into a vector, so that images can be compared at every scale.

Two images of a pair go through the same weights. Both branches of a batch are one forward over the concatenated
images, so BatchNorm sees them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from lesionary.networks.resnet import ResNet

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor


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
        self.fc = nn.Linear(channels, max(1, channels // 4))

    def forward(self, maps: Float[Tensor, "images channels height width"]) -> Float[Tensor, "images features"]:
        """The vector that distances are read off; nothing follows the linear layer."""
        vector: Tensor = self.fc((maps + self.refine(maps)).mean(dim=(2, 3)))
        return vector


class DMRN(nn.Module):
    """A ResNet backbone with a residual pooling unit on each of its last `scales` stages (2.2)."""

    def __init__(self, depth: int, width: int = 64, scales: int = 4) -> None:
        super().__init__()
        self.backbone = ResNet(depth, width)
        self.units = nn.ModuleList(ResidualPoolingUnit(channels) for channels in self.backbone.channels[-scales:])

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images features"]]:
        """One vector an image and stage, the last stage last."""
        maps = self.backbone.stages(images)[-len(self.units) :]
        return [unit(stage) for unit, stage in zip(self.units, maps, strict=True)]

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """The last stage's vector, which the SVM is given (2.2.3)."""
        vector: Tensor = self.units[-1](self.backbone.stages(images)[-1])
        return vector
