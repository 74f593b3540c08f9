"""The images that can be used, as a network is given them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.imaging.shards import read_shards
from lesionary.subfigures.counting import in_order
from lesionary.subfigures.parts import Part


@dataclass(frozen=True)
class Figures:
    """Images in the order of `images.parquet`."""

    table: pl.DataFrame
    """n, path, class, part."""
    classes: tuple[str, ...]
    """In the order of the paper's Table 8, then others by name; each has a training image."""
    label: NDArray[np.int64]
    pixels: NDArray[np.uint8]
    """(images, 3, side, side)."""

    def of(self, part: Part) -> NDArray[np.int64]:
        """Places of the images of a part."""
        return np.flatnonzero(self.table["part"].to_numpy() == str(part))

    def grey(self) -> NDArray[np.float32]:
        """Luminance (ITU-R BT.601, as Pillow's), shape (images, side, side), from 0 to 1."""
        return np.tensordot(np.array([0.299, 0.587, 0.114]) / 255, self.pixels, axes=(0, 1)).astype(np.float32)

    def digest(self) -> bytes:
        """SHA-256 of pixels, labels and parts."""
        parts = ",".join(self.table["part"]).encode()
        return hashlib.sha256(self.pixels.tobytes() + self.label.tobytes() + parts).digest()


@lru_cache(maxsize=1)
def load_figures(folder: Path) -> Figures:
    """What `read_subfigures` left in `folder`; read once a process."""
    table = pl.read_parquet(folder / "images.parquet")
    classes = tuple(in_order(table["class"].unique().to_list()))
    label = np.array([classes.index(name) for name in table["class"]], np.int64)
    wanted, parts, start = table["n"].to_numpy(), [], 0
    for shard in read_shards(folder):
        parts.append(shard[wanted[(wanted >= start) & (wanted < start + len(shard))] - start])
        start += len(shard)
    return Figures(table, classes, label, np.concatenate(parts))
