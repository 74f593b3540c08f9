"""Charts without axes (GFIG): shares of a whole, heat maps."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.fields import ramp
from lesionary.subfigures.drawing.palettes import STRONG, chart_inks
from lesionary.subfigures.drawing.sheet import BLACK, PROSE, Ink, Sheet
from lesionary.subfigures.drawing.words import words

HEAT = (
    ((0, 160, 0), (0, 0, 0), (220, 0, 0)),
    ((30, 60, 200), (255, 255, 255), (210, 20, 20)),
    ((255, 255, 255), (20, 20, 20)),
    ((0, 0, 140), (0, 200, 255), (255, 255, 0), (200, 0, 0)),
    ((255, 255, 220), (250, 140, 50), (150, 0, 30)),
)


def draw_pie(rng: np.random.Generator) -> Image.Image:
    """A pie with its legend, at times seen from the side."""
    height, width = format_px(rng, (90, 130), (1.1, 1.7))
    sheet, inks = Sheet(height, width), [*chart_inks(rng), *STRONG]
    shares = rng.dirichlet(np.full(whole(rng, 3, 6), 2.0))
    ends = np.concatenate([[0], np.cumsum(shares)]) * 360 + between(rng, 0, 360)
    flat = between(rng, 0.5, 0.8) if chance(rng, 0.3) else 1.0
    radius = min(height / flat, width * 0.62) * 0.42
    x, y = width * 0.36, height / 2
    corners = (x - radius, y - radius * flat, x + radius, y + radius * flat)
    if flat < 1:
        sheet.oval((corners[0], corners[1] + 7, corners[2], corners[3] + 7), (90, 90, 90))
    face = one_of(rng, PROSE)
    for index, share in enumerate(shares):
        sheet.oval(corners, inks[index], BLACK, 0.7, (ends[index], ends[index + 1]))
        middle = np.deg2rad((ends[index] + ends[index + 1]) / 2)
        at = (x + 0.65 * radius * np.cos(middle), y + 0.65 * radius * flat * np.sin(middle))
        sheet.text(at, f"{share:.0%}", 7, BLACK if sum(inks[index]) > 300 else (255, 255, 255), face)
    for index, name in enumerate(some_of(rng, words("terms"), len(shares))):
        row = height * 0.2 + index * 10
        sheet.box((width * 0.72, row - 3, width * 0.72 + 6, row + 3), inks[index], BLACK, 0.5)
        sheet.text((width * 0.72 + 8, row), name, 7, BLACK, face, "lm")
    return sheet.finished()


def draw_heatmap(rng: np.random.Generator) -> Image.Image:
    """Expression of genes (rows) in samples (columns), under a tree that joins what is alike."""
    height, width = format_px(rng, (95, 140), (0.6, 1.4))
    sheet, (rows, columns) = Sheet(height, width), (whole(rng, 8, 26), whole(rng, 5, 16))
    blocks = rng.normal(size=(rows // 4 + 1, columns // 3 + 1))
    values = np.kron(blocks, np.ones((4, 3)))[:rows, :columns] + 0.5 * rng.normal(size=(rows, columns))
    colours = ramp(0.5 + values / 5, one_of(rng, HEAT))
    left, top, right = 6.0, height * 0.16, width - 26.0
    for row in range(rows):
        y = top + np.array([row, row + 1]) * (height - top - 4) / rows
        for column in range(columns):
            x = left + np.array([column, column + 1]) * (right - left) / columns
            red, green, blue = colours[row, column]
            ink: Ink = (int(red), int(green), int(blue))
            sheet.box((x[0], y[0], x[1], y[1]), ink)
        sheet.text((right + 2, (y[0] + y[1]) / 2), one_of(rng, words("proteins")), min(6, y[1] - y[0]), anchor="lm")
    _draw_tree(sheet, [left + (index + 0.5) * (right - left) / columns for index in range(columns)], top, rng)
    return sheet.finished()


def _draw_tree(sheet: Sheet, tips: list[float], top: float, rng: np.random.Generator) -> None:
    """Join neighbours until one branch is left."""
    level = [(x, top - 1) for x in tips]
    while len(level) > 1:
        index = whole(rng, 0, len(level) - 2)
        (x0, y0), (x1, y1) = level[index], level[index + 1]
        y = min(y0, y1) - (top - 4) / len(tips)
        sheet.line([(x0, y0), (x0, y), (x1, y), (x1, y1)], BLACK, 0.6)
        level[index : index + 2] = [((x0 + x1) / 2, y)]
