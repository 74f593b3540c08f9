"""Synergic deep learning (Zhang et al., Medical Image Analysis 2019; the DMRN paper's [27]).

Two networks learn side by side, each on its own batch. A third is given what both see of a pair of images, one from
each batch, and tells whether they are of one class: where one network is right, the other's mistake is an error of the
pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

from lesionary.networks.resnet import ResNetClassifier

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor


class Synergy(NamedTuple):
    """What the networks say of pairs."""

    first: Float[Tensor, "pairs classes"]
    second: Float[Tensor, "pairs classes"]
    same: Float[Tensor, " pairs"]
    """Logits of being of one class."""


class SDL(nn.Module):
    """Two ResNets and the synergic network between them; its one hidden layer, a quarter of its input, is inferred."""

    def __init__(self, depth: int = 50, width: int = 64, *, classes: int) -> None:
        super().__init__()
        self.first = ResNetClassifier(depth, width, classes=classes)
        self.second = ResNetClassifier(depth, width, classes=classes)
        features = self.first.channels[-1]
        self.synergic = nn.Sequential(nn.Linear(2 * features, features // 2), nn.ReLU(), nn.Linear(features // 2, 1))

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained, in both networks."""
        self.first.load(name_or_path)
        self.second.load(name_or_path)

    def compare(self, first: Float[Tensor, "pairs 3 side side"], second: Float[Tensor, "pairs 3 side side"]) -> Synergy:
        """What the networks say of pairs: each of its own image, the synergic network of both."""
        one, other = self.first.embed(first), self.second.embed(second)
        same = self.synergic(torch.cat([one, other], dim=1))[:, 0]
        return Synergy(self.first.fc(one), self.second.fc(other), same)

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """What both networks' heads see, side by side."""
        return torch.cat([self.first.embed(images), self.second.embed(images)], dim=1)

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images classes"]:
        """Logits of the mean of both networks' probabilities."""
        each = torch.stack([self.first(images).log_softmax(dim=1), self.second(images).log_softmax(dim=1)])
        return each.logsumexp(dim=0)
