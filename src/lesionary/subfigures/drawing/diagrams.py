"""Flow charts (GFLO) and system overviews (GSYS)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of
from lesionary.subfigures.drawing.palettes import PALE, STRONG
from lesionary.subfigures.drawing.sheet import BLACK, PROSE, WHITE, Face, Ink, Point, Sheet
from lesionary.subfigures.drawing.words import words


def paint_flowchart(rng: np.random.Generator) -> Image.Image:
    """Steps from top to bottom in boxes and diamonds, with side branches, as in a trial's diagram."""
    height, width = format_px(rng, (120, 165), (0.6, 1.2))
    sheet, face, letters = Sheet(height, width), one_of(rng, PROSE), between(rng, 6, 8)
    rows = max(3, int(height / (letters * between(rng, 3.6, 4.6))))
    gap, fill = height / rows, one_of(rng, (WHITE, WHITE, *PALE[:4], STRONG[3], STRONG[4]))
    half = min(width * 0.24, letters * between(rng, 3.2, 4.2))
    above: list[Point] = []
    for row in range(rows):
        y, fork = (row + 0.5) * gap, row > 1 and chance(rng, 0.4)
        xs = [width * 0.26, width * 0.74] if fork else [width * (0.5 if chance(rng, 0.7) else 0.4)]
        for x in xs:
            for start in above if len(above) == 1 or len(xs) == 1 else above[xs.index(x) : xs.index(x) + 1]:
                _elbow(sheet, start, (x, y - gap * 0.3))
        kind = "diamond" if not fork and 0 < row < rows - 1 and chance(rng, 0.35) else "box"
        for x in xs:
            _step(
                sheet,
                kind,
                (x, y),
                half,
                gap * 0.3,
                fill,
                letters,
                face,
                row in (0, rows - 1) and chance(rng, 0.5),
                rng,
            )
        side = xs[0] + half
        if not fork and 0 < row < rows - 1 and width - side > half * 1.2 and chance(rng, 0.6):
            sheet.arrow((side, y), (side + 9, y), BLACK, 0.8, 4)
            right = min(width - 1, side + 9 + half * 1.6)
            sheet.box((side + 9, y - gap * 0.25, right, y + gap * 0.25), fill, BLACK, 0.8)
            sheet.text(((side + 9 + right) / 2, y), one_of(rng, words("steps"))[:9], letters * 0.85, BLACK, face)
            if kind == "diamond":
                sheet.text((side + 3, y - letters * 0.6), "no", letters * 0.8, BLACK, face)
        above = [(x, y + gap * 0.3) for x in xs]
    return sheet.finished()


def _step(
    sheet: Sheet,
    kind: str,
    at: Point,
    half: float,
    tall: float,
    fill: Ink,
    letters: float,
    face: Face,
    rounded: bool,
    rng: np.random.Generator,
) -> None:
    x, y = at
    if kind == "diamond":
        wide = half * 1.1
        sheet.area([(x - wide, y), (x, y - tall * 1.15), (x + wide, y), (x, y + tall * 1.15)], fill, BLACK, 0.8)
        sheet.text(at, one_of(rng, words("steps"))[:8] + "?", letters * 0.85, BLACK, face)
        return
    sheet.box((x - half, y - tall, x + half, y + tall), fill, BLACK, 0.8, tall if rounded else 0)
    lines = some_of(rng, words("steps"), 2 if tall > letters and chance(rng, 0.6) else 1)
    for index, line in enumerate(lines):
        size = min(letters, letters * 1.8 * half / max(sheet.length(line, letters, face), 1))
        sheet.text((x, y + (index - (len(lines) - 1) / 2) * letters * 1.05), line, size, BLACK, face)


def _elbow(sheet: Sheet, start: Point, end: Point) -> None:
    middle = (start[1] + end[1]) / 2
    sheet.line([start, (start[0], middle), (end[0], middle)], BLACK, 0.8)
    sheet.arrow((end[0], middle), end, BLACK, 0.8, min(4, max(1.5, end[1] - middle)))


def paint_overview(rng: np.random.Generator) -> Image.Image:
    """Parts of a system (machines, stores, modules, or a cell's molecules) and what runs between them."""
    height, width = format_px(rng, (110, 155), (1.0, 1.9))
    sheet, face, letters = Sheet(height, width), one_of(rng, PROSE), between(rng, 6, 8)
    coloured, alike = chance(rng, 0.75), chance(rng, 0.35)  # all parts alike, it is nearly a flow chart
    biological = not alike and chance(rng, 0.35)
    parts = ("oval",) if biological else ("module",) if alike else PARTS
    if biological:
        _membrane(sheet, rng)
    elif chance(rng, 0.5):
        left = width * between(rng, 0.25, 0.5)
        sheet.box((left, 3, width - 3, height - 3), one_of(rng, PALE) if coloured else WHITE, (120, 120, 120), 0.8, 5)
        sheet.text(((left + width) / 2, 9), one_of(rng, words("machines")), letters, BLACK, face)
    spots = _spots(height, width, rng)
    for index, start in enumerate(spots[:-1]):
        end = spots[index + 1]
        ink = one_of(rng, STRONG) if coloured and chance(rng, 0.4) else BLACK
        sheet.arrow(_towards(start, end, 13), _towards(end, start, 14), ink, between(rng, 0.8, 2.2), 5)
    if len(spots) > 3:
        sheet.dashes(spots[0], spots[-1], (130, 130, 130), 0.8)
    names = some_of(rng, words("molecules" if biological else "machines"), len(spots))
    fills = (*STRONG, *PALE) if coloured else (WHITE, (225, 225, 225))
    fills = (one_of(rng, fills),) if alike else fills
    for at, name in zip(spots, names, strict=True):
        fill = one_of(rng, fills)
        _part(sheet, at, one_of(rng, parts), fill, rng)
        _label(sheet, at, name, letters, face, fill)
    return sheet.finished()


PARTS = ("module", "module", "store", "machine", "cloud", "oval", "person")


def _spots(height: int, width: int, rng: np.random.Generator) -> list[Point]:
    """Where parts stand: on a loose grid, in snake order."""
    columns, rows = max(2, int(width / between(rng, 36, 48))), max(2, int(height / between(rng, 28, 40)))
    spots = []
    for row in range(rows):
        for column in range(columns) if row % 2 == 0 else reversed(range(columns)):
            if chance(rng, 0.85):
                x, y = (column + 0.5) * width / columns, (row + 0.5) * height / rows
                spots.append((x + rng.normal(scale=3), y + rng.normal(scale=3)))
    return spots or [(width / 2, height / 2)]


def _part(sheet: Sheet, at: Point, kind: str, fill: Ink, rng: np.random.Generator) -> None:
    x, y = at
    wide, tall = between(rng, 12, 15), between(rng, 7, 10)
    match kind:
        case "store":
            sheet.box((x - wide * 0.8, y - tall, x + wide * 0.8, y + tall), fill, BLACK, 0.7)
            for edge in (y + tall, y - tall):
                sheet.oval((x - wide * 0.8, edge - 4, x + wide * 0.8, edge + 4), fill, BLACK, 0.7)
        case "machine":
            sheet.box((x - wide * 0.8, y - tall, x + wide * 0.8, y + tall * 0.5), (70, 70, 80), BLACK, 0.7, 1)
            sheet.box((x - wide * 0.7, y - tall * 0.85, x + wide * 0.7, y + tall * 0.3), fill)
            sheet.area(
                [(x - 3, y + tall * 0.5), (x + 3, y + tall * 0.5), (x + 6, y + tall), (x - 6, y + tall)], (90, 90, 90)
            )
        case "cloud":
            for dx, dy, radius in ((-8, 1, 6), (0, -3, 8), (8, 1, 6), (0, 3, 7)):
                sheet.dot((x + dx, y + dy), radius, fill)
        case "oval":
            sheet.oval((x - wide, y - tall, x + wide, y + tall), fill, BLACK, 0.7)
        case "person":
            sheet.dot((x, y - tall * 0.9), 4, fill, BLACK)
            sheet.area([(x - 7, y + tall), (x - 5, y - 2), (x + 5, y - 2), (x + 7, y + tall)], fill, BLACK, 0.7)
        case _:
            if chance(rng, 0.3):
                sheet.box((x - wide + 2, y - tall + 2, x + wide + 2, y + tall + 2), (170, 170, 170))
            sheet.box((x - wide, y - tall, x + wide, y + tall), fill, BLACK, 0.7, one_of(rng, (0, 0, 3)))


def _label(sheet: Sheet, at: Point, name: str, letters: float, face: Face, fill: Ink) -> None:
    size = min(letters, letters * 25 / max(sheet.length(name, letters, face), 1))
    sheet.text(at, name, size, BLACK if sum(fill) > 330 else WHITE, face)


def _membrane(sheet: Sheet, rng: np.random.Generator) -> None:
    """Two rows of lipids across the sheet, and a nucleus below."""
    y, ink = sheet.height * between(rng, 0.15, 0.3), one_of(rng, STRONG)
    sheet.box((0, y, sheet.width, sheet.height), one_of(rng, PALE))
    for x in range(2, sheet.width, 5):
        sheet.dot((x, y), 2, ink)
        sheet.dot((x, y + 9), 2, ink)
        sheet.line([(x, y), (x, y + 9)], ink, 0.5)
    if chance(rng, 0.6):
        sheet.oval((sheet.width * 0.2, sheet.height * 0.68, sheet.width * 0.8, sheet.height * 1.3), WHITE, ink, 1.2)


def _towards(start: Point, end: Point, step: float) -> Point:
    x, y = end[0] - start[0], end[1] - start[1]
    length = max((x * x + y * y) ** 0.5, 1e-6)
    step = min(step, length * 0.4)
    return start[0] + x / length * step, start[1] + y / length * step
