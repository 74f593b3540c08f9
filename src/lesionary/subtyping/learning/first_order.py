"""The honest floor of radiomics: first-order features of a mass's HU, and its size; no texture, no shape, no network.

Definitions are those of the Image Biomarker Standardisation Initiative (IBSI, Zwanenburg et al., Radiology 2020; 3.3
and 3.4) and pyradiomics', which does not subtract 3 from kurtosis; names are pyradiomics'. The region is the whole box,
as networks see it, each slice resized to the square of the crops: the slices of a mass weigh alike, and a small mass is
smoother than it was scanned.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import kurtosis, skew

from lesionary.imaging.shards import read_shards
from lesionary.subtyping.tables.cases import load_studies

BIN_HU = 25.0
"""Width of the bins that entropy and uniformity count; pyradiomics' own. Their edges are its multiples."""

INTENSITIES = (
    "mean",
    "standard_deviation",
    "minimum",
    "10_percentile",
    "median",
    "90_percentile",
    "maximum",
    "interquartile_range",
    "mean_absolute_deviation",
    "robust_mean_absolute_deviation",
    "root_mean_squared",
    "skewness",
    "kurtosis",
    "entropy",
    "uniformity",
)
SIZES = ("largest_mm", "volume_ml")
FEATURES = INTENSITIES + SIZES


def first_order(hu: NDArray[np.integer]) -> NDArray[np.float64]:
    """`INTENSITIES` of all values of `hu`, shape (features,).

    In HU, but for entropy (bits), and for skewness, kurtosis and uniformity, which have no unit. Skewness and kurtosis
    of equal values are 0, as in IBSI.

    >>> found = dict(zip(INTENSITIES, first_order(np.array([0, 0, 50, 50])).tolist(), strict=True))
    >>> found["mean"], found["standard_deviation"], found["kurtosis"], found["entropy"], found["uniformity"]
    (25.0, 25.0, -2.0, 1.0, 0.5)
    """
    values = np.sort(hu, axis=None).astype(np.float64)  # as whole numbers they sort faster
    mean = values.mean()
    low, first_quarter, median, third_quarter, high = np.percentile(values, (10, 25, 50, 75, 90))
    middle = values[np.searchsorted(values, low) : np.searchsorted(values, high, side="right")]
    flat = np.ptp(values) == 0
    bins = np.floor(values / BIN_HU).astype(np.int64)
    counts = np.bincount(bins - bins[0])
    share = counts[counts > 0] / len(values)
    return np.array(
        [
            mean,
            values.std(),
            values.min(),
            low,
            median,
            high,
            values.max(),
            third_quarter - first_quarter,
            np.abs(values - mean).mean(),
            np.abs(middle - middle.mean()).mean() if len(middle) else 0.0,  # of two values, say
            np.sqrt((values**2).mean()),
            0.0 if flat else skew(values),
            0.0 if flat else kurtosis(values),
            -(share * np.log2(share)).sum(),
            (share**2).sum(),
        ]
    )


def measures(slices: Path, folds: Path) -> NDArray[np.float64]:
    """`FEATURES` of each study's largest mass, shape (studies, features), in the order of `folds.csv`.

    Sizes are those of its box: the largest of its sides, and the volume they span.
    """
    lesions = pl.read_parquet(slices / "lesions.parquet").with_columns(
        largest_mm=pl.max_horizontal("size_x_mm", "size_y_mm", "size_z_mm"),
        volume_ml=pl.col("size_x_mm") * pl.col("size_y_mm") * pl.col("size_z_mm") / 1000,
    )
    largest = lesions.sort("largest_mm", descending=True, maintain_order=True).unique("study", keep="first")
    wanted = load_studies(folds).table.join(largest, on="study", how="left", maintain_order="left")
    sizes = wanted.select(SIZES).to_numpy()
    return np.column_stack([np.stack([first_order(hu) for hu in _masses(slices, wanted["lesion"])]), sizes])


def _masses(slices: Path, lesions: pl.Series) -> Iterator[NDArray[np.int16]]:
    """HU of every slice of each of `lesions`, one mass at a time."""
    names = pl.read_parquet(slices / "slices.parquet", columns=["lesion"])["lesion"].to_numpy()
    shards = list(read_shards(slices))
    places = np.split(names, np.cumsum([len(shard) for shard in shards])[:-1])
    for lesion in lesions:
        yield np.concatenate([shard[place == lesion] for shard, place in zip(shards, places, strict=True)])
