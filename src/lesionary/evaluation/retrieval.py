"""How good the nearest neighbours of a query are: mean average precision, and recall at k.

Recall at k is the share of queries that find something relevant among their k nearest (Jégou et al., PAMI 2011). A
query to which nothing is relevant has no part in any mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

PLACES = (1, 5, 10)
NAMES = ("map", *(f"recall_at_{k}" for k in PLACES))


@dataclass(frozen=True)
class Retrieval:
    """What was found for each query, NaN for one to which nothing is relevant."""

    average_precision: NDArray[np.float64]
    """Mean, over what is relevant, of the share of relevant ones up to its place."""
    first: NDArray[np.float64]
    """Place of the nearest relevant one, from 1."""
    chance: NDArray[np.float64]
    """Share of the gallery that is relevant: what recall at 1 is, of neighbours in random order."""

    def means(self, weights: NDArray[np.float64] | None = None) -> dict[str, NDArray[np.float64]]:
        """`NAMES` and chance, of shape (replicates,); `weights` (replicates, queries) say how often each counts."""
        there = ~np.isnan(self.first)
        weights = np.ones((1, len(there))) if weights is None else weights
        at = {f"recall_at_{k}": (self.first <= k).astype(np.float64) for k in PLACES}
        values = {"map": self.average_precision, **at, "chance": self.chance}
        with np.errstate(invalid="ignore"):
            total = weights[:, there].sum(axis=1)
            return {name: weights[:, there] @ value[there] / total for name, value in values.items()}


def nearest(
    queries: NDArray[np.floating], gallery: NDArray[np.floating], allowed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Numbers of the gallery, nearest first by Euclidean distance, shape (queries, gallery).

    What is not `allowed` (queries, gallery) comes last; equally near ones in the order of the gallery.

    >>> nearest(np.array([[0.0]]), np.array([[2.0], [0.0], [1.0]]), np.array([[True, False, True]])).tolist()
    [[2, 0, 1]]
    """
    distance = np.where(allowed, cdist(queries, gallery), np.inf)
    return np.argsort(distance, axis=1, kind="stable")


def retrieve(
    queries: NDArray[np.floating],
    gallery: NDArray[np.floating],
    relevant: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
) -> Retrieval:
    """Search `gallery` (lesions, features) for each of `queries`; matrices are (queries, gallery).

    Only what is `allowed` may be found: never what belongs to the query's own patient.
    """
    order = nearest(queries, gallery, allowed)
    right = np.take_along_axis(relevant & allowed, order, axis=1)
    found, count = right.cumsum(axis=1), right.sum(axis=1)
    places = np.arange(1, right.shape[1] + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = (right * found / places).sum(axis=1) / count
        chance = np.where(count > 0, count / allowed.sum(axis=1), np.nan)
    return Retrieval(precision, np.where(count > 0, right.argmax(axis=1) + 1, np.nan), chance)
