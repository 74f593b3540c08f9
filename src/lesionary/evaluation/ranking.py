"""How well probabilities rank cases: the area under the ROC curve of each class against the rest, then their mean.

Of two classes both areas are the same, so that the mean is the plain one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lesionary.evaluation.multilabel import draw_patients, interval, weighted


def auc(label: NDArray[np.integer], probability: NDArray[np.floating]) -> float:
    """Mean over the classes of `probability` (cases, classes) that occur, and not alone; NaN where none does.

    >>> auc(np.array([0, 0, 1, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.5, 0.5], [0.2, 0.8]]))
    0.75
    """
    return float(replicated(label, probability, np.ones((1, len(label))))[0])


def auc_interval(
    label: NDArray[np.integer],
    probability: NDArray[np.floating],
    patient: NDArray[np.integer],
    *,
    replicates: int,
    level: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Its percentile interval when patients, counted from 0, are drawn with replacement."""
    return interval(replicated(label, probability, draw_patients(patient, replicates, rng)), level)


def replicated(
    label: NDArray[np.integer], probability: NDArray[np.floating], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean in every replicate of `weights` (replicates, cases); classes that a replicate misses are left out."""
    truth = label[:, None] == np.arange(probability.shape[1])
    found = weighted(truth, probability, truth, weights)
    return found.means()["auc"]
