"""RegNetY of any width, built from torchvision's own blocks (Radosavovic et al., CVPR 2020).

Bottlenecks of grouped convolutions that weigh their channels by squeeze and excitation, blocks and widths of the stages
as a search over designs left them. At width 64 its parameters have the names and shapes of torchvision's, so its
pre-trained weights load; at width 8 it is the same network with an eighth of the channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from torch import nn
from torchvision.models.regnet import BlockParams, ResBottleneckBlock
from torchvision.models.regnet import RegNet as TorchvisionRegNet

from lesionary.networks.weights import load_weights

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

FULL_WIDTH = 64
STEM, NARROWEST_STEM = 32, 4
"""Channels before the stages, at full width, and how few there may be: a quarter of them weighs the first block's."""


class Design(NamedTuple):
    """One of torchvision's RegNetY."""

    name: str
    blocks: tuple[int, int, int, int]
    """Of each stage; three convolutions each."""
    groups: tuple[int, int, int, int]
    """Of each stage's grouped convolutions."""
    group_width: int
    """Channels of a group, at full width."""


DESIGNS = {
    53: Design("regnet_y_8gf", (2, 4, 10, 1), (4, 8, 16, 36), 56),
    65: Design("regnet_y_3_2gf", (2, 5, 13, 1), (3, 9, 24, 63), 24),
}
"""By their weight layers: three a block, the stem and the head."""


class RegNet(nn.Module):
    """The backbone: images to the feature maps of its four stages, of `channels` channels each."""

    def __init__(self, depth: int, width: int = FULL_WIDTH) -> None:
        super().__init__()
        self.design = DESIGNS[depth]
        group_width = max(1, self.design.group_width * width // FULL_WIDTH)
        self.channels = [groups * group_width for groups in self.design.groups]
        sizes = BlockParams([*self.design.blocks], self.channels, [group_width] * 4, [1.0] * 4, [2] * 4, se_ratio=0.25)
        stem_width = max(NARROWEST_STEM, STEM * width // FULL_WIDTH)
        theirs = TorchvisionRegNet(sizes, num_classes=1, stem_width=stem_width)
        self.stem, self.trunk_output = theirs.stem, theirs.trunk_output
        for module in self.modules():
            if isinstance(module, ResBottleneckBlock):
                nn.init.zeros_(module.f.c[1].weight)  # every block starts as the identity, as a `ResNet`'s does

    def stages(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images channels _ _"]]:
        """Feature maps after each of the four stages: a quarter, 1/8, 1/16 and 1/32 of the images' side."""
        maps, found = self.stem(images), []
        for stage in self.trunk_output:
            maps = stage(maps)
            found.append(maps)
        return found

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained (`networks.weights`), the head's where it has as many classes."""
        load_weights(self, name_or_path, architecture=self.design.name, heads=("fc",))

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Any:
        """The feature maps of the four stages; `RegNetClassifier` gives logits instead."""
        return self.stages(images)


class RegNetClassifier(RegNet):
    """A RegNetY with its linear head: images to class logits."""

    def __init__(self, depth: int, width: int = FULL_WIDTH, *, classes: int) -> None:
        super().__init__(depth, width)
        self.fc = nn.Linear(self.channels[-1], classes)

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """What the head sees: the last stage, averaged over space."""
        return self.stages(images)[-1].mean(dim=(2, 3))

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images classes"]:
        """Class logits."""
        logits: Tensor = self.fc(self.embed(images))
        return logits
