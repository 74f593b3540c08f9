"""The look of every picture, and SVG whose bytes depend on its content alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")
"""Colours that people with colour-blindness can tell apart (Okabe and Ito, 2008)."""

CLASS_COLOURS = {"bodypart": PALETTE[0], "type": PALETTE[1], "attribute": PALETTE[2]}
"""Of labels: blue, red and green as in LesaNet's figures."""

_STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.hashsalt": "lesionary",
    "svg.fonttype": "path",
}


@contextmanager
def drawing(path: Path | BytesIO, width: float = 5.0, height: float = 4.0) -> Iterator[Axes]:
    """Axes to draw on; the picture is written to `path` (SVG) at the end. Sizes in inches."""
    with panels(path, 1, 1, width, height) as (axes,):
        yield axes


@contextmanager
def panels(path: Path | BytesIO, count: int, columns: int, width: float, height: float) -> Iterator[list[Axes]]:
    """As many axes as `count`, `columns` of them side by side, each of `width` by `height` inches."""
    columns = min(count, columns)
    rows = -(-count // columns)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(columns * width, rows * height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
        for unused in axes[count:]:
            unused.remove()
        yield axes[:count]
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


@contextmanager
def sheet(path: Path, width: float, height: float, dots: int = 130) -> Iterator[Figure]:
    """An empty figure of `width` by `height` inches for pictures of lesions; written to `path` (PNG) at the end."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), dpi=dots)
        canvas = FigureCanvasAgg(figure)
        yield figure
        canvas.draw()  # type: ignore[no-untyped-call]
        shown = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]
        path.parent.mkdir(parents=True, exist_ok=True)
        shown.quantize(256, dither=Image.Dither.NONE).save(
            path, "PNG", optimize=True
        )  # greys, and few colours: a third


def wrapped(title: str, width: int = 54) -> str:
    """A title in lines that fit its picture."""
    return textwrap.fill(title, width)


def class_colours(count: int) -> list[str]:
    """A colour a class, the same in every picture."""
    return [PALETTE[number % len(PALETTE)] for number in range(count)]
