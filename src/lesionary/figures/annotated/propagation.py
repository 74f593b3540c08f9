"""The learnt score propagation (LesaNet, 4.3 and Fig. 6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.figures.canvas import CLASS_COLOURS, drawing

IN_PAPER = ("chest", "abdomen", "liver", "hemangioma", "metastasis", "enhancing")


def readable(table: pl.DataFrame, count: int = 10) -> list[str]:
    """Labels of the paper's figure that `table` (label, class, train) has, then the most frequent of each class.

    In the order of classes, each from the most frequent to the rarest.

    >>> table = pl.DataFrame({"label": list("abcd"), "class": ["bodypart", "bodypart", "type", "type"],
    ...                       "train": [9, 8, 7, 6]})
    >>> readable(table, 3)
    ['a', 'b', 'c']
    """
    ordered = table.sort("train", descending=True, maintain_order=True)
    turns = ordered.with_columns(turn=pl.int_range(pl.len()).over("class"), known=pl.col("label").is_in(IN_PAPER))
    order = {kind: number for number, kind in enumerate(CLASS_COLOURS)}
    turns = turns.with_columns(rank=pl.col("class").replace_strict(order))
    chosen = turns.sort("known", "turn", "rank", descending=[True, False, False], maintain_order=True).head(count)
    return chosen.sort("rank", "turn", maintain_order=True)["label"].to_list()


def draw_propagation(weights: NDArray[np.floating], labels: Sequence[str], path: Path) -> None:
    """Weights (labels, labels): row i, column j, what label i's score receives from label j's.

    Shaded is what was learnt: the distance from the identity, with which training began.
    """
    learnt = weights - np.eye(len(weights))
    most = max(float(np.abs(learnt).max()), 1e-6)
    with drawing(path, 1.6 + 0.52 * len(labels), 1.5 + 0.42 * len(labels)) as axes:
        shown = axes.imshow(learnt, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto")
        for row, column in np.ndindex(*weights.shape):
            ink = "white" if abs(learnt[row, column]) > 0.65 * most else "black"
            text = f"{weights[row, column]:.2f}".replace("-0.00", "0.00")
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=7.5)
        ticks = range(len(labels))
        axes.set_xticks(ticks, labels, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_yticks(ticks, labels)
        axes.set(xlabel="from the score of", ylabel="to the score of")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        axes.figure.colorbar(shown, ax=axes, label="learnt (weight less identity)", shrink=0.8, aspect=25)
