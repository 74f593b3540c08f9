"""Temperature scaling, fold by fold."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.evaluation.probabilities.calibration import reliability
from lesionary.evaluation.probabilities.proper import log_loss
from lesionary.evaluation.probabilities.recalibration import HOTTEST, at_temperature, fit_temperature, recalibrated


def honest(cases: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and a truth that was drawn from them."""
    rng = np.random.default_rng(seed)
    said = rng.dirichlet(np.ones(3), cases)
    return said, (rng.random(cases)[:, None] > said.cumsum(axis=1)).sum(axis=1)


def test_a_temperature_of_one_changes_nothing_and_twice_is_the_product() -> None:
    said, _ = honest(50)
    np.testing.assert_allclose(at_temperature(said, 1.0), said, atol=3e-6)
    np.testing.assert_allclose(at_temperature(at_temperature(said, 1.5), 2.0), at_temperature(said, 3.0), atol=1e-6)


@pytest.mark.parametrize("temperature", [0.3, 1.7, 5.0])
def test_no_temperature_changes_a_decision(temperature: float) -> None:
    said, _ = honest(50)
    assert (at_temperature(said, temperature).argmax(axis=1) == said.argmax(axis=1)).all()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_was_put_in_is_taken_out(temperature: float) -> None:
    said, truth = honest(20_000)
    assert fit_temperature(at_temperature(said, 1 / temperature), truth) == pytest.approx(temperature, rel=0.05)


def test_it_is_the_best_of_a_fine_grid() -> None:
    said, truth = honest(60)
    sure = at_temperature(said, 0.4)
    grid = [log_loss(at_temperature(sure, t), truth) for t in np.geomspace(0.06, 15, 400)]
    assert log_loss(at_temperature(sure, fit_temperature(sure, truth)), truth) <= min(grid) + 1e-9


def test_where_every_case_is_right_the_temperature_stays_within_bounds() -> None:
    said = np.array([[0.6, 0.4], [0.3, 0.7]])
    assert fit_temperature(said, np.array([0, 1])) == pytest.approx(1 / HOTTEST, rel=1e-3)
    assert fit_temperature(said, np.array([1, 0])) == pytest.approx(HOTTEST, rel=1e-3)


def test_a_folds_own_truth_has_no_say_in_its_probabilities() -> None:
    said, truth = honest(60)
    fold = np.arange(60) % 3
    found, temperatures = recalibrated(said, truth, fold)
    turned = np.where(fold == 1, (truth + 1) % 3, truth)
    other, others = recalibrated(said, turned, fold)
    np.testing.assert_array_equal(found[fold == 1], other[fold == 1])
    assert temperatures[1] == others[1]
    assert temperatures[0] != others[0]
    for number in range(3):
        mine = fold == number
        np.testing.assert_array_equal(found[mine], at_temperature(said[mine], temperatures[number]))


def test_what_is_too_sure_is_better_calibrated_afterwards() -> None:
    said, truth = honest(3000)
    sure = at_temperature(said, 0.4)
    found, temperatures = recalibrated(sure, truth, np.arange(3000) % 5)
    assert (temperatures > 2).all()
    assert reliability(found, truth).error < 0.3 * reliability(sure, truth).error
