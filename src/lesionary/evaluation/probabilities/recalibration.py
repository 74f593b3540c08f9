"""Temperature scaling: one number that makes probabilities as sure as they may be (Guo et al., ICML 2017).

It changes no decision: the likeliest class stays the likeliest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from lesionary.evaluation.probabilities.proper import FLOOR

HOTTEST = 20.0
"""Temperatures lie between its inverse and it: where every case is right, none would be cold enough."""


def at_temperature(probabilities: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """`probabilities` (cases, classes) to the power of 1 / `temperature`, normalised: above 1 they are less sure.

    >>> at_temperature(np.array([[0.8, 0.2]]), 0.5).round(4).tolist()  # 0.64 and 0.04 of 0.68
    [[0.9412, 0.0588]]
    """
    return np.asarray(softmax(_logarithms(probabilities) / temperature, axis=1))


def fit_temperature(probabilities: NDArray[np.floating], truth: NDArray[np.integer]) -> float:
    """The temperature at which the log loss is lowest."""
    logarithms, cases = _logarithms(probabilities), np.arange(len(truth))

    def loss(exponent: float) -> float:
        return float(-log_softmax(logarithms * np.exp(exponent), axis=1)[cases, truth].mean())

    bound = float(np.log(HOTTEST))
    return float(np.exp(-minimize_scalar(loss, bounds=(-bound, bound), method="bounded").x))


def recalibrated(
    probabilities: NDArray[np.floating], truth: NDArray[np.integer], fold: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each fold's probabilities at the temperature that suits the others' best, and that temperature of each fold.

    What is given is out of fold already, (cases, classes). A fold's own truth has no say in its temperature, but for
    what the networks of the other folds, which were trained on it, learnt of it.
    """
    found, temperatures = np.empty(probabilities.shape), []
    for number in range(int(fold.max()) + 1):
        own = fold == number
        temperatures.append(fit_temperature(probabilities[~own], truth[~own]))
        found[own] = at_temperature(probabilities[own], temperatures[-1])
    return found, np.array(temperatures)


def _logarithms(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.log(np.maximum(np.asarray(probabilities, np.float64), FLOOR))
