"""Multi-class metrics from confusion counts (DMRN, 2.5, Eq. 6-10).

A confusion matrix is `counts[..., truth, predicted]`; leading axes are kept, so that many matrices (folds, bootstrap
replicates) are measured at once. Accuracy is plain multi-class; the others are one class against the rest, then the
unweighted mean over classes, which is how the paper's Table 2 follows from its Table 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAMES = ("accuracy", "sensitivity", "specificity", "precision", "f1")


def confusion(truth: NDArray[np.integer], predicted: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Counts of shape (classes, classes).

    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class PerClass:
    """One-versus-rest values, shape (..., classes), NaN for a class that does not occur in the truth.

    A class that is never predicted has precision 0, and so F1 0.
    """

    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]
    precision: NDArray[np.float64]
    f1: NDArray[np.float64]


def per_class(counts: NDArray[np.number]) -> PerClass:
    """Metrics of every class against the rest."""
    counts = np.asarray(counts, np.float64)
    hit = np.diagonal(counts, axis1=-2, axis2=-1)
    positives, called = counts.sum(-1), counts.sum(-2)
    total = counts.sum((-2, -1))[..., None]
    negatives = total - positives
    with np.errstate(divide="ignore", invalid="ignore"):
        sensitivity = hit / positives
        specificity = (negatives - (called - hit)) / negatives
        precision = np.where(called > 0, hit / called, 0.0)
        f1 = 2 * hit / (positives + called)
    absent = positives == 0
    precision, f1 = np.where(absent, np.nan, precision), np.where(absent, np.nan, f1)
    return PerClass(sensitivity, specificity, precision, f1)


def averages(counts: NDArray[np.number]) -> dict[str, NDArray[np.float64]]:
    """The five metrics of Table 2, each of shape (...): classes absent from the truth are left out of the means."""
    counts = np.asarray(counts, np.float64)
    values = per_class(counts)
    accuracy = np.diagonal(counts, axis1=-2, axis2=-1).sum(-1) / counts.sum((-2, -1))
    means = {name: np.nanmean(getattr(values, name), axis=-1) for name in NAMES[1:]}
    return {"accuracy": np.asarray(accuracy), **means}
