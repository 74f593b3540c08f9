"""Attention residual learning (Zhang et al., IEEE TMI 2019; the DMRN paper's [33]).

A block of a ResNet gives x + F(x). Here it gives x + F(x) + a * S(F(x)) * x, where S is the softmax over all places of
a channel: what the block makes of the map says where to look in it. No layer is added, one number a a block is learnt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torchvision.models.resnet import Bottleneck

from lesionary.networks.resnet import ResNetClassifier

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor


class AttentionBottleneck(nn.Module):
    """A bottleneck that attends; it takes over the layers of `plain` under their names."""

    def __init__(self, plain: Bottleneck) -> None:
        super().__init__()
        self.conv1, self.bn1 = plain.conv1, plain.bn1
        self.conv2, self.bn2 = plain.conv2, plain.bn2
        self.conv3, self.bn3 = plain.conv3, plain.bn3
        self.relu, self.downsample = plain.relu, plain.downsample
        # At 0 the block is the plain one, so it starts as all rows do, pre-trained or not, and attends as far as that
        # helps. (Inferred.)
        self.attention = nn.Parameter(torch.zeros(()))

    def forward(self, maps: Float[Tensor, "images channels _ _"]) -> Float[Tensor, "images channels _ _"]:
        """The block's map; x is the one that the shortcut passes on."""
        passed = maps if self.downsample is None else self.downsample(maps)
        found = self.relu(self.bn1(self.conv1(maps)))
        found = self.relu(self.bn2(self.conv2(found)))
        found = self.bn3(self.conv3(found))
        where = found.flatten(2).softmax(dim=2).view_as(found)
        made: Tensor = self.relu(passed + found + self.attention * where * passed)
        return made


class ARL(ResNetClassifier):
    """A ResNet of bottlenecks that attend: images to class logits."""

    def __init__(self, depth: int = 50, width: int = 64, *, classes: int) -> None:
        super().__init__(depth, width, classes=classes)
        for stage in range(1, 5):
            blocks = self.get_submodule(f"layer{stage}")
            for name, block in list(blocks.named_children()):
                setattr(blocks, name, AttentionBottleneck(block))

    def load(self, name_or_path: str) -> None:
        """Take over a plain ResNet's weights; how far a block attends stays as it is."""
        plain = ResNetClassifier(self.depth, self.conv1.out_channels, classes=self.fc.out_features)
        own = self.state_dict()
        plain.load_state_dict({name: own[name] for name in plain.state_dict()})
        plain.load(name_or_path)
        self.load_state_dict(plain.state_dict(), strict=False)
