"""Pictures of a subtyping row: confusion matrix, training curves, t-SNE of its features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from lesionary.figures.canvas import PALETTE, drawing, wrapped


def draw_confusion(counts: NDArray[np.integer], classes: Sequence[str], title: str, path: Path) -> None:
    """Confusion matrix: counts, shaded by the share of the true class (DMRN, Fig. 4)."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    with drawing(path, 4.4, 4.2) as axes:
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        for row, column in np.ndindex(*counts.shape):
            ink = "white" if share[row, column] > 0.6 else "black"
            text = f"{counts[row, column]}\n{share[row, column]:.0%}"
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=8)
        ticks = range(len(classes))
        axes.set_xticks(ticks, classes, rotation=30 if max(map(len, classes)) > 4 else 0, ha="center")
        axes.set_yticks(ticks, classes)
        axes.set(xlabel="predicted", ylabel="truth", title=wrapped(title))
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)


def draw_curves(history: pl.DataFrame, title: str, path: Path) -> None:
    """Training loss by epoch: each fold thin, their mean bold, the parts of the loss dashed."""
    folds = [name for name in history.columns if name.startswith("fold_")]
    parts = [name for name in history.columns if name not in {"epoch", "learning_rate", "loss", *folds}]
    marker = "o" if len(history) == 1 else ""
    with drawing(path, 5.4, 3.6) as axes:
        for number, name in enumerate(folds):
            label = "loss, each fold" if number == 0 else None
            axes.plot(history["epoch"], history[name], color="0.75", lw=0.8, marker=marker, label=label)
        if len(parts) > 1:
            for name, colour in zip(parts, PALETTE[1:], strict=False):
                axes.plot(history["epoch"], history[name], color=colour, ls="--", lw=1.2, label=name)
        axes.plot(history["epoch"], history["loss"], color=PALETTE[0], lw=2, marker=marker, label="loss, mean of folds")
        axes.set(xlabel="epoch", ylabel="training loss", ylim=(0, None), title=wrapped(title))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()


def draw_embedding(
    points: NDArray[np.floating], labels: NDArray[np.integer], classes: Sequence[str], title: str, path: Path
) -> None:
    """Points of a t-SNE, shape (samples, 2), coloured by class (DMRN, Fig. 5)."""
    with drawing(path, 4.8, 4.2) as axes:
        for number, name in enumerate(classes):
            mine = labels == number
            axes.scatter(points[mine, 0], points[mine, 1], s=12, color=PALETTE[number % len(PALETTE)], label=name, lw=0)
        axes.set(xticks=[], yticks=[], title=wrapped(title))
        axes.spines[:].set_visible(False)
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
