"""Patches of lesions with what is known of them beside (LesaNet, Fig. 4 and 7)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from lesionary.annotation.outcomes import Outcome, Verdict
from lesionary.figures.canvas import PALETTE, sheet
from lesionary.figures.windows import Window

COLOURS = {Verdict.RIGHT: PALETTE[2], Verdict.WRONG: PALETTE[1], Verdict.MISSED: PALETTE[0]}
SIDE, LINE, GAP = 1.6, 0.145, 0.2
"""Inches: of a patch, between lines of text, between cells."""
WIDE, TEXT = 2.25, 2.05
"""Inches that a lesion takes, and that its scores reach: labels are longer than a patch is wide."""


@dataclass(frozen=True)
class Shown:
    """A lesion to draw: `hu` (side, side) of the key slice, `box` in its pixels."""

    name: str
    hu: NDArray[np.int16]
    box: NDArray[np.floating]
    window: Window


@dataclass(frozen=True)
class Match:
    """A retrieved lesion."""

    shown: Shown
    shared: Sequence[str]
    """Labels that the query has, too."""
    others: Sequence[str]
    sentence: str


def draw_samples(lesions: Sequence[tuple[Shown, Sequence[Outcome]]], path: Path, columns: int = 5) -> None:
    """A lesion a cell: its patch, then its labels; underlined are those right ones that the report does not mention."""
    rows = [lesions[first : first + columns] for first in range(0, len(lesions), columns)]
    heights = [SIDE + LINE * (max(len(told) for _, told in row) + 1.5) + GAP for row in rows]
    with sheet(path, columns * WIDE + GAP, sum(heights) + GAP) as figure:
        top = sum(heights) + GAP / 2
        for row, height in zip(rows, heights, strict=True):
            for column, (shown, told) in enumerate(row):
                left = GAP + column * WIDE
                _patch(_place(figure, left, top - SIDE - LINE), shown)
                for line, one in enumerate(told):
                    _outcome(figure, one, left, top - SIDE - LINE * (line + 2.2))
            top -= height


def draw_retrieval(queries: Sequence[tuple[Shown, Sequence[Outcome], Sequence[Match]]], path: Path) -> None:
    """A query a row, and its nearest lesions from near to far: labels that both have in green, and their sentences."""
    most = max((len(matches) for _, _, matches in queries), default=0)
    texts = [max([len(told), *(_lines(match) for match in matches)]) for _, told, matches in queries]
    heights = [SIDE + LINE * (lines + 1.5) + GAP for lines in texts]
    with sheet(path, (most + 1) * WIDE + 2 * GAP, sum(heights) + GAP) as figure:
        top = sum(heights) + GAP / 2
        for (shown, told, matches), height in zip(queries, heights, strict=True):
            _patch(_place(figure, GAP, top - SIDE - LINE), shown, "query ")
            for line, one in enumerate(told):
                _outcome(figure, one, GAP, top - SIDE - LINE * (line + 2.2))
            for number, match in enumerate(matches, 1):
                left = GAP + number * WIDE + GAP
                _patch(_place(figure, left, top - SIDE - LINE), match.shown, f"{number}. ")
                _told(figure, match, left, top - SIDE - LINE * 2.2)
            figure.add_artist(_rule(figure, GAP / 2 + WIDE, top, top - height + GAP))
            top -= height


def _lines(match: Match) -> int:
    return len(_wrap(", ".join(match.shared))) + len(_wrap(", ".join(match.others))) + len(_wrap(match.sentence))


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 38)


def _place(figure: Figure, left: float, bottom: float) -> Axes:
    width, height = figure.get_size_inches()
    axes: Axes = figure.add_axes((left / width, bottom / height, SIDE / width, SIDE / height))
    return axes


def _patch(axes: Axes, shown: Shown, before: str = "") -> None:
    axes.imshow(shown.window.grey(shown.hu), cmap="gray", vmin=0, vmax=255, interpolation="bilinear")
    x_min, y_min, x_max, y_max = shown.box - 0.5  # edges of pixels; matplotlib counts from their centres
    axes.add_patch(Rectangle((x_min, y_min), x_max - x_min, y_max - y_min, fill=False, ec="#f0e442", lw=1))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_title(f"{before}{shown.name}", fontsize=7, pad=2, color="0.25")


def _outcome(figure: Figure, one: Outcome, left: float, bottom: float) -> None:
    """A line of text in inches of the figure, underlined where the report was silent."""
    width, height = figure.get_size_inches()
    look: dict[str, Any] = {"fontsize": 7.1, "color": COLOURS[one.verdict]}
    figure.text(left / width, bottom / height, one.verdict.value, weight="bold", **look)
    text = figure.text((left + 0.22) / width, bottom / height, one.label, **look)
    figure.text((left + TEXT) / width, bottom / height, f"{one.score:.2f}", ha="right", **look)
    if one.unsaid:
        drawn = text.get_window_extent().transformed(figure.transFigure.inverted())
        level = (bottom - 0.025) / height
        figure.add_artist(Line2D([drawn.x0, drawn.x1], [level, level], color=COLOURS[one.verdict], lw=0.9))


def _told(figure: Figure, match: Match, left: float, bottom: float) -> None:
    width, height = figure.get_size_inches()
    looks: tuple[tuple[str, dict[str, Any]], ...] = (
        (", ".join(match.shared), {"color": COLOURS[Verdict.RIGHT]}),
        (", ".join(match.others), {"color": "0.45"}),
        (match.sentence, {"color": "black", "style": "italic"}),
    )
    for text, look in looks:
        for line in _wrap(text):
            figure.text(left / width, bottom / height, line, fontsize=7.1, parse_math=False, **look)
            bottom -= LINE


def _rule(figure: Figure, left: float, top: float, bottom: float) -> Line2D:
    width, height = figure.get_size_inches()
    return Line2D([left / width] * 2, [top / height, bottom / height], color="0.85", lw=0.8)
