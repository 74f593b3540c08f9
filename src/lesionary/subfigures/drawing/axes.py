"""The frame of a chart: axes with ticks and numbers, their names, a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.palettes import chart_inks
from lesionary.subfigures.drawing.sheet import BLACK, PROSE, WHITE, Face, Ink, Point, Sheet
from lesionary.subfigures.drawing.words import words


@dataclass(frozen=True)
class Axes:
    """A sheet with the part of it that data are drawn in (pixels)."""

    sheet: Sheet
    left: float
    top: float
    right: float
    bottom: float
    face: Face
    letters: float
    """Size of its letters in pixels."""
    inks: tuple[Ink, ...]

    def at(self, x: float, y: float) -> Point:
        """Where 0 to 1 along the axes lies on the sheet."""
        return self.left + x * (self.right - self.left), self.bottom - y * (self.bottom - self.top)

    def path(self, x: Sequence[float], y: Sequence[float]) -> list[Point]:
        """Where points lie on the sheet."""
        return [self.at(*point) for point in zip(x, y, strict=True)]

    def name_columns(self, names: Sequence[str]) -> None:
        """Write names under evenly spread columns, upright where they are too long."""
        room = (self.right - self.left) / len(names)
        upright = max(self.sheet.length(name, self.letters, self.face) for name in names) > room
        for index, name in enumerate(names):
            x, y = self.at((index + 0.5) / len(names), 0)
            self.sheet.text((x, y + self.letters * (1.6 if upright else 0.9)), name[:6], self.letters, BLACK, self.face,
                            upright=upright)  # fmt: skip

    def legend(self, names: Sequence[str], rng: np.random.Generator, inks: Sequence[Ink] | None = None) -> None:
        """Say in a corner what the inks stand for."""
        x, y = self.at(one_of(rng, (0.06, 0.6)), one_of(rng, (0.97, 0.97, 0.4)))
        for index, name in enumerate(names):
            row = y + (index + 0.5) * (self.letters + 1)
            self.sheet.box((x, row - 2, x + 5, row + 2), (inks or self.inks)[index], BLACK, 0.5)
            self.sheet.text((x + 7, row), name, self.letters, BLACK, self.face, "lm")


def draw_axes(rng: np.random.Generator, *, numbered_x: bool = True, aspect: tuple[float, float] = (0.8, 1.7)) -> Axes:
    """A sheet with axes; without `numbered_x` their columns are still to be named."""
    height, width = format_px(rng, (95, 145), aspect)
    sheet = Sheet(height, width, one_of(rng, (WHITE, WHITE, WHITE, WHITE, (240, 240, 240))))
    letters, face = between(rng, 6, 9), one_of(rng, PROSE)
    axes = Axes(
        sheet,
        left=letters * between(rng, 2.6, 3.4),
        top=letters * between(rng, 0.7, 1.8),
        right=width - letters * between(rng, 0.4, 1.2),
        bottom=height - letters * between(rng, 2.2, 3.0),
        face=face,
        letters=letters,
        inks=chart_inks(rng),
    )
    _ground(axes, rng)
    _ticks(axes, numbered_x, rng)
    _names(axes, numbered_x, rng)
    return axes


def _ground(axes: Axes, rng: np.random.Generator) -> None:
    corners, style = (axes.left, axes.top, axes.right, axes.bottom), rng.random()
    if style < 0.12:
        axes.sheet.box(corners, one_of(rng, ((192, 192, 192), (235, 235, 235), (234, 234, 242))))
    if style < 0.3:
        ink = WHITE if style < 0.12 else (205, 205, 205)
        for y in np.linspace(0, 1, whole(rng, 4, 6)):
            axes.sheet.line(axes.path([0, 1], [y, y]), ink, 0.7)
    if style > 0.6:
        axes.sheet.box(corners, None, BLACK, 0.8)
    else:
        axes.sheet.line(axes.path([0, 0, 1], [1, 0, 0]), BLACK, between(rng, 0.7, 1.4))


def _ticks(axes: Axes, numbered_x: bool, rng: np.random.Generator) -> None:
    count, step = whole(rng, 3, 6), one_of(rng, (0.2, 0.5, 1, 2, 5, 10, 20, 25, 100))
    for index in range(count + 1):
        x, y = axes.at(0, index / count)
        axes.sheet.line([(x - 2, y), (x, y)], BLACK, 0.7)
        axes.sheet.text((x - 3, y), f"{index * step:g}", axes.letters * 0.85, BLACK, axes.face, "rm")
    if numbered_x:
        count, step = whole(rng, 3, 5), one_of(rng, (0.2, 1, 2, 5, 10, 12, 24, 50))
        for index in range(count + 1):
            x, y = axes.at(index / count, 0)
            axes.sheet.line([(x, y), (x, y + 2)], BLACK, 0.7)
            axes.sheet.text((x, y + 3), f"{index * step:g}", axes.letters * 0.85, BLACK, axes.face, "ma")


def _names(axes: Axes, numbered_x: bool, rng: np.random.Generator) -> None:
    if chance(rng, 0.8):
        _, y = axes.at(0, 0.5)
        axes.sheet.text((axes.letters * 0.7, y), one_of(rng, words("quantities")), axes.letters, BLACK, axes.face,
                        upright=True)  # fmt: skip
    x, _ = axes.at(0.5, 0)
    if numbered_x and chance(rng, 0.8):
        at = (x, axes.sheet.height - axes.letters * 0.6)
        axes.sheet.text(at, one_of(rng, words("quantities")), axes.letters, BLACK, axes.face)
    if chance(rng, 0.3):
        axes.sheet.text((x, axes.letters * 0.6), one_of(rng, words("groups")), axes.letters, BLACK, axes.face)
