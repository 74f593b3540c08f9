"""Pictures of how often the phantom's labels occur, beside the real frequencies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from lesionary.figures.canvas import PALETTE, drawing

SERIES = {"deeplesion": "DeepLesion, mined", "phantom_true": "phantom, true", "phantom_said": "phantom, said"}
LOWEST = 3e-4
"""Where the axes begin: a label of one lesion in three thousand."""


def draw_ranks(shares: pl.DataFrame, path: Path) -> None:
    """Share of lesions by the rank of the label, the most frequent first."""
    with drawing(path) as axes:
        for colour, (column, name) in zip(PALETTE, SERIES.items(), strict=False):
            found = np.sort(shares.filter(pl.col(column) > 0)[column].to_numpy())[::-1]
            axes.plot(np.arange(1, len(found) + 1), found, color=colour, label=f"{name} ({len(found)} labels)")
        axes.set(yscale="log", ylim=(LOWEST, 1), xlabel="rank of the label", ylabel="share of lesions")
        axes.legend()


def draw_labels(shares: pl.DataFrame, path: Path, named: int = 8) -> None:
    """Every label by its share here and there; names where these are farthest apart. On the diagonal they agree."""
    both = shares.filter((pl.col("phantom_true") > 0) & (pl.col("deeplesion") > 0))
    apart = both.with_columns(far=(pl.col("phantom_true") / pl.col("deeplesion")).log().abs())
    with drawing(path, 5.6, 5.0) as axes:
        axes.plot([LOWEST, 1], [LOWEST, 1], color="0.8", zorder=0)
        for colour, kind in zip(PALETTE, ("bodypart", "type", "attribute"), strict=False):
            part = both.filter(pl.col("class") == kind)
            axes.scatter(part["deeplesion"], part["phantom_true"], s=12, color=colour, label=kind)
        for row in apart.sort("far", "label", descending=[True, False]).head(named).iter_rows(named=True):
            axes.annotate(row["label"], (row["deeplesion"], row["phantom_true"]), (4, 2), textcoords="offset points",
                          fontsize=6.5)  # fmt: skip
        axes.set(xscale="log", yscale="log", xlim=(LOWEST, 1), ylim=(LOWEST, 1))
        axes.set(xlabel="share of lesions in DeepLesion (mined)", ylabel="share of lesions in the phantom (true)")
        axes.legend(loc="upper left")
