"""Proper scoring rules of class probabilities: lower is better, and honest probabilities score best on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLOOR = 1e-6
"""Under which no probability counts: one that was 0 where it should not be would make the mean infinite."""


def brier(probabilities: NDArray[np.floating], truth: NDArray[np.integer]) -> float:
    """Mean over cases of the squared distance of `probabilities` (cases, classes) from the truth (Brier 1950): 0 to 2.

    >>> brier(np.array([[1.0, 0.0], [0.5, 0.5], [1.0, 0.0]]), np.array([0, 0, 1]))  # 0, 0.5 and 2
    0.8333333333333334
    """
    certain = np.eye(probabilities.shape[1])[truth]
    return float(((probabilities - certain) ** 2).sum(axis=1).mean())


def log_loss(probabilities: NDArray[np.floating], truth: NDArray[np.integer]) -> float:
    """Mean over cases of -ln of the probability that the true class was given, at least `FLOOR`.

    >>> log_loss(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1]))  # ln 2 and 0
    0.34657359027997264
    """
    given = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(given, FLOOR)).mean())
