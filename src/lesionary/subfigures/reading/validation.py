"""Which training images validate: a share of each class (DMRN, 3.4: a tenth, to tune parameters and nothing else)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def draw_validation(classes: Sequence[str], share: float, seed: int) -> NDArray[np.bool_]:
    """Of each class `share` of its images, rounded, halves up.

    A class of fewer than 1 / (2 share) images has none in validation; below one half, a class of one image keeps it.

    >>> held = draw_validation(["a"] * 10 + ["b"] * 4 + ["c"], 0.1, seed=1)
    >>> held[:10].sum(), held[10:].sum()
    (np.int64(1), np.int64(0))
    """
    names, rng = np.asarray(classes), np.random.default_rng(seed)
    held = np.zeros(len(names), bool)
    for name in np.unique(names):
        here = rng.permutation(np.flatnonzero(names == name))
        held[here[: int(len(here) * share + 0.5)]] = True
    return held
