"""Pictures of the sub-figure benchmark: how unequal its classes are, and what a row takes for what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.figures.canvas import PALETTE, drawing, wrapped

PUBLISHED = "0.35"
"""Grey of what the paper counts."""


def draw_distribution(counts: pl.DataFrame, path: Path) -> None:
    """Images of every class, training (with validation) and test, and what the paper counts (DMRN, Fig. 6).

    `counts`: class, train, validation, test, published_train, published_test; of classes the paper lacks the last two
    are null. The axis is logarithmic, from half an image on.
    """
    place = np.arange(len(counts))
    bars = {"training": counts["train"] + counts["validation"], "test": counts["test"]}
    papers = {"training": counts["published_train"], "test": counts["published_test"]}
    with drawing(path, 9.0, 3.6) as axes:
        for number, (name, values) in enumerate(bars.items()):
            x = place + (number - 0.5) * 0.4
            axes.bar(x, values, 0.4, color=PALETTE[number], label=name)
            label = "the paper's count" if number == 0 else None
            axes.scatter(x, papers[name], s=14, marker="_", color=PUBLISHED, label=label, zorder=3)
        axes.set_yscale("log")
        axes.set(ylim=(0.5, None), ylabel="images", xlim=(-0.7, len(counts) - 0.3))
        axes.set_xticks(place, counts["class"], rotation=90)
        axes.legend(ncols=3)


def draw_large_confusion(counts: NDArray[np.integer], classes: Sequence[str], title: str, path: Path) -> None:
    """A confusion matrix too large for numbers in every cell: shaded by the share of the true class, zeros left out."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 1.6 + 0.22 * len(classes)
    with drawing(path, side, side) as axes:
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        for row, column in zip(*np.nonzero(counts), strict=True):
            ink = "white" if share[row, column] > 0.6 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=ink, fontsize=5)
        axes.set_xticks(range(len(classes)), classes, rotation=90, fontsize=7)
        axes.set_yticks(range(len(classes)), classes, fontsize=7)
        axes.set(xlabel="predicted", ylabel="truth", title=wrapped(title, 70))
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
