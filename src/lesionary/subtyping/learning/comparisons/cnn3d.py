"""A 3-D network on the whole mass: six convolutions and three fully connected layers (DMRN, 2.4)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor


class CNN3D(nn.Module):
    """Volumes to class logits.

    Six convolutions of 3 x 3 x 3, each with batch normalisation and ReLU, then three fully connected layers, as the
    paper has it. The rest is inferred: a maximum over 2 x 2 x 2 after every second convolution, which then has twice
    the channels; eight times the width in the two hidden layers.
    """

    def __init__(self, width: int = 64, cube: int = 32, *, classes: int) -> None:
        super().__init__()
        channels = [1, width, width, 2 * width, 2 * width, 4 * width, 4 * width]
        layers: list[nn.Module] = []
        for number, (inputs, outputs) in enumerate(pairwise(channels)):
            layers += [nn.Conv3d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm3d(outputs), nn.ReLU()]
            layers += [nn.MaxPool3d(2)] if number % 2 else []
        self.features = nn.Sequential(*layers)
        hidden = 8 * width
        self.hidden = nn.Sequential(
            nn.Linear(channels[-1] * (cube // 8) ** 3, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()
        )
        self.fc = nn.Linear(hidden, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv3d):  # as the 2-D networks
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def embed(self, volumes: Float[Tensor, "volumes 1 cube cube cube"]) -> Float[Tensor, "volumes features"]:
        """What the last layer sees."""
        found: Tensor = self.hidden(self.features(volumes).flatten(1))
        return found

    def forward(self, volumes: Float[Tensor, "volumes 1 cube cube cube"]) -> Float[Tensor, "volumes classes"]:
        """Class logits."""
        logits: Tensor = self.fc(self.embed(volumes))
        return logits
