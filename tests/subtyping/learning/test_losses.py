from __future__ import annotations

import math

import pytest
import torch

from lesionary.subtyping.learning.losses import contrastive, multi_scale

SAME, DIFFERENT = torch.tensor([False]), torch.tensor([True])


def at(distance: float) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.zeros(1, 2), torch.tensor([[0.6, 0.8]]) * distance


@pytest.mark.parametrize(("distance", "loss"), [(0.0, 0.0), (1.0, 0.5), (3.0, 4.5)])
def test_same_class_costs_half_the_squared_distance(distance: float, loss: float) -> None:
    assert contrastive(*at(distance), SAME).item() == pytest.approx(loss)


@pytest.mark.parametrize(("distance", "loss"), [(0.0, 0.5), (0.4, 0.18), (1.0, 0.0), (3.0, 0.0)])
def test_different_classes_cost_half_the_squared_shortfall_from_the_margin(distance: float, loss: float) -> None:
    assert contrastive(*at(distance), DIFFERENT).item() == pytest.approx(loss, rel=1e-6)


def test_the_margin_is_a_keyword() -> None:
    assert contrastive(*at(1.0), DIFFERENT, margin=3.0).item() == pytest.approx(2.0)


@pytest.mark.parametrize("different", [SAME, DIFFERENT])
def test_the_gradient_of_equal_vectors_is_zero(different: torch.Tensor) -> None:
    first = torch.ones(1, 4, requires_grad=True)
    contrastive(first, torch.ones(1, 4), different).backward()
    assert first.grad is not None
    assert torch.equal(first.grad, torch.zeros(1, 4))


def test_the_gradient_is_bounded_for_nearly_equal_vectors() -> None:
    first = torch.full((1, 4), 1e-30, requires_grad=True)
    contrastive(first, torch.zeros(1, 4), DIFFERENT).backward()
    assert first.grad is not None
    assert first.grad.norm() <= 1 + 1e-6


def test_gradients_are_those_of_finite_differences() -> None:
    torch.manual_seed(0)
    first, second = torch.randn(6, 3, dtype=torch.float64) * 0.4, torch.randn(6, 3, dtype=torch.float64) * 0.4
    different = torch.tensor([True, False] * 3)

    def loss(first: torch.Tensor) -> torch.Tensor:
        return contrastive(first, second, different)

    first.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(first), first)
    step = 1e-2  # the loss is in float32, whatever it is given
    for row in range(6):
        for column in range(3):
            shift = torch.zeros_like(first)
            shift[row, column] = step
            slope = (loss(first + shift) - loss(first - shift)) / (2 * step)
            assert slope.item() == pytest.approx(gradient[row, column].item(), abs=2e-4)


def test_the_loss_is_its_slow_twin() -> None:
    torch.manual_seed(0)
    stages = [torch.randn(10, size) * 0.3 for size in (2, 4)]
    different = torch.tensor([True, False, True, True, False])
    for stage, loss in zip(stages, multi_scale(stages, different, margin=1.5), strict=True):
        total = 0.0
        for pair in range(5):
            distance = math.dist(stage[pair].tolist(), stage[pair + 5].tolist())
            total += max(0.0, 1.5 - distance) ** 2 / 2 if different[pair] else distance**2 / 2
        assert loss.item() == pytest.approx(total / 5, rel=1e-5)
