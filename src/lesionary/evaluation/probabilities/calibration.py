"""Whether probabilities mean what they say: of what was called with 80 %, four in five should be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Bin(NamedTuple):
    """Predictions of confidence `above` to `up_to`."""

    above: float
    up_to: float
    cases: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """Predictions by their confidence, in bins of equal width from 0 to 1; empty bins hold NaN."""

    edges: NDArray[np.float64]
    """Shape (bins + 1,); a bin holds its upper edge."""
    count: NDArray[np.int64]
    confidence: NDArray[np.float64]
    """Mean of the probabilities."""
    accuracy: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap of confidence and accuracy (Guo et al., ICML 2017)."""
        there = self.count > 0
        gaps = np.abs(self.confidence - self.accuracy)[there]
        return float(np.average(gaps, weights=self.count[there])) if there.any() else float("nan")

    def bins(self) -> Iterator[Bin]:
        """Those that hold something."""
        columns = (self.edges[:-1], self.edges[1:], self.count, self.confidence, self.accuracy)
        for row in zip(*(column.tolist() for column in columns), strict=True):
            if (one := Bin(*row)).cases:
                yield one


def reliability(probabilities: NDArray[np.floating], truth: NDArray[np.integer], bins: int = 10) -> Reliability:
    """Of `probabilities` (cases, classes); the likeliest class is what is predicted.

    >>> certain = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> reliability(certain, np.array([0, 0, 1, 0])).error
    0.25
    """
    highest, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    return _binned(highest, right, bins)


def reliability_of_labels(
    scores: NDArray[np.floating], truth: NDArray[np.bool_], counted: NDArray[np.bool_], bins: int = 10
) -> Reliability:
    """Of the `counted` cells of `scores` (lesions, labels), each the probability that a lesion has a label.

    Accuracy is here the share of cells whose label is true: most cells are rightly near 0, and calling the likelier of
    yes and no in each would hide what becomes of the few others.

    >>> scores, truth = np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([[True, False], [False, False]])
    >>> reliability_of_labels(scores, truth, np.ones_like(truth)).accuracy[[2, 7]].tolist()
    [0.0, 0.5]
    """
    return _binned(scores[counted], truth[counted], bins)


def _binned(confidence: NDArray[np.floating], right: NDArray[np.bool_], bins: int) -> Reliability:
    edges = np.linspace(0, 1, bins + 1)
    where = np.clip(np.searchsorted(edges, confidence) - 1, 0, bins - 1)
    count = np.bincount(where, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(where, confidence, bins) / count
        accuracy = np.bincount(where, right.astype(np.float64), bins) / count
    return Reliability(edges, count, mean, accuracy)
