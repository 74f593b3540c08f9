"""Statistical charts (GFIG)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.axes import Axes, draw_axes
from lesionary.subfigures.drawing.dice import between, chance, some_of, whole
from lesionary.subfigures.drawing.fields import cloud
from lesionary.subfigures.drawing.round_charts import draw_heatmap, draw_pie
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Ink, Point
from lesionary.subfigures.drawing.words import words


def paint_chart(rng: np.random.Generator) -> Image.Image:
    """Bars, lines, points, boxes, steps, shares or a heat map."""
    kinds: tuple[Callable[[np.random.Generator], Image.Image], ...] = (
        draw_bars, draw_lines, draw_points, draw_boxes, draw_steps, draw_histogram, draw_forest, draw_pie, draw_heatmap,
    )  # fmt: skip
    shares = (0.26, 0.22, 0.12, 0.1, 0.1, 0.08, 0.04, 0.04, 0.04)
    return kinds[int(rng.choice(len(kinds), p=shares))](rng)


def draw_bars(rng: np.random.Generator) -> Image.Image:
    """Columns, grouped or not, with error bars and stars."""
    axes, columns, series = draw_axes(rng, numbered_x=False), whole(rng, 2, 6), whole(rng, 1, 3)
    names, errors = some_of(rng, words("groups"), columns), chance(rng, 0.7)
    share = between(rng, 0.5, 0.9) / series
    first = whole(rng, 0, 1)
    for column in range(columns):
        for index in range(series):
            value = between(rng, 0.12, 0.85)
            x = (column + 0.5 + (index - series / 2) * share) / columns
            (left, top), (right, bottom) = axes.at(x, value), axes.at(x + share / columns, 0)
            axes.sheet.box((left, top, right, bottom), axes.inks[(index + first) % 4], BLACK, 0.7)
            if errors:
                _error_bar(axes, ((left + right) / 2, top), between(rng, 2, 8))
            if chance(rng, 0.1):
                axes.sheet.text(((left + right) / 2, top - 10), "*", 9)
    axes.name_columns(names)
    if series > 1 and chance(rng, 0.7):
        inks = [axes.inks[(index + first) % 4] for index in range(series)]
        axes.legend(some_of(rng, words("groups"), series), rng, inks)
    return axes.sheet.finished()


def draw_lines(rng: np.random.Generator) -> Image.Image:
    """Courses over time or dose, with marks and error bars or as raw curves."""
    axes, series = draw_axes(rng), whole(rng, 1, 4)
    raw = chance(rng, 0.3)
    count = 80 if raw else whole(rng, 4, 9)
    x = np.linspace(0.02, 0.97, count)
    for index in range(series):
        y = _course(x, rng)
        y = np.clip(y + rng.normal(scale=0.012 if raw else 0.03, size=count), 0.02, 0.98)
        points, ink = axes.path(list(x), list(y)), axes.inks[index]
        axes.sheet.line(points, ink, 0.8 if raw else between(rng, 0.8, 1.8))
        if not raw:
            mark, errors = whole(rng, 0, 3), chance(rng, 0.5)
            for point in points:
                _mark(axes, point, mark, ink)
                if errors:
                    _error_bar(axes, point, 4, both=True)
    if series > 1 and chance(rng, 0.7):
        axes.legend(some_of(rng, words("groups"), series), rng)
    return axes.sheet.finished()


def draw_points(rng: np.random.Generator) -> Image.Image:
    """Two quantities against each other, with a line through them or in clusters."""
    axes, groups = draw_axes(rng), whole(rng, 1, 3)
    clustered, mark = chance(rng, 0.4), whole(rng, 0, 3)
    slope, start = between(rng, -0.6, 0.7), between(rng, 0.3, 0.6)
    for index in range(groups):
        centre, count = rng.uniform(0.2, 0.8, 2), whole(rng, 8, 60)
        x = np.clip(rng.normal(centre[0], 0.1, count) if clustered else rng.uniform(0.03, 0.97, count), 0.02, 0.98)
        y = (
            rng.normal(centre[1], 0.1, count)
            if clustered
            else start + slope * (x - 0.5) + rng.normal(scale=0.1, size=count)
        )
        for point in axes.path(list(x), list(np.clip(y, 0.02, 0.98))):
            _mark(axes, point, mark + index, axes.inks[index], 1.3)
    if not clustered:
        ends = np.clip([start - slope / 2, start + slope / 2], 0.02, 0.98)
        axes.sheet.line(axes.path([0.02, 0.98], list(ends)), axes.inks[0], 1)
        axes.sheet.text(axes.at(0.7, 0.92), f"r = {abs(slope):.2f}", axes.letters, BLACK, axes.face)
    return axes.sheet.finished()


def draw_boxes(rng: np.random.Generator) -> Image.Image:
    """Box plots, or every value as a dot above its group."""
    axes, columns = draw_axes(rng, numbered_x=False), whole(rng, 2, 6)
    dots, coloured = chance(rng, 0.35), chance(rng, 0.6)
    for column in range(columns):
        values = np.clip(rng.normal(between(rng, 0.3, 0.7), 0.13, 25), 0.03, 0.97)
        low, first, middle, third, high = np.quantile(values, [0.02, 0.25, 0.5, 0.75, 0.98])
        x, half = (column + 0.5) / columns, 0.28 / columns
        if dots:
            for value in values:
                _mark(axes, axes.at(x + rng.normal(scale=half / 3), value), 0, axes.inks[column % 4], 1.2)
        else:
            axes.sheet.line(axes.path([x, x], [low, high]), BLACK, 0.7)
            for end in (low, high):
                axes.sheet.line(axes.path([x - half / 2, x + half / 2], [end, end]), BLACK, 0.7)
            fill = axes.inks[column % 4] if coloured else WHITE
            axes.sheet.box((*axes.at(x - half, third), *axes.at(x + half, first)), fill, BLACK, 0.7)
        axes.sheet.line(axes.path([x - half, x + half], [middle, middle]), BLACK, 1.2)
    axes.name_columns(some_of(rng, words("groups"), columns))
    return axes.sheet.finished()


def draw_steps(rng: np.random.Generator) -> Image.Image:
    """Kaplan-Meier curves that fall, or ROC curves that rise above the diagonal."""
    axes, rising = draw_axes(rng, aspect=(0.9, 1.4)), chance(rng, 0.4)
    for index in range(whole(rng, 1, 3)):
        times = np.sort(rng.random(whole(rng, 8, 30)))
        if rising:
            times = times ** between(rng, 1.5, 4)
        end = 0.0 if rising else between(rng, 0.05, 0.7)
        level = np.linspace(1, end, len(times) + 1)
        heights = 1 - level if rising else level
        x = np.concatenate([[0], np.repeat(times, 2), [1]])
        axes.sheet.line(axes.path(list(x), list(np.repeat(heights, 2))), axes.inks[index], between(rng, 0.8, 1.6))
    if rising:
        axes.sheet.dashes(axes.at(0, 0), axes.at(1, 1), axes.inks[1], 0.7)
    axes.sheet.text(axes.at(0.65, 0.15), f"p = {rng.random() / 10:.3f}", axes.letters, BLACK, axes.face)
    return axes.sheet.finished()


def draw_histogram(rng: np.random.Generator) -> Image.Image:
    """How often values occur, or a spectrum of peaks: flow cytometry, mass spectrometry, chromatograms."""
    axes = draw_axes(rng)
    bins = whole(rng, 10, 60)
    x = (np.arange(bins) + 0.5) / bins
    heights = sum(
        between(rng, 0.2, 1) * np.exp(-(((x - rng.random()) / between(rng, 0.03, 0.2)) ** 2)) for _ in range(3)
    )
    heights = np.clip(heights / np.max(heights) * 0.9 + 0.02 * np.abs(cloud((1, bins), 0, rng)[0]), 0, 0.97)
    if chance(rng, 0.6):
        for at, value in zip(x, heights, strict=True):
            corners = (*axes.at(at - 0.5 / bins, value), *axes.at(at + 0.5 / bins, 0))
            axes.sheet.box(corners, axes.inks[1], BLACK if bins < 30 else None, 0.5)
    else:
        points = axes.path(list(x), list(heights))
        axes.sheet.area([axes.at(0, 0), *points, axes.at(1, 0)], axes.inks[2] if chance(rng, 0.5) else None)
        axes.sheet.line(points, axes.inks[0], 0.9)
    return axes.sheet.finished()


def draw_forest(rng: np.random.Generator) -> Image.Image:
    """Odds ratios of single studies with their intervals, and the pooled one."""
    axes, studies = draw_axes(rng), whole(rng, 5, 10)
    axes.sheet.dashes(axes.at(0.5, 0), axes.at(0.5, 1), BLACK, 0.7)
    for study in range(studies):
        x, y, half = between(rng, 0.3, 0.7), 1 - (study + 0.6) / (studies + 1), between(rng, 0.05, 0.25)
        axes.sheet.line(axes.path([x - half, x + half], [y, y]), BLACK, 0.8)
        left, top = axes.at(x, y)
        side = 0.6 / half**0.6
        axes.sheet.box((left - side, top - side, left + side, top + side), axes.inks[0])
    x, y = between(rng, 0.4, 0.6), 0.4 / (studies + 1)
    axes.sheet.area(axes.path([x - 0.08, x, x + 0.08, x], [y, y + 0.03, y, y - 0.03]), axes.inks[0])
    return axes.sheet.finished()


def _course(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    low, high, kind = between(rng, 0.05, 0.35), between(rng, 0.45, 0.95), whole(rng, 0, 3)
    middle, steep = between(rng, 0.25, 0.7), between(rng, 4, 14)
    shape = (
        1 / (1 + np.exp(-steep * (x - middle))),
        1 / (1 + np.exp(steep * (x - middle))),
        np.exp(-(((x - middle) / 0.2) ** 2)),
        x,
    )[kind]
    return np.asarray(low + (high - low) * shape)


def _error_bar(axes: Axes, at: Point, half: float, *, both: bool = False) -> None:
    x, y = at
    axes.sheet.line([(x, y - half), (x, y + half if both else y)], BLACK, 0.7)
    axes.sheet.line([(x - 2, y - half), (x + 2, y - half)], BLACK, 0.7)
    if both:
        axes.sheet.line([(x - 2, y + half), (x + 2, y + half)], BLACK, 0.7)


def _mark(axes: Axes, at: Point, kind: int, ink: Ink, size: float = 2.0) -> None:
    x, y = at
    match kind % 4:
        case 0:
            axes.sheet.dot(at, size, ink)
        case 1:
            axes.sheet.box((x - size, y - size, x + size, y + size), ink)
        case 2:
            axes.sheet.area([(x, y - size), (x + size, y + size), (x - size, y + size)], ink)
        case _:
            axes.sheet.dot(at, size, WHITE, _seen(ink))


def _seen(ink: Ink) -> Ink:
    """`ink`, or black where an outline in it would hardly be seen."""
    return ink if sum(ink) < 500 else BLACK
