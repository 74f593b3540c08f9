from __future__ import annotations

import pytest
import torch
from torch import nn

from lesionary.subtyping.learning.comparisons.cnn3d import CNN3D


def test_six_convolutions_each_with_batchnorm_and_relu_then_three_linear_layers() -> None:
    kinds = [type(part) for part in CNN3D(4, 16, classes=5).modules() if not list(part.children())]
    kept = [kind for kind in kinds if kind is not nn.MaxPool3d]
    assert kept[:18] == [nn.Conv3d, nn.BatchNorm3d, nn.ReLU] * 6
    assert [kind for kind in kept[18:] if kind is not nn.ReLU] == [nn.Linear] * 3


@pytest.mark.parametrize("cube", [8, 16, 32])
def test_volumes_of_any_side_become_logits(cube: int) -> None:
    model = CNN3D(2, cube, classes=5)
    assert model(torch.rand(3, 1, cube, cube, cube)).shape == (3, 5)
    assert model.embed(torch.rand(3, 1, cube, cube, cube)).shape == (3, 16)
