"""Paired tests, against hand-worked numbers, scipy and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_rel

from lesionary.evaluation.paired import corrected_t, mcnemar, paired_t

RNG = np.random.default_rng(2)


def test_hand_worked_t_of_five_folds() -> None:
    """Differences 1, 2, 3, 4, 5: mean 3, deviation sqrt(2.5), t = 3 / sqrt(0.5) = 4.2426 on 4 degrees of freedom."""
    assert paired_t(np.array([2.0, 4, 6, 8, 10]), np.arange(1.0, 6)) == pytest.approx(0.013236, abs=1e-6)


def test_hand_worked_corrected_t_of_five_folds() -> None:
    """The same with a fifth tested and four fifths trained on: t = 3 / sqrt((1/5 + 1/4) * 2.5) = 2.8284.

    On 4 degrees of freedom t = sqrt(8) has p = 1 - x (3 - x^2) / 2 with x = t / sqrt(t^2 + 4) = sqrt(2/3), by the
    closed form of that distribution.
    """
    x = np.sqrt(2 / 3)
    assert corrected_t(np.arange(1.0, 6), 1 / 4) == pytest.approx(1 - x * (3 - x**2) / 2)


def test_without_common_training_cases_the_correction_is_none() -> None:
    own, other = RNG.random(7), RNG.random(7)
    assert corrected_t(own - other, 0.0) == pytest.approx(ttest_rel(own, other).pvalue)
    assert corrected_t(own - other, 0.25) > corrected_t(own - other, 0.0)


def test_which_row_comes_first_does_not_matter() -> None:
    own, other = RNG.random(9), RNG.random(9)
    assert paired_t(own, other) == pytest.approx(paired_t(other, own))
    assert corrected_t(own - other, 0.25) == pytest.approx(corrected_t(other - own, 0.25))
    assert mcnemar(own > 0.5, other > 0.5) == mcnemar(other > 0.5, own > 0.5)


@pytest.mark.parametrize("difference", [0.0, 0.1])
def test_without_spread_a_t_test_has_no_value(difference: float) -> None:
    own = RNG.random(5)
    assert np.isnan(paired_t(own + difference, own))
    assert np.isnan(corrected_t(np.full(5, difference), 0.25))


def test_mcnemar_counts_only_cases_that_one_of_the_two_has_right() -> None:
    """Eight to two: both tails of ten tosses are 2 * (1 + 10 + 45) / 1024."""
    own = np.repeat([True, False], [8, 2])
    both = np.array([True] * 50)
    expected = 112 / 1024
    assert mcnemar(own, ~own) == pytest.approx(expected)
    assert mcnemar(np.concatenate([own, both]), np.concatenate([~own, both])) == pytest.approx(expected)


def test_over_folds_that_share_training_cases_the_plain_test_finds_too_much() -> None:
    """Equal classifiers whose fold differences are correlated by a quarter, as the correction supposes for 5 folds."""
    common, own = RNG.normal(size=(2000, 1)), RNG.normal(size=(2000, 5))
    share = (1 / 4) / (1 + 1 / 4)  # correlation that makes the variance of the mean (1/5 + 1/4) of what folds show
    drawn = np.sqrt(share) * common + np.sqrt(1 - share) * own
    plain = np.mean([paired_t(one, np.zeros(5)) < 0.05 for one in drawn])
    corrected = np.mean([corrected_t(one, 1 / 4) < 0.05 for one in drawn])
    assert plain > 0.1
    assert corrected == pytest.approx(0.05, abs=0.02)
