"""Probabilities of slices and studies as tables: one column `p_<class>` a class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

UNITS = {"study": "studies", "slice": "slices"}
"""What a row predicts, and how its table is named."""


def read_predictions(folder: Path) -> dict[str, pl.DataFrame]:
    """Tables of a row by their unit, tested cases alone; a row that sees no slices has none of them."""
    return {unit: table.filter(pl.col("fold") >= 0) for unit, table in read_whole(folder).items()}


def read_whole(folder: Path) -> dict[str, pl.DataFrame]:
    """The same with the cases that are in no test, whose probabilities are NaN."""
    paths = {unit: folder / f"{name}.parquet" for unit, name in UNITS.items()}
    return {unit: pl.read_parquet(path) for unit, path in paths.items() if path.exists()}


def prediction_table(rows: pl.DataFrame, classes: Sequence[str], probability: NDArray[np.floating]) -> pl.DataFrame:
    """`rows` with the columns `p_<class>` beside them."""
    return rows.with_columns(pl.Series(f"p_{name}", probability[:, n], pl.Float64) for n, name in enumerate(classes))


def study_means(slices: pl.DataFrame) -> pl.DataFrame:
    """Slice probabilities averaged to the study, one row a study in the order of the slices (DMRN, 2.3)."""
    means = pl.selectors.starts_with("p_").mean()
    own = [name for name in ("study", "patient", "subtype", "fold", "scanner") if name in slices.columns]
    return slices.group_by(own, maintain_order=True).agg(means)


def probabilities(table: pl.DataFrame) -> NDArray[np.float64]:
    """The columns `p_<class>`, shape (rows, classes), classes in alphabetical order."""
    return table.select(sorted(name for name in table.columns if name.startswith("p_"))).to_numpy()
