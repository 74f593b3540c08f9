"""Proper scoring rules."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss as their_log_loss

from lesionary.evaluation.probabilities.proper import FLOOR, brier, log_loss

SAID = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.4, 0.3, 0.3]])
TRUTH = np.array([0, 1, 2])


def test_brier_by_hand() -> None:
    first = 0.3**2 + 0.2**2 + 0.1**2
    second = 0.1**2 + 0.9**2 + 0.8**2
    third = 0.4**2 + 0.3**2 + 0.7**2
    assert brier(SAID, TRUTH) == pytest.approx((first + second + third) / 3)


@pytest.mark.parametrize(("said", "score"), [([1.0, 0.0], 0.0), ([0.5, 0.5], 0.5), ([0.0, 1.0], 2.0)])
def test_brier_runs_from_certain_and_right_to_certain_and_wrong(said: list[float], score: float) -> None:
    assert brier(np.array([said]), np.array([0])) == score


def test_log_loss_by_hand_and_as_scikit_learn_has_it() -> None:
    assert log_loss(SAID, TRUTH) == pytest.approx(-(np.log(0.7) + np.log(0.1) + np.log(0.3)) / 3)
    assert log_loss(SAID, TRUTH) == pytest.approx(their_log_loss(TRUTH, SAID))


def test_a_class_that_was_ruled_out_costs_no_more_than_the_floor() -> None:
    assert log_loss(np.array([[0.0, 1.0]]), np.array([0])) == pytest.approx(-np.log(FLOOR))


@pytest.mark.parametrize("score", [brier, log_loss])
def test_what_the_truth_was_drawn_from_scores_best(score) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    said = rng.dirichlet(np.ones(3), 20_000)
    truth = (rng.random(20_000)[:, None] > said.cumsum(axis=1)).sum(axis=1)
    for power in (0.5, 2.0):
        other = said**power / (said**power).sum(axis=1, keepdims=True)
        assert score(said, truth) < score(other, truth)
