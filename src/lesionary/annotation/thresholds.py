"""From scores to decisions: one threshold a label, the one with the best F1 on validation.

A lesion has a label where its score reaches the threshold. Where no threshold calls a true positive, or nothing is
counted, the threshold is infinite and the label is never called.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRID = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""The authors' own (not in the paper)."""


def best_on_grid(
    scores: NDArray[np.floating],
    targets: NDArray[np.bool_],
    counted: NDArray[np.bool_] | None = None,
    grid: tuple[float, ...] = GRID,
) -> NDArray[np.float64]:
    """The best of `grid` for each label, the lowest among equals; arrays are (lesions, labels).

    >>> best_on_grid(np.array([[0.95], [0.45], [0.35]]), np.array([[True], [True], [False]]))
    array([0.4])
    """
    counted = np.ones_like(targets) if counted is None else counted
    called = scores >= np.asarray(grid)[:, None, None]
    f1 = _f1((called & targets & counted).sum(1), (called & counted).sum(1), (targets & counted).sum(0))
    return np.where(f1.max(0) > 0, np.asarray(grid)[f1.argmax(0)], np.inf)


def best_of_all(
    scores: NDArray[np.floating], targets: NDArray[np.bool_], counted: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """The best of all thresholds, for scores of any range; arrays are (lesions, labels).

    F1 changes only where a threshold passes a score. Of the gap between two scores its middle is taken, of equally
    good gaps the lowest.

    >>> best_of_all(np.array([[4.0], [3.0], [1.0]]), np.array([[True], [True], [False]]))
    array([2.])
    """
    counted = np.ones_like(targets) if counted is None else counted
    ranked = np.where(counted, scores.astype(np.float64), -np.inf)  # not counted: last, below every threshold
    order = np.argsort(-ranked, axis=0, kind="stable")
    ranked = np.take_along_axis(ranked, order, axis=0)
    hits = np.cumsum(np.take_along_axis(targets & counted, order, axis=0), axis=0, dtype=np.int64)
    called = np.arange(1, len(scores) + 1)[:, None]
    following = np.vstack([ranked[1:], np.full_like(ranked[:1], -np.inf)])
    f1 = np.where(ranked > following, _f1(hits, called, (targets & counted).sum(0)), -1.0)  # equals are called together
    best = len(f1) - 1 - f1[::-1].argmax(0), np.arange(f1.shape[1])
    return np.where(f1[best] > 0, _between(following[best], ranked[best]), np.inf)


def _f1(hits: NDArray[np.integer], called: NDArray[np.integer], positives: NDArray[np.integer]) -> NDArray[np.float64]:
    return np.asarray(2 * hits / np.maximum(called + positives, 1))


def _between(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = low / 2 + high / 2
    return np.where(middle > low, middle, high)  # there is none where nothing lies below, or no float in between
