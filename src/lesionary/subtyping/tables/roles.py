"""What a case is for: a fold is tested by what the other cases taught.

Where a cohort has parts of its own there is one fold, its test part; of the cases that are never tested some only teach
and some only choose and calibrate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TEACHES, CHOOSES = -1, -2
"""Folds of cases that are in no test."""


def teaching(fold: NDArray[np.integer], number: int) -> NDArray[np.bool_]:
    """Which cases teach what fold `number` is tested by.

    >>> teaching(np.array([0, 1, 2]), 1).tolist(), teaching(np.array([0, TEACHES, CHOOSES]), 0).tolist()
    ([True, False, True], [False, True, False])
    """
    return np.asarray((fold != number) & (fold != CHOOSES))


def choosing(fold: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which cases choose: none in a cross-validation."""
    return np.asarray(fold == CHOOSES)
