from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from lesionary.annotation.learning.hard_examples import difficulty, hard_example_loss
from lesionary.annotation.learning.lesanet import Annotation
from lesionary.annotation.learning.losses import (
    MULTISCALE_CNN,
    ClassWeights,
    Parts,
    class_weights,
    objective,
    weighted_cross_entropy,
)
from lesionary.base.errors import ParamsError


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def logit(confidence: float) -> float:
    return math.log(confidence / (1 - confidence))


def batch(lesions: int = 8, labels: int = 5) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(1)
    targets = torch.rand(lesions, labels) < 0.4
    return torch.randn(lesions, labels), targets, (torch.rand(lesions, labels) < 0.3) & ~targets


def test_positives_and_negatives_of_a_label_weigh_the_same_in_all() -> None:
    targets = torch.arange(10)[:, None] < torch.tensor([1, 4, 10])
    positive, negative = class_weights(targets)
    assert positive.tolist() == pytest.approx([5, 10 / 8, 0.5])
    assert negative[:2].tolist() == pytest.approx([10 / 18, 10 / 12])
    total = targets * positive + ~targets * negative
    assert total.sum(dim=0).tolist() == pytest.approx([10, 10, 5])


def test_a_positive_weight_is_clamped_even_where_there_is_no_positive() -> None:
    targets = torch.arange(1000)[:, None] < torch.tensor([0, 1, 100])
    assert class_weights(targets).positive.tolist() == [300, 300, 5]


def test_weighted_cross_entropy_is_its_slow_twin() -> None:
    scores, targets, _ = batch()
    counted = torch.rand(scores.shape) < 0.7
    weights = class_weights(targets)
    total = 0.0
    for row, column in [(row, column) for row in range(8) for column in range(5)]:
        confidence = 1 / (1 + math.exp(-scores[row, column].item()))
        if counted[row, column]:
            if targets[row, column]:
                total -= weights.positive[column].item() * math.log(confidence)
            else:
                total -= weights.negative[column].item() * math.log(1 - confidence)
    assert weighted_cross_entropy(scores, targets, weights, counted).item() == pytest.approx(total / 40, rel=1e-5)


def test_a_cell_that_is_not_counted_pulls_at_nothing() -> None:
    scores, targets, _ = batch()
    counted = torch.ones_like(targets)
    counted[2, 3] = False
    scores.requires_grad_()
    weighted_cross_entropy(scores, targets, class_weights(targets), counted).backward()
    assert scores.grad is not None
    assert (scores.grad == 0).nonzero().tolist() == [[2, 3]]


def test_confident_scores_do_not_overflow() -> None:
    scores, targets = torch.tensor([[200.0, -200.0]]), torch.tensor([[False, True]])
    unit = ClassWeights(torch.ones(2), torch.ones(2))
    assert weighted_cross_entropy(scores, targets, unit).item() == pytest.approx(200)


def test_difficulty_is_the_power_of_the_error_on_reliable_cells_alone() -> None:
    scores = torch.tensor([[logit(0.9), logit(0.9), logit(0.9), logit(0.2)]])
    targets, absent = torch.tensor([[True, False, False, True]]), torch.tensor([[False, True, False, True]])
    torch.testing.assert_close(difficulty(scores, targets, absent), torch.tensor([[0.01, 0.81, 0.0, 0.64]]))
    torch.testing.assert_close(difficulty(scores, targets, absent, power=1), torch.tensor([[0.1, 0.9, 0.0, 0.8]]))
    torch.testing.assert_close(difficulty(scores, targets, None), torch.tensor([[0.01, 0.81, 0.81, 0.64]]))


def test_a_positive_beats_an_exclusion() -> None:
    scores, both = torch.tensor([[logit(0.2)]]), torch.tensor([[True]])
    assert hard_example_loss(scores, both, both, generator(), draws=5).item() == pytest.approx(-math.log(0.2), rel=1e-5)


def test_hard_examples_are_drawn_in_proportion_to_their_difficulty() -> None:
    scores, targets, absent = batch()
    chances = difficulty(scores, targets, absent).double()
    confidence = scores.double().sigmoid()
    loss = -(targets * confidence.log() + ~targets * (1 - confidence).log())
    expected = (chances / chances.sum() * loss).sum().item()
    found = hard_example_loss(scores, targets, absent, generator(), draws=200_000).item()
    assert found == pytest.approx(expected, rel=0.01)


def test_hard_examples_pull_at_reliable_cells_alone() -> None:
    scores, targets, absent = batch()
    scores.requires_grad_()
    hard_example_loss(scores, targets, absent, generator()).backward()
    assert scores.grad is not None
    assert torch.equal(scores.grad != 0, targets | absent)


def test_hard_examples_are_found_even_where_nothing_is_wrong() -> None:
    scores, targets = torch.tensor([[200.0, -200.0]]), torch.tensor([[True, False]])
    assert hard_example_loss(scores, targets, None, generator()).item() == 0


def test_hard_examples_follow_from_the_generator() -> None:
    scores, targets, absent = batch()
    drawn = [hard_example_loss(scores, targets, absent, generator(seed), draws=20).item() for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]


def found_and_targets() -> tuple[Annotation, Tensor, Tensor]:
    scores, targets, absent = batch()
    return Annotation(scores, scores * 1.5, normalize(torch.randn(8, 4), dim=1)), targets, absent


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, ["scores", "refined", "hard_examples", "triplet"]),
        ({"propagation": False}, ["scores", "hard_examples", "triplet"]),
        ({"hard_examples": "none"}, ["scores", "refined", "triplet"]),
        ({"triplet": False}, ["scores", "refined", "hard_examples"]),
    ],
)
def test_each_part_of_the_loss_can_be_left_out(change: dict[str, Any], names: list[str]) -> None:
    found, targets, absent = found_and_targets()
    losses = objective(found, targets, class_weights(targets), generator(), Parts(**change), absent=absent)
    assert list(losses) == names


def test_the_baseline_is_weighted_cross_entropy_alone() -> None:
    found, targets, _ = found_and_targets()
    losses = objective(found, targets, class_weights(targets), generator(), MULTISCALE_CNN)
    assert losses == {"scores": weighted_cross_entropy(found.scores, targets, class_weights(targets))}


def test_hard_examples_are_mined_before_propagation_and_triplets_weigh_five() -> None:
    found, targets, absent = found_and_targets()
    weights = class_weights(targets)
    losses = objective(found, targets, weights, generator(), Parts(), absent=absent)
    assert losses["refined"] == weighted_cross_entropy(found.refined, targets, weights)
    assert losses["hard_examples"] == hard_example_loss(found.scores, targets, absent, generator())
    lighter = objective(found, targets, weights, generator(), Parts(triplet_weight=1), absent=absent)
    assert losses["triplet"].item() == pytest.approx(5 * lighter["triplet"].item())


def test_all_cells_mined_are_those_that_count() -> None:
    found, targets, _ = found_and_targets()
    counted = torch.rand(targets.shape) < 0.5
    parts = Parts(hard_examples="all")
    losses = objective(found, targets, class_weights(targets), generator(), parts, counted=counted)
    assert losses["hard_examples"] == hard_example_loss(found.scores, targets, counted, generator())


def test_an_unknown_choice_of_hard_examples_is_refused() -> None:
    with pytest.raises(ParamsError, match="'some' is no choice of cells"):
        Parts(hard_examples="some")
