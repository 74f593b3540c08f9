"""Rows of the annotation tables against LesaNet, on the same draws of patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.arrays import load_arrays, save_arrays
from lesionary.evaluation.multilabel import NAMES, interval

REFERENCE = "lesanet"

Replicates = Mapping[str, Mapping[str, NDArray[np.float64]]]
"""Of each test set and metric: the mean over labels, and behind it its replicates."""

SCHEMA = {**dict.fromkeys(("row", "test", "metric"), pl.String), **dict.fromkeys(("value", "low", "high"), pl.Float64)}


def save_replicates(path: Path, replicates: Replicates) -> None:
    """One array a test set and metric, named `test.metric`."""
    flat = {f"{test}.{metric}": values for test, part in replicates.items() for metric, values in part.items()}
    save_arrays(path, flat)


def load_replicates(path: Path) -> Replicates:
    """What `save_replicates` wrote."""
    flat = load_arrays(path)
    tests = sorted({name.split(".")[0] for name in flat})
    return {test: {metric: flat[f"{test}.{metric}"] for metric in NAMES} for test in tests}


def interval_table(replicates: Replicates, *, level: float) -> pl.DataFrame:
    """One row a test set and metric: test, metric, value, low, high."""
    rows = []
    for test, part in replicates.items():
        for metric, values in part.items():
            rows.append((test, metric, float(values[0]), *interval(values[1:], level)))
    schema = {name: kind for name, kind in SCHEMA.items() if name != "row"}
    return pl.DataFrame(rows, schema, orient="row").with_columns(pl.selectors.float().round(4))


def differences(folder: Path, rows: Sequence[str], *, level: float) -> pl.DataFrame:
    """Every other row less the reference, replicate by replicate: row, test, metric, value, low, high."""
    reference = REFERENCE if REFERENCE in rows else next(iter(rows), REFERENCE)
    tables = [pl.DataFrame(schema=SCHEMA)]
    for row in rows:
        if row != reference:
            own, other = (load_replicates(folder / f"{name}.safetensors") for name in (row, reference))
            less = {test: {key: part[key] - other[test][key] for key in part} for test, part in own.items()}
            tables.append(interval_table(less, level=level).select(pl.lit(row).alias("row"), pl.all()))
    return pl.concat(tables)
