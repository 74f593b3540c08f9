"""Pictures of an annotation row: its training curves."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from matplotlib.ticker import MaxNLocator

from lesionary.figures.canvas import PALETTE, drawing, wrapped
from lesionary.params.annotation import AnnotatorParams

FULL_WIDTH, FULL_FEATURES, FULL_BATCH = 64, 256, 128  # LesaNet, 4.1 and 5.2


def describe(row: str, params: AnnotatorParams) -> str:
    """What the row is, and what of it is smaller than the paper's."""
    sizes = (
        ("width", params.width, FULL_WIDTH),
        ("features", params.features, FULL_FEATURES),
        ("batch", params.batch, FULL_BATCH),
    )
    parts = [f"{name} {value} (paper {full})" for name, value, full in sizes if value != full]
    backbone = params.backbone.value.replace("vgg", "VGG-").replace("resnet", "ResNet-")
    return f"{row}: {backbone}{', reduced: ' + ', '.join(parts) if parts else ', as in the paper'}"


def draw_losses(history: pl.DataFrame, title: str, path: Path) -> None:
    """The loss by epoch and its parts."""
    known = {"epoch", "learning_rate", "loss"}
    parts = [name for name in history.columns if name not in known and not name.startswith("val_")]
    with drawing(path, 5.4, 3.6) as axes:
        for name, colour in zip(parts if len(parts) > 1 else [], PALETTE[1:], strict=False):
            axes.plot(history["epoch"], history[name], color=colour, ls="--", lw=1.2, label=name.replace("_", " "))
        axes.plot(history["epoch"], history["loss"], color=PALETTE[0], lw=2, label="loss")
        axes.set(xlabel="epoch", ylabel="training loss", ylim=(0, None), title=wrapped(title))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()


def draw_validation(history: pl.DataFrame, kept: int, title: str, path: Path) -> None:
    """Means over labels on validation by epoch; the epoch that was kept is marked."""
    measured = [name for name in history.columns if name.startswith("val_")]
    with drawing(path, 5.4, 3.6) as axes:
        for name, colour in zip(measured, PALETTE, strict=False):
            axes.plot(history["epoch"], history[name], color=colour, lw=1.5, label=name.removeprefix("val_"))
        axes.axvline(kept, color="0.6", lw=1, ls=":", label="kept")
        axes.set(xlabel="epoch", ylabel="validation, mean over labels", ylim=(0, 1), title=wrapped(title))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend()
