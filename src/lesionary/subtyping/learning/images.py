"""The slices that are in a fold, and the volumes that they make, as a network is given them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from lesionary.imaging.shards import read_shards
from lesionary.imaging.slices import shrink
from lesionary.imaging.windows import window
from lesionary.subtyping.tables.cases import load_slices, load_studies


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


@lru_cache(maxsize=1)
def load_volumes(slices: Path, folds: Path, window_hu: tuple[float, float], cube_px: int) -> NDArray[np.float32]:
    """A volume a study of `load_studies`, shape (studies, z, y, x), each side `cube_px`; read once a process.

    Its slices are those of the study's mass, of several the one with most slices.
    """
    images, table = load_images(slices, folds, window_hu, cube_px), load_slices(slices, folds).table
    masses = table.group_by("study", "lesion", maintain_order=True).len()
    largest = masses.sort("len", descending=True, maintain_order=True).unique("study", keep="first")
    lesion, chosen = table["lesion"].to_numpy(), dict(largest.select("study", "lesion").iter_rows())
    return np.stack([as_cube(images[lesion == chosen[study]]) for study in load_studies(folds).table["study"]])


def as_cube(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squares `stack[z, y, x]` as a cube of their side: resized along z, linear, averaged where it shrinks."""
    side = stack.shape[-1]
    planes = torch.from_numpy(np.ascontiguousarray(stack.swapaxes(0, 1)))[None]  # y counts the planes, z their rows
    resized = interpolate(planes, size=(side, side), mode="bilinear", align_corners=False, antialias=True)
    return resized[0].numpy().swapaxes(0, 1)
