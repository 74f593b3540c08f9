"""Multi-label metrics, label by label (LesaNet, 5.3), and their bootstrap over patients.

Arrays are (lesions, labels); `counted` marks the cells that a metric may look at. A label without a positive or
without a negative counted cell has no metrics (NaN) and no part in the means. Weights are (replicates, lesions), how
often each lesion was drawn; the metrics of all replicates are found at once.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAMES = ("auc", "precision", "recall", "f1")


@dataclass(frozen=True)
class PerLabel:
    """Values of shape (..., labels), NaN for a label that has none. Precision is 1 where nothing is called."""

    auc: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]

    def means(self, labels: NDArray[np.bool_] | slice = slice(None)) -> dict[str, NDArray[np.float64]]:
        """Unweighted means over `labels` that have values, each of shape (...); NaN where none has."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
            return {name: np.asarray(np.nanmean(getattr(self, name)[..., labels], axis=-1)) for name in NAMES}


def measurable(truth: NDArray[np.bool_], counted: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Labels with both a positive and a negative counted cell."""
    counted = np.ones_like(truth) if counted is None else counted
    return np.asarray((truth & counted).any(axis=0) & (~truth & counted).any(axis=0))


def per_label(
    truth: NDArray[np.bool_],
    scores: NDArray[np.floating],
    called: NDArray[np.bool_],
    counted: NDArray[np.bool_] | None = None,
) -> PerLabel:
    """Every label's metrics; `called` are the decisions, `scores` rank the lesions."""
    replicates = weighted(truth, scores, called, np.ones((1, len(truth))), counted)
    return PerLabel(*(getattr(replicates, name)[0] for name in NAMES))


def weighted(
    truth: NDArray[np.bool_],
    scores: NDArray[np.floating],
    called: NDArray[np.bool_],
    weights: NDArray[np.float64],
    counted: NDArray[np.bool_] | None = None,
) -> PerLabel:
    """Every label's metrics in every replicate, each of shape (replicates, labels).

    A replicate that drew no positive or no negative of a label has no metrics of it.
    """
    counted = np.ones_like(truth) if counted is None else counted
    positives, negatives = weights @ (truth & counted), weights @ (~truth & counted)
    hits, all_called = weights @ (truth & called & counted), weights @ (called & counted)
    absent = (positives == 0) | (negatives == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(all_called > 0, hits / all_called, 1.0)
        values = PerLabel(
            auc=_wins(truth, scores, weights, counted) / (positives * negatives),
            precision=precision,
            recall=hits / positives,
            f1=2 * hits / (positives + all_called),
        )
    return PerLabel(*(np.where(absent, np.nan, getattr(values, name)) for name in NAMES))


def _wins(
    truth: NDArray[np.bool_],
    scores: NDArray[np.floating],
    weights: NDArray[np.float64],
    counted: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Weight of the pairs of a positive and a negative that the scores order rightly; equal scores are half right."""
    drawn = np.ascontiguousarray(weights.T)  # lesions first: rows are gathered and summed
    found = np.empty((len(weights), truth.shape[1]))
    for label in range(truth.shape[1]):
        positive = np.flatnonzero(truth[:, label] & counted[:, label])
        negative = np.flatnonzero(~truth[:, label] & counted[:, label])
        negative = negative[np.argsort(scores[negative, label], kind="stable")]
        below = np.zeros((len(negative) + 1, len(weights)))
        np.cumsum(drawn[negative], axis=0, out=below[1:])
        lower = np.searchsorted(scores[negative, label], scores[positive, label], side="left")
        reached = np.searchsorted(scores[negative, label], scores[positive, label], side="right")
        found[:, label] = np.einsum("pr,pr->r", drawn[positive], (below[lower] + below[reached]) / 2)
    return found


def draw_patients(patient: NDArray[np.integer], replicates: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Weights of lesions when patients are drawn with replacement; `patient` counts from 0.

    >>> draw_patients(np.array([0, 0, 1]), 3, np.random.default_rng(1)).tolist()
    [[1.0, 1.0, 1.0], [2.0, 2.0, 0.0], [0.0, 0.0, 2.0]]
    """
    count = int(patient.max()) + 1
    return rng.multinomial(count, np.full(count, 1 / count), size=replicates)[:, patient].astype(np.float64)


def interval(values: NDArray[np.float64], level: float) -> tuple[float, float]:
    """The percentile interval of one metric's replicates, without those that have no value."""
    tail = 100 * (1 - level) / 2
    return float(np.nanpercentile(values, tail)), float(np.nanpercentile(values, 100 - tail))
