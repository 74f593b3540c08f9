"""The images of the slices that are in a fold, as a network is given them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lesionary.imaging.shards import read_shards
from lesionary.imaging.slices import shrink
from lesionary.imaging.windows import window
from lesionary.subtyping.cases import load_slices


@lru_cache(maxsize=1)
def load_images(slices: Path, folds: Path, window_hu: tuple[float, float], side_px: int) -> NDArray[np.float32]:
    """Images of `load_slices`, shape (slices, side_px, side_px), window-mapped to [0, 1]; read once a process."""
    wanted = load_slices(slices, folds).table["n"].to_numpy()
    parts, start = [], 0
    for shard in read_shards(slices):
        here = wanted[(wanted >= start) & (wanted < start + len(shard))] - start
        parts.append(shrink(window(shard[here], *window_hu), side_px))
        start += len(shard)
    return np.concatenate(parts)
