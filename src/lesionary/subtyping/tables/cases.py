"""The slices and studies that are in a fold, as codes: what a classifier must know of them beside their images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cases:
    """Rows of a table (slices or studies) as codes: classes alphabetically, the others by order of first appearance."""

    table: pl.DataFrame
    """study, patient, subtype, fold of each row, and whatever else the table has."""
    classes: tuple[str, ...]
    label: NDArray[np.int64]
    study: NDArray[np.int64]
    patient: NDArray[np.int64]
    fold: NDArray[np.int64]
    """Below 0: in no test (`roles`)."""

    @classmethod
    def of(cls, table: pl.DataFrame) -> Self:
        """Codes of `table`."""
        classes = tuple(sorted(table["subtype"].unique()))
        label = np.array([classes.index(name) for name in table["subtype"]], np.int64)
        fold = table["fold"].to_numpy().astype(np.int64)
        return cls(table, classes, label, codes(table["study"]), codes(table["patient"]), fold)

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return int(self.fold.max()) + 1

    @property
    def tested(self) -> Self:
        """The cases that are in a test: all of them in a cross-validation."""
        return self if (self.fold >= 0).all() else type(self).of(self.table.filter(pl.col("fold") >= 0))

    def digest(self) -> bytes:
        """SHA-256 of all codes."""
        return hashlib.sha256(b"".join(c.tobytes() for c in (self.label, self.study, self.patient, self.fold))).digest()


def codes(names: pl.Series) -> NDArray[np.int64]:
    """Each name as its place in the order of first appearance.

    >>> codes(pl.Series(["b", "a", "b"])).tolist()
    [0, 1, 0]
    """
    order = {name: n for n, name in enumerate(names.unique(maintain_order=True))}
    return np.array([order[name] for name in names], np.int64)


def load_studies(folds: Path) -> Cases:
    """The studies of `folds.csv`; column `scanner` where folds are drawn by it."""
    return Cases.of(pl.read_csv(folds / "folds.csv", schema_overrides={"fold": pl.Int32, "subtype": pl.String}))


def load_slices(slices: Path, folds: Path) -> Cases:
    """The slices of every study that is in a fold, as in `slices.parquet`; column `n` is their place in the shards."""
    drawn = load_studies(folds).table.drop("patient", "subtype")
    table = pl.read_parquet(slices / "slices.parquet").with_row_index("n")
    return Cases.of(table.join(drawn, on="study", how="inner", maintain_order="left"))
