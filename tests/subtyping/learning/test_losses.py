from __future__ import annotations

import math

import pytest
import torch

from lesionary.subtyping.learning.losses import contrastive, hardest, multi_scale

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


def slow_hardest(vectors: list[list[float]], classes: list[int], items: list[int], margin: float) -> float:
    """The slow twin: every image looks at all others."""
    terms = []
    for one, vector in enumerate(vectors):
        same = [
            math.dist(vector, vectors[n]) for n, k in enumerate(classes) if k == classes[one] and items[n] != items[one]
        ]
        other = [math.dist(vector, vectors[n]) for n, k in enumerate(classes) if k != classes[one]]
        terms += [max(same) ** 2 / 2] if same else []
        terms += [max(0.0, margin - min(other)) ** 2 / 2] if other else []
    return sum(terms) / len(terms) if terms else 0.0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("margin", [1.0, 2.5])
def test_the_hardest_pairs_are_those_of_the_slow_twin(seed: int, margin: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    vectors = torch.randn(12, 3, generator=generator) * 0.6
    items = torch.randint(0, 9, (12,), generator=generator)  # some drawn twice
    classes = items % 4  # of some classes one image
    loss = hardest(vectors, classes, items, margin=margin)
    assert loss.item() == pytest.approx(
        slow_hardest(vectors.tolist(), classes.tolist(), items.tolist(), margin), rel=1e-5
    )


def test_an_image_that_was_drawn_twice_is_no_partner_of_itself() -> None:
    vectors = torch.tensor([[0.0], [0.0], [5.0]])
    alone = hardest(vectors, torch.tensor([0, 0, 1]), torch.tensor([7, 7, 8]))
    assert alone.item() == 0  # three pairs of different classes, all beyond the margin
    vectors = torch.tensor([[0.0], [0.0], [3.0]])
    assert hardest(vectors, torch.tensor([0, 0, 0]), torch.tensor([7, 7, 8])).item() == pytest.approx(4.5)


def test_without_any_pair_nothing_is_lost_and_nothing_is_pushed() -> None:
    vectors = torch.randn(2, 4, requires_grad=True)
    loss = hardest(vectors, torch.tensor([1, 1]), torch.tensor([5, 5]))
    loss.backward()
    assert loss.item() == 0
    assert vectors.grad is not None
    assert torch.equal(vectors.grad, torch.zeros(2, 4))


def test_the_hardest_pairs_cost_at_least_what_drawn_ones_of_the_same_kind_do() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors, classes = torch.randn(10, 3, generator=generator), torch.arange(10) % 2
    of_one, of_two = vectors[[0, 1, 2, 3]], vectors[[2, 3, 4, 5]]
    drawn = contrastive(of_one, of_two, torch.zeros(4, dtype=torch.bool))
    other = contrastive(vectors[0::2], vectors[1::2], torch.ones(5, dtype=torch.bool), margin=5.0)
    hard = hardest(vectors, classes, torch.arange(10), margin=5.0)
    assert hard > (drawn + other) / 2
