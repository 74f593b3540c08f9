"""Features laid out in the plane (DMRN, Fig. 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

MOST = 2000
"""Points that are worth drawing: ten thousand take minutes and hide each other."""


def drawn(count: int, seed: int) -> NDArray[np.int64]:
    """Which of `count` samples are laid out: all, or `MOST` of them, in their order.

    >>> drawn(3, seed=1).tolist(), len(drawn(5000, seed=1))
    ([0, 1, 2], 2000)
    """
    if count <= MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, MOST, replace=False))


def tsne(features: NDArray[np.floating], seed: int) -> NDArray[np.float32]:
    """t-SNE of standardised `features` (samples, features), shape (samples, 2).

    Perplexity is 30, or a third of the samples where they are few; the start is the principal components.
    """
    perplexity = min(30.0, (len(features) - 1) / 3)
    scaled = StandardScaler().fit_transform(np.asarray(features, np.float64))
    with threadpool_limits(1):
        model = TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1)
        points: NDArray[np.float32] = model.fit_transform(scaled)
    return points
