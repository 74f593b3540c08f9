"""Photographs of patients: skin (DVDM) and mucosa (DVEN)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.fields import (
    Colours,
    Plane,
    Shape,
    blob,
    cloud,
    colour_image,
    lit,
    over,
    places,
    plain,
    sharp,
    smooth,
)
from lesionary.subfigures.drawing.sheet import BLACK, Ink, Sheet
from lesionary.subfigures.drawing.vessels import grow

SKINS = ((232, 190, 165), (222, 170, 140), (200, 145, 112), (150, 100, 72), (240, 205, 185), (110, 72, 52))


def paint_skin(rng: np.random.Generator) -> Image.Image:
    """A mole, a rash, an ulcer or blisters on skin with its lines, pores and hairs."""
    shape = format_px(rng, (85, 120), (1.0, 1.4))
    base = np.array(one_of(rng, SKINS), np.float64)
    lines = np.abs(cloud(shape, 1.6, rng))
    shade = (
        1
        + 0.05 * cloud(shape, shape[0] * 0.3, rng)
        - 0.05 * np.exp(-((lines / 0.2) ** 2))
        + 0.02 * cloud(shape, 0.8, rng)
    )
    colours = plain(shape, tuple(base)) * shade[..., None]
    draw = one_of(rng, (_mole, _mole, _rash, _ulcer, _blisters))
    sheet = Sheet.over(colour_image(draw(colours, shape, base, rng)))
    for _ in range(whole(rng, 0, 25)):
        x, y, turn = rng.uniform(0, shape[1]), rng.uniform(0, shape[0]), rng.normal(0.6, 0.5)
        path = [
            (x + step * np.cos(turn + step * 0.02), y + step * np.sin(turn + step * 0.02)) for step in range(0, 18, 3)
        ]
        sheet.line(path, _ink(base * 0.4), 0.4)
    if chance(rng, 0.25):
        draw_ruler(sheet)
    return sheet.finished()


def _ink(colour: np.ndarray) -> Ink:
    red, green, blue = (int(np.clip(value, 0, 255)) for value in colour)
    return red, green, blue


def draw_ruler(sheet: Sheet) -> None:
    """A paper scale along the lower edge."""
    sheet.box((0, sheet.height - 11, sheet.width, sheet.height), (240, 240, 232))
    for index in range(sheet.width // 3):
        long = 6 if index % 5 == 0 else 3
        sheet.line([(index * 3, sheet.height - 11), (index * 3, sheet.height - 11 + long)], BLACK, 0.5)


def _middle(shape: Shape, rng: np.random.Generator) -> tuple[float, float]:
    return shape[0] * between(rng, 0.4, 0.6), shape[1] * between(rng, 0.4, 0.6)


def _mole(colours: Colours, shape: Shape, base: np.ndarray, rng: np.random.Generator) -> Colours:
    """Brown to black, uneven, with a network of pigment."""
    radii = (shape[0] * between(rng, 0.15, 0.35), shape[1] * between(rng, 0.15, 0.3))
    inside = blob(shape, _middle(shape, rng), radii, rng, 0.22, rng.uniform(0, 3), between(rng, 1.5, 5))
    pigment = np.clip(0.75 + 0.25 * cloud(shape, 5, rng) + 0.12 * np.abs(cloud(shape, 1.5, rng)), 0, 1)
    return over(colours, one_of(rng, ((90, 50, 35), (60, 38, 32), (120, 66, 40), (45, 35, 40))), inside * pigment)


def _rash(colours: Colours, shape: Shape, base: np.ndarray, rng: np.random.Generator) -> Colours:
    """Many red spots, or one plaque with scales."""
    if chance(rng, 0.6):
        spots = np.zeros(shape)
        for _ in range(whole(rng, 10, 45)):
            size = between(rng, 2, 8)
            at = rng.uniform(0, 1, 2) * shape
            spots = np.maximum(spots, blob(shape, (at[0], at[1]), (size, size * 0.9), rng, 0.2, edge_px=2))
        return over(colours, base * (0.92, 0.5, 0.5), 0.7 * spots)
    radii = (shape[0] * between(rng, 0.25, 0.4), shape[1] * between(rng, 0.25, 0.4))
    plaque = blob(shape, _middle(shape, rng), radii, rng, 0.2, edge_px=3)
    scales = sharp(cloud(shape, 1.8, rng) - 0.7, 0.4) * plaque
    return over(over(colours, base * (0.9, 0.5, 0.5), 0.75 * plaque), (238, 228, 220), 0.8 * scales)


def _ulcer(colours: Colours, shape: Shape, base: np.ndarray, rng: np.random.Generator) -> Colours:
    """A red rim, a yellow or black floor."""
    at, state = _middle(shape, rng), int(rng.integers(2**31))
    size = min(shape) * between(rng, 0.22, 0.35)
    for scale, colour, edge in (
        (1.3, base * (0.9, 0.55, 0.52), 6),
        (1.0, (150, 40, 40), 1.5),
        (0.7, (205, 175, 95), 3),
    ):
        mask = blob(shape, at, (size * scale, size * scale * 1.2), np.random.default_rng(state), 0.15, edge_px=edge)
        colours = over(colours, colour, 0.85 * mask * np.clip(0.9 + 0.2 * cloud(shape, 3, rng), 0, 1))
    if chance(rng, 0.5):
        crust = blob(shape, at, (size * 0.4, size * 0.5), rng, 0.3)
        colours = over(colours, (45, 28, 25), crust)
    return colours


def _blisters(colours: Colours, shape: Shape, base: np.ndarray, rng: np.random.Generator) -> Colours:
    """Raised shiny bumps on a red ground."""
    height = np.zeros(shape)
    for _ in range(whole(rng, 5, 18)):
        at, size = (0.5 + rng.normal(scale=0.18, size=2)) * shape, between(rng, 3, 7)
        height = np.maximum(height, size * blob(shape, (at[0], at[1]), (size, size), rng, 0.1, edge_px=size))
    matt, mirrored = lit(smooth(height, 1), rng)
    colours = over(colours, base * (0.95, 0.6, 0.58), smooth(np.clip(height, 0, 1), 6))
    light = 1 + 0.9 * (matt - np.median(matt))
    return np.asarray(colours * light[..., None] + 150 * (mirrored * (height > 0.5))[..., None], np.float64)


def paint_endoscopy(rng: np.random.Generator) -> Image.Image:
    """Wet mucosa in a round or cut-off view: folds about a dark lumen, vessels, glints; at times a polyp or blood."""
    shape = format_px(rng, (90, 120), (0.95, 1.3))
    rows, columns = places(shape)
    centre = rng.uniform(-0.35, 0.35, 2)
    distance = np.hypot(rows - centre[0], columns - centre[1])
    angle = np.arctan2(rows - centre[0], columns - centre[1])
    wavy = distance * (1 + 0.1 * np.cos(3 * angle + rng.uniform(0, 6))) + 0.04 * cloud(shape, 8, rng)
    folds = np.sin(np.log(np.maximum(wavy, 0) + 0.08) * between(rng, 5, 9) + 0.8 * cloud(shape, 14, rng))
    light = np.clip(wavy / between(rng, 0.35, 0.6), 0.04, 1) ** 0.8 * (1 + 0.14 * folds) * (1.05 - 0.25 * distance)
    colours = (
        plain(shape, one_of(rng, ((225, 120, 95), (215, 105, 90), (232, 150, 118), (205, 95, 80)))) * light[..., None]
    )
    for _ in range(3):
        start = (rng.uniform(0, shape[1]), rng.uniform(0, shape[0]))
        colours = over(colours, (150, 35, 35), 0.45 * grow(shape, rng, start, rng.uniform(0, 6), 1.6))
    wet = folds + 0.02 * cloud(shape, 1, rng)
    if chance(rng, 0.5):
        at, size = (0.5 + rng.uniform(-0.22, 0.22, 2)) * shape, between(rng, 9, 18)
        body = blob(shape, (at[0], at[1]), (size, size * 1.1), rng, 0.12, edge_px=2)
        depth = smooth(body * size, 3)
        matt, _ = lit(depth + 0.4 * cloud(shape, 2, rng), rng)
        colours = over(colours, np.array((232, 110, 95)) * (0.35 + 0.8 * matt)[..., None], body)
    if chance(rng, 0.25):
        colours = over(colours, (120, 8, 12), sharp(cloud(shape, 9, rng) - 1.1, 0.2))
    shine = sharp(cloud(shape, 1.3, rng) + 0.6 * wet + 0.5 * cloud(shape, 10, rng) - 3.0, 0.3) * (distance > 0.35)
    colours = over(colours, (255, 250, 240), 0.95 * shine)
    return colour_image(over(plain(shape, (6, 6, 8)), colours, _view(shape, rng)))


def _view(shape: Shape, rng: np.random.Generator) -> Plane:
    """What the lens lets through: a disc, or a square with its corners cut off."""
    rows, columns = places(shape)
    if chance(rng, 0.6):
        side = min(shape)
        return sharp(0.98 - np.hypot(rows * shape[0] / side, columns * shape[1] / side), 0.015)
    return sharp(1.5 - np.abs(rows) - np.abs(columns), 0.02) * sharp(
        0.96 - np.maximum(np.abs(rows), np.abs(columns)), 0.02
    )
