"""Masses of a cohort made ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.figures.subtyped.masses import Mass
from lesionary.imaging.shards import read_shards
from lesionary.subtyping.choosing import middle_slices


@dataclass(frozen=True)
class MassAlbum:
    """All slices of a cohort."""

    folder: Path
    slices: pl.DataFrame
    """slices.parquet, and `n`, each one's place in the shards."""
    lesions: pl.DataFrame
    margin_mm: float
    """What slices show around a mass, on each side."""

    @classmethod
    def open(cls, folder: Path, margin_mm: float) -> Self:
        """What crop_slices wrote."""
        slices = pl.read_parquet(folder / "slices.parquet").with_row_index("n")
        return cls(folder, slices, pl.read_parquet(folder / "lesions.parquet"), margin_mm)

    def masses(self, studies: Sequence[str]) -> list[Mass]:
        """The middle slice of each of `studies`."""
        middle = middle_slices(self.slices, studies)
        sizes = self.lesions.select("study", "lesion", pl.col("size_x_mm", "size_y_mm") + 2 * self.margin_mm)
        sized = middle.join(sizes, on=["study", "lesion"], how="left", maintain_order="left")
        images = self._images(middle["n"].to_list())
        rows = sized.select("subtype", "size_x_mm", "size_y_mm").iter_rows()
        return [Mass(subtype, hu, (x, y)) for hu, (subtype, x, y) in zip(images, rows, strict=True)]

    def _images(self, numbers: Sequence[int]) -> list[NDArray[np.int16]]:
        """Slices by their place in the shards; nothing else of these is read."""
        found: dict[int, NDArray[np.int16]] = {}
        start = 0
        for shard in read_shards(self.folder):
            found |= {n: np.array(shard[n - start]) for n in numbers if start <= n < start + len(shard)}
            start += len(shard)
        return [found[n] for n in numbers]
