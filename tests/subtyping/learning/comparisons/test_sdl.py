from __future__ import annotations

import torch

from lesionary.subtyping.learning.comparisons.sdl import SDL


def test_the_prediction_is_the_mean_of_both_networks() -> None:
    model, images = SDL(18, 4, classes=3).eval(), torch.rand(4, 3, 64, 64)
    mean = (model.first(images).softmax(dim=1) + model.second(images).softmax(dim=1)) / 2
    torch.testing.assert_close(model(images).softmax(dim=1), mean)


def test_each_network_sees_its_own_image_and_the_synergic_one_both() -> None:
    model = SDL(18, 4, classes=3).eval()
    first, second = torch.rand(2, 2, 3, 64, 64).unbind()
    found = model.compare(first, second)
    torch.testing.assert_close(found.first, model.first(first))
    torch.testing.assert_close(found.second, model.second(second))
    other = model.compare(first, second.flip(0))
    torch.testing.assert_close(other.first, found.first)
    assert not torch.allclose(other.same, found.same)


def test_its_networks_are_two() -> None:
    model = SDL(18, 4, classes=3)
    assert not torch.equal(model.first.conv1.weight, model.second.conv1.weight)
    assert not {id(value) for value in model.first.parameters()} & {id(value) for value in model.second.parameters()}
