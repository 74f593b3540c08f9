from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lesionary.annotation.thresholds import GRID, best_of_all, best_on_grid

Cells = NDArray[np.bool_]


def f1(called: Cells, truth: Cells) -> float:
    """2 / (1 / precision + 1 / recall)."""
    hits = int((called & truth).sum())
    if hits == 0:
        return 0.0
    precision, recall = hits / int(called.sum()), hits / int(truth.sum())
    return 2 * precision * recall / (precision + recall)


def example(seed: int, decimals: int = 8) -> tuple[NDArray[np.float32], Cells, Cells]:
    rng = np.random.default_rng(seed)
    truth = rng.random((40, 12)) < np.linspace(0.03, 0.6, 12)
    scores = np.clip(rng.normal(0.4, 0.2, truth.shape) + 0.2 * truth, 0, 1).round(decimals).astype(np.float32)
    return scores, truth, rng.random(truth.shape) < 0.8


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_the_grid_is_the_first_that_no_other_beats(seed: int) -> None:
    scores, truth, counted = example(seed)
    for label, threshold in enumerate(best_on_grid(scores, truth, counted)):
        cells = counted[:, label]
        found = [f1(scores[cells, label] >= step, truth[cells, label]) for step in GRID]
        assert threshold == (GRID[int(np.argmax(found))] if max(found) > 0 else np.inf)


@pytest.mark.parametrize("decimals", [1, 8])
@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_all_is_the_lowest_that_no_other_beats(seed: int, decimals: int) -> None:
    scores, truth, counted = example(seed, decimals)
    for label, threshold in enumerate(best_of_all(scores, truth, counted)):
        cells = counted[:, label]
        mine, own = scores[cells, label], truth[cells, label]
        tried = {float(step): f1(mine >= step, own) for step in mine}
        if max(tried.values()) == 0:
            assert threshold == np.inf
            continue
        lowest = min(step for step, value in tried.items() if value == pytest.approx(max(tried.values()), abs=1e-12))
        below = [float(step) for step in mine if step < lowest]
        assert threshold == pytest.approx((lowest + max(below)) / 2 if below else lowest, abs=1e-9)
        assert np.array_equal(mine >= threshold, mine >= lowest)


@pytest.mark.parametrize("seed", range(5))
def test_all_break_points_are_never_worse_than_the_grid(seed: int) -> None:
    scores, truth, _ = example(seed)
    for label, (fine, coarse) in enumerate(zip(best_of_all(scores, truth), best_on_grid(scores, truth), strict=True)):
        calls = scores[:, label, None] >= np.array([fine, coarse])
        assert f1(calls[:, 0], truth[:, label]) >= f1(calls[:, 1], truth[:, label])


def test_a_threshold_worked_by_hand() -> None:
    scores = np.array([[0.9, 0.62], [0.8, 0.61], [0.7, 0.2], [0.2, 0.1]])
    truth = np.array([[1, 0], [0, 1], [1, 0], [0, 0]], bool)
    # first label: 2/3, 1/2, 4/5, 2/3: between 0.7 and 0.2; second: 0, 2/3, 1/2, 2/5: between 0.61 and 0.2
    np.testing.assert_allclose(best_of_all(scores, truth), [0.45, 0.405])
    np.testing.assert_allclose(best_on_grid(scores, truth), [0.3, 0.3])


def test_a_label_without_a_positive_is_never_called() -> None:
    scores, truth = np.array([[0.9, 0.5], [0.99, 1.0]]), np.array([[True, False], [True, False]])
    assert best_of_all(scores, truth)[1] == best_on_grid(scores, truth)[1] == np.inf
    assert best_of_all(scores, truth)[0] == 0.9
    uncounted = np.zeros_like(truth)
    assert np.isinf(best_of_all(scores, truth, uncounted)).all()
    assert np.isinf(best_on_grid(scores, truth, uncounted)).all()


def test_a_cell_that_is_not_counted_moves_no_threshold() -> None:
    scores, truth, counted = example(0)
    other = np.where(counted, scores, 1 - scores)
    flipped = np.where(counted, truth, ~truth)
    for search in (best_of_all, best_on_grid):
        np.testing.assert_array_equal(search(scores, truth, counted), search(other, flipped, counted))


def test_scores_may_have_any_range() -> None:
    scores, truth, _ = example(1)
    np.testing.assert_allclose(
        best_of_all(scores.astype(float) * 7 - 30, truth), best_of_all(scores, truth) * 7 - 30, rtol=1e-6
    )


def test_neighbouring_floats_are_still_told_apart() -> None:
    low = 0.5
    scores = np.array([[np.nextafter(low, 1)], [low]])
    (threshold,) = best_of_all(scores, np.array([[True], [False]]))
    assert (scores >= threshold).tolist() == [[True], [False]]
