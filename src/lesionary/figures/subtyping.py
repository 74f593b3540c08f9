"""Pictures of subtyping rows, alone or side by side: confusion matrix, training curves, t-SNE of features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from lesionary.figures.canvas import PALETTE, class_colours, drawing, panels, wrapped

NARROW = 40
"""Letters of a title above a panel that has others beside it."""


def draw_confusion(counts: NDArray[np.integer], classes: Sequence[str], title: str, path: Path) -> None:
    """Confusion matrix: counts, shaded by the share of the true class."""
    with drawing(path, 4.4, 4.2) as axes:
        _confusion(axes, counts, classes, wrapped(title))


def draw_confusions(counts: Mapping[str, NDArray[np.integer]], classes: Sequence[str], path: Path) -> None:
    """Confusion matrices of several rows, each under its title (DMRN, Fig. 4)."""
    with panels(path, len(counts), 3, 3.6, 4.1) as all_axes:
        for axes, (title, one) in zip(all_axes, counts.items(), strict=True):
            _confusion(axes, one, classes, wrapped(title, NARROW))


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
    """Points of a t-SNE, shape (samples, 2), coloured by class."""
    with drawing(path, 4.8, 4.2) as axes:
        _embedding(axes, points, labels, classes, wrapped(title))
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def draw_embeddings(
    points: Mapping[str, NDArray[np.floating]], labels: NDArray[np.integer], classes: Sequence[str], path: Path
) -> None:
    """The same samples as several rows see them, each under its title (DMRN, Fig. 5)."""
    with panels(path, len(points), 3, 3.6, 3.9) as all_axes:
        for axes, (title, one) in zip(all_axes, points.items(), strict=True):
            _embedding(axes, one, labels, classes, wrapped(title, NARROW))
        handles, names = all_axes[0].get_legend_handles_labels()
        figure = all_axes[0].get_figure(root=True)
        assert figure is not None
        figure.legend(handles, names, loc="outside lower center", ncols=len(names), markerscale=1.6)


def _confusion(axes: Axes, counts: NDArray[np.integer], classes: Sequence[str], title: str) -> None:
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        ink = "white" if share[row, column] > 0.6 else "black"
        text = f"{counts[row, column]}\n{share[row, column]:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=8)
    ticks = range(len(classes))
    axes.set_xticks(ticks, classes, rotation=30 if max(map(len, classes)) > 4 else 0, ha="center")
    axes.set_yticks(ticks, classes)
    axes.set(xlabel="predicted", ylabel="truth", title=title)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _embedding(
    axes: Axes, points: NDArray[np.floating], labels: NDArray[np.integer], classes: Sequence[str], title: str
) -> None:
    for number, (name, colour) in enumerate(zip(classes, class_colours(len(classes)), strict=True)):
        mine = labels == number
        axes.scatter(points[mine, 0], points[mine, 1], s=12, color=colour, label=name, lw=0)
    axes.set(xticks=[], yticks=[], title=title)
    axes.spines[:].set_visible(False)
