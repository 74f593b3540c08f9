"""Is one classifier better than another on the same cases? Four tests, two-sided, that pair different things.

What each is blind to decides which to trust. Folds share most of their training cases, so that their differences are
not independent and a plain t-test over them finds too much; the corrected one allows for it. Cases of one patient are
not independent, so a test over cases finds too much where patients have several: drawing patients (`intervals`) does
not. None of them knows that another seed would have trained another network.

A test has no value (NaN) where all differences are equal: without spread there is nothing to measure them by.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, t, ttest_rel


def paired_t(own: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """p of Student's paired t-test: pairs are folds, or cases.

    >>> round(paired_t(np.array([0.7, 0.8, 0.9]), np.array([0.6, 0.6, 0.6])), 4)  # t = 0.2 / (0.1 / sqrt(3))
    0.0742
    """
    return float(ttest_rel(own, other).pvalue) if _spread(own - other) else float("nan")


def corrected_t(differences: NDArray[np.floating], test_to_train: float) -> float:
    """p of the t-test over folds, corrected for their common training cases (Nadeau and Bengio, 2003, 4.2).

    The variance of the mean counts the `test_to_train` ratio of cases on top of the 1/folds of independent ones; a
    ratio of 0 gives the plain paired test.

    >>> round(corrected_t(np.array([0.1, 0.2, 0.3]), 1 / 2), 4)  # t = 0.2 / (0.1 * sqrt(1/3 + 1/2))
    0.1598
    """
    folds = len(differences)
    if not _spread(differences):
        return float("nan")
    error = np.std(differences, ddof=1) * np.sqrt(1 / folds + test_to_train)
    return float(2 * t.sf(abs(np.mean(differences)) / error, folds - 1))


def mcnemar(own_right: NDArray[np.bool_], other_right: NDArray[np.bool_]) -> float:
    """p of McNemar's exact test: of the cases that just one of the two has right, is each as likely to be that one?

    >>> mcnemar(np.array([1, 1, 1, 1, 0], bool), np.array([0, 0, 0, 1, 0], bool))  # three to none: 2 / 2**3
    0.25
    >>> mcnemar(np.array([True, False]), np.array([True, False]))
    1.0
    """
    won, lost = int((own_right & ~other_right).sum()), int((other_right & ~own_right).sum())
    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def _spread(differences: NDArray[np.floating]) -> bool:
    """Whether differences vary beyond rounding."""
    return len(differences) > 1 and bool(np.ptp(differences) > 1e-12)
