"""Choosing a setting on a part of the training folds: the same part and the same measure for every row.

The test fold has no say: what is chosen from is the training folds' alone, and whoever calls has nothing else at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from lesionary.base.errors import CohortError
from lesionary.evaluation.multiclass import averages, confusion

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = 5
"""One of so many parts of the patients is held out, fewer where a class has fewer patients."""


def hold_out(classes: NDArray[np.integer], patients: NDArray[np.integer], seed: int) -> NDArray[np.bool_]:
    """Which samples are held out: whole patients, of every class about the same share.

    `CohortError` where a class has a single patient, or no part leaves every class on both sides.
    """
    every = np.unique(classes)
    parts = min(PARTS, *(len(np.unique(patients[classes == one])) for one in every))
    if parts > 1:
        splitter = StratifiedGroupKFold(n_splits=parts, shuffle=True, random_state=seed)
        for rest, held in splitter.split(classes, classes, patients):
            if all(len(np.unique(classes[side])) == len(every) for side in (rest, held)):
                chosen = np.zeros(len(classes), bool)
                chosen[held] = True
                if np.intersect1d(patients[chosen], patients[~chosen]).size:
                    raise AssertionError("a patient lies on both sides of the held-out part")
                return chosen
    reason = "the training folds have a class with too few patients to hold some out"
    raise CohortError("the cohort", reason, "add patients, or give one value where params.yaml has a list")


def study_f1(
    probability: NDArray[np.floating], classes: NDArray[np.integer], studies: NDArray[np.integer], count: int
) -> float:
    """Mean F1 over `count` classes of studies, each decided by its samples' mean probability.

    >>> study_f1(np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]), np.array([0, 0, 1]), np.array([7, 7, 8]), 2)
    1.0
    """
    _, first, place = np.unique(studies, return_index=True, return_inverse=True)
    total = np.zeros((len(first), count))
    np.add.at(total, place, probability)
    return float(averages(confusion(classes[first], total.argmax(axis=1), count))["f1"])


def best(scores: list[float]) -> int:
    """The place of the highest score, the first among equals.

    >>> best([0.5, 0.7, 0.7])
    1
    """
    return int(np.argmax(scores))
