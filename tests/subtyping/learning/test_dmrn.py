from __future__ import annotations

import pytest
import torch
from torch.nn.functional import conv2d

from lesionary.subtyping.learning.dmrn import DMRN, ResidualPoolingUnit


def test_the_pooling_unit_is_the_formula_of_the_paper() -> None:
    unit = ResidualPoolingUnit(8)
    maps = torch.randn(3, 8, 5, 7)
    weights = {name: value for name, value in unit.refine.named_parameters()}
    inner = conv2d(maps.relu(), weights["1.weight"], weights["1.bias"], padding=1)
    refined = maps + conv2d(inner.relu(), weights["3.weight"], weights["3.bias"], padding=1)
    pooled = torch.nn.functional.adaptive_avg_pool2d(refined, 1).flatten(1)
    torch.testing.assert_close(unit(maps), pooled @ unit.fc.weight.T + unit.fc.bias)


def test_the_pooling_unit_leaves_its_input_as_it_was() -> None:
    maps = torch.randn(2, 4, 3, 3)
    before = maps.clone()
    ResidualPoolingUnit(4)(maps)
    assert torch.equal(maps, before)


def test_vectors_are_a_quarter_of_each_stages_channels() -> None:
    with torch.device("meta"):
        vectors = DMRN(101, 64)(torch.rand(2, 3, 64, 64))
    assert [tuple(vector.shape) for vector in vectors] == [(2, 64), (2, 128), (2, 256), (2, 512)]


@pytest.mark.parametrize("scales", [1, 2, 4])
def test_only_the_last_scales_are_compared(scales: int) -> None:
    torch.manual_seed(0)
    model, images = DMRN(18, 4, scales).eval(), torch.rand(2, 3, 64, 64)
    vectors = model(images)
    assert [vector.shape[1] for vector in vectors] == [1, 2, 4, 8][-scales:]
    assert torch.equal(vectors[-1], model.embed(images))


def test_batchnorm_sees_both_images_of_a_pair_together() -> None:
    model = DMRN(18, 4).train()
    dark, bright = torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64) + 5
    model(torch.cat([dark, bright]))
    mapped = model.backbone.conv1(torch.cat([dark, bright]))
    tenth = mapped.mean(dim=(0, 2, 3)) * 0.1  # BatchNorm's momentum, from a running mean of 0
    torch.testing.assert_close(model.backbone.bn1.running_mean, tenth)
