"""Slices of masses, and what every row makes of them (DMRN, Fig. 1 and 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lesionary.figures.canvas import class_colours, sheet
from lesionary.figures.windows import everything

SIDE, LINE, GAP = 1.7, 0.16, 0.16
"""Inches: of a slice, of a line of text, between cells."""
BARS, APART = 0.55, 0.07
"""Inches that a row's bars are high, and between rows."""
NAMES = 1.45
"""Inches for the names of rows."""


@dataclass(frozen=True)
class Mass:
    """A slice to draw: `hu` (side, side), which shows `size_mm` (width, height) of a patient."""

    subtype: str
    hu: NDArray[np.int16]
    size_mm: tuple[float, float]


def draw_typical(classes: Mapping[str, Sequence[Mass]], path: Path) -> None:
    """A column a class, its masses below its name, each as wide and high as it is in the patient."""
    most = max((len(masses) for masses in classes.values()), default=0)
    width, height = len(classes) * (SIDE + GAP) + GAP, most * (SIDE + LINE + GAP) + LINE + GAP
    with sheet(path, max(width, SIDE), height) as figure:
        for column, (name, masses) in enumerate(classes.items()):
            left, top = GAP + column * (SIDE + GAP), height - GAP / 2 - LINE
            _write(figure, name, left + SIDE / 2, top, weight="bold", size=9)
            for mass in masses:
                top -= SIDE + LINE + GAP
                _slice(_place(figure, left, top + LINE + GAP / 2, SIDE, SIDE), mass)
                x, y = mass.size_mm
                _write(figure, f"{x:.0f} × {y:.0f} mm", left + SIDE / 2, top + GAP / 2, size=7.5, color="0.35")


def draw_hard(
    masses: Sequence[Mass], probabilities: Mapping[str, NDArray[np.floating]], classes: Sequence[str], path: Path
) -> None:
    """A column a mass, and below it what each row gives each class: `probabilities` are (masses, classes) by row.

    The bar of the truth is solid, the others are pale; a tick beside the highest bar says that the row is right.
    """
    width = NAMES + len(masses) * (SIDE + GAP) + GAP
    colours = class_colours(len(classes))
    height = SIDE + 2 * LINE + 2 * GAP + len(probabilities) * (BARS + APART) + 1.5 * LINE
    with sheet(path, width, height) as figure:
        for column, mass in enumerate(masses):
            left, top = NAMES + column * (SIDE + GAP), height - GAP - LINE
            truth = list(classes).index(mass.subtype)
            _write(figure, mass.subtype, left + SIDE / 2, top, weight="bold", size=9, color=colours[truth])
            _slice(_place(figure, left, top - SIDE - GAP / 2, SIDE, SIDE), mass)
            bottom = top - SIDE - GAP
            for row, (name, values) in enumerate(probabilities.items()):
                bottom -= BARS + APART
                axes = _place(figure, left, bottom, SIDE, BARS)
                _bars(axes, values[column], truth, classes, named=row == len(probabilities) - 1)
                if column == 0:
                    _write(figure, name, NAMES - 0.12, bottom + 0.12, ha="right", size=8)


def _bars(axes: Axes, values: NDArray[np.floating], truth: int, classes: Sequence[str], *, named: bool) -> None:
    colours, highest = class_colours(len(classes)), int(np.argmax(values))
    drawn = axes.bar(range(len(values)), values, width=0.78, color=colours)
    for number, bar in enumerate(drawn):
        bar.set_alpha(1.0 if number == truth else 0.38)
    sign, ink = ("✓", "black") if highest == truth else ("✗", "0.45")
    text = f"{sign} {values[highest]:.2f}"
    axes.text(highest, min(values[highest], 0.97) + 0.05, text, ha="center", va="bottom", fontsize=6.5, color=ink)
    axes.set(xlim=(-0.6, len(values) - 0.4), ylim=(0, 1.3), yticks=[])
    axes.set_xticks(range(len(values)), classes if named else [""] * len(values), fontsize=6.5)
    axes.tick_params(length=0, pad=2)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color("0.7")


def _slice(axes: Axes, mass: Mass) -> None:
    x, y = mass.size_mm
    grey = everything().grey(mass.hu)
    axes.imshow(grey, cmap="gray", vmin=0, vmax=255, extent=(0, x, y, 0), interpolation="bilinear")
    axes.set(xticks=[], yticks=[], anchor="C")
    axes.spines[:].set_visible(False)


def _place(figure: Figure, left: float, bottom: float, wide: float, high: float) -> Axes:
    width, height = figure.get_size_inches()
    axes: Axes = figure.add_axes((left / width, bottom / height, wide / width, high / height))
    return axes


def _write(figure: Figure, text: str, left: float, bottom: float, **look: Any) -> None:
    width, height = figure.get_size_inches()
    figure.text(left / width, bottom / height, text, **{"ha": "center", "parse_math": False, **look})
