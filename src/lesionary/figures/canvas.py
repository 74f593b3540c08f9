"""The look of every picture, and SVG whose bytes depend on its content alone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")
"""Colours that people with colour-blindness can tell apart (Okabe and Ito, 2008)."""

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
def drawing(path: Path, width: float = 5.0, height: float = 4.0) -> Iterator[Axes]:
    """Axes to draw on; the picture is written to `path` (SVG) at the end. Sizes in inches."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure.subplots()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def wrapped(title: str) -> str:
    """A title in lines that fit its picture."""
    return textwrap.fill(title, 54)
