from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch import Tensor

from lesionary.annotation.learning.warp import Ranked, below, search, warp_loss


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(lesions: int = 12, labels: int = 9, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Scores, targets, and a closure in which every label is a part of the next even one."""
    rng = generator(seed)
    closure = torch.zeros(labels, labels, dtype=torch.bool)
    closure[1:8:2, 8] = closure[0, 2] = True
    targets = torch.rand(lesions, labels, generator=rng) < 0.4
    targets |= (targets.int() @ closure.int()).bool()
    return torch.randn(lesions, labels, generator=rng), targets, closure


def candidates(targets: Tensor, closure: Tensor, lesion: int, label: int, counted: Tensor | None) -> set[int]:
    """Which labels should rank below one, step by step."""
    found = set()
    for other in range(targets.shape[1]):
        if targets[lesion, other]:
            if closure[label, other]:
                found.add(other)
        elif counted is None or counted[lesion, other]:
            found.add(other)
    return found


@pytest.mark.parametrize("some", [False, True])
def test_what_should_rank_below_is_its_slow_twin(some: bool) -> None:
    _, targets, closure = batch()
    counted = torch.rand(targets.shape, generator=generator(3)) < 0.6 if some else None
    lesion, label = targets.nonzero(as_tuple=True)
    found = below(targets, closure, lesion, label, counted)
    for row, i, c in zip(found, lesion.tolist(), label.tolist(), strict=True):
        assert set(row.nonzero().flatten().tolist()) == candidates(targets, closure, i, c, counted)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_violates_the_margin_and_is_missed_only_where_nothing_does(seed: int) -> None:
    scores, targets, closure = batch(seed=seed)
    found = search(scores, targets, closure, generator(seed))
    assert len(found.lesion) == targets.sum()
    for lesion, label, other, draws, count in zip(*(part.tolist() for part in found), strict=True):
        allowed = candidates(targets, closure, lesion, label, None)
        assert count == len(allowed)
        violating = {n for n in allowed if scores[lesion, n] > scores[lesion, label] - 1}
        assert draws <= targets.shape[1]
        assert (other in violating) if draws else len(violating) < len(allowed)


def test_violators_are_drawn_alike_and_draws_are_geometric() -> None:
    scores = torch.tensor([[0.0, 5.0, 5.0, -9.0, -9.0]]).expand(4000, 5)  # two of four violate
    targets = torch.tensor([[True, False, False, False, False]]).expand(4000, 5)
    found = search(scores, targets, torch.zeros(5, 5, dtype=torch.bool), generator())
    others, draws = Counter(found.other[found.draws > 0].tolist()), Counter(found.draws.tolist())
    assert set(others) == {1, 2}
    assert others[1] == pytest.approx(2000, rel=0.08)
    for draw in (1, 2, 3):
        assert draws[draw] == pytest.approx(4000 / 2**draw, rel=0.12)
    assert draws[0] == pytest.approx(4000 / 2**5, rel=0.4)  # as many draws as labels, all in vain


def loss_by_hand(scores: Tensor, found: Ranked) -> float:
    total = 0.0
    for lesion, label, other, draws, count in zip(*(part.tolist() for part in found), strict=True):
        if draws:
            weight = sum(1 / rank for rank in range(1, count // draws + 1))
            total += weight * max(0.0, 1 - scores[lesion, label].item() + scores[lesion, other].item())
    return total / len(found.lesion)


def test_the_loss_is_its_slow_twin() -> None:
    scores, targets, closure = batch(40)
    found = search(scores, targets, closure, generator())
    assert (found.draws > 1).any()
    assert warp_loss(scores, found).item() == pytest.approx(loss_by_hand(scores, found), rel=1e-5)


def test_a_fine_label_is_pushed_above_its_ancestor_and_not_the_other_way_round() -> None:
    scores = torch.zeros(1, 2, requires_grad=True)
    closure = torch.tensor([[False, True], [False, False]])
    found = search(scores, torch.tensor([[True, True]]), closure, generator())
    warp_loss(scores, found).backward()  # type: ignore[no-untyped-call]
    assert scores.grad is not None
    assert scores.grad[0, 0] < 0 < scores.grad[0, 1]


def test_what_is_ranked_by_more_than_the_margin_costs_nothing() -> None:
    targets = torch.tensor([[True, False, False]])
    found = search(torch.tensor([[3.0, 1.0, 0.0]]), targets, torch.zeros(3, 3, dtype=torch.bool), generator())
    assert found.draws.tolist() == [0]
    assert warp_loss(torch.tensor([[3.0, 1.0, 0.0]]), found) == 0


def test_a_lesion_with_every_label_or_none_has_nothing_to_rank() -> None:
    targets = torch.tensor([[True, True], [False, False]])
    found = search(torch.zeros(2, 2), targets, torch.zeros(2, 2, dtype=torch.bool), generator())
    assert found.draws.tolist() == [0, 0]
    assert warp_loss(torch.zeros(2, 2), found) == 0
    none = search(torch.zeros(1, 2), targets[1:], torch.zeros(2, 2, dtype=torch.bool), generator())
    assert warp_loss(torch.zeros(1, 2), none) == 0
