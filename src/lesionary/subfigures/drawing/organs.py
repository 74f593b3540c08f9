"""Photographs of other organs (DVOR)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.fields import (
    Colours,
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
from lesionary.subfigures.drawing.photos import SKINS, draw_ruler
from lesionary.subfigures.drawing.sheet import WHITE, Sheet
from lesionary.subfigures.drawing.vessels import grow


def paint_other_organ(rng: np.random.Generator) -> Image.Image:
    """The back of an eye, an eye, a mouth, an operation or a specimen on a cloth."""
    shape = format_px(rng, (85, 120), (1.0, 1.35))
    draw = one_of(rng, (_fundus, _fundus, _eye, _mouth, _operation, _specimen, _specimen))
    return draw(shape, rng)


def _fundus(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """Retina: pale disc, vessels that arch from it, dark macula."""
    rows, columns = places(shape)
    side, x = one_of(rng, (-1, 1)), between(rng, 0.35, 0.5)
    colours = (
        plain(shape, one_of(rng, ((200, 95, 45), (180, 75, 40), (215, 120, 70))))
        * (1 + 0.06 * cloud(shape, 10, rng))[..., None]
    )
    colours *= (1.1 - 0.35 * np.hypot(rows, columns))[..., None]
    disc = (shape[1] * (0.5 + side * x / 2), shape[0] * 0.5)
    for turn in (-0.75, 0.75, -2.3, 2.3):
        direction = turn if side < 0 else np.pi - turn
        vessel = grow(shape, rng, disc, direction, between(rng, 1.8, 2.6), 0.4)
        colours = over(colours, (115, 20, 20), 0.75 * vessel)
    colours = over(colours, (120, 45, 25), 0.6 * np.exp(-((rows**2 + (columns + side * 0.15) ** 2) / 0.02)))
    pale = blob(shape, (disc[1], disc[0]), (shape[0] * 0.085, shape[1] * 0.065), rng, 0.04, edge_px=1.5)
    colours = over(colours, (250, 220, 150), 0.85 * pale)
    if chance(rng, 0.4):
        colours = over(colours, (250, 235, 170), sharp(cloud(shape, 1.4, rng) - 2.3, 0.2))
    size = min(shape)
    view = sharp(0.97 - np.hypot(rows * shape[0] / size, columns * shape[1] / size), 0.015)
    return colour_image(over(plain(shape, (4, 3, 3)), colours, view))


def _eye(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """Lids, white, iris, pupil, at times a clouded lens."""
    h, w = shape
    base = np.array(one_of(rng, SKINS))
    rows, columns = places(shape)
    colours = (
        plain(shape, tuple(base))
        * (1 + 0.05 * cloud(shape, 8, rng) - 0.12 * np.exp(-(((np.abs(rows) - 0.7) / 0.1) ** 2)))[..., None]
    )
    opening = sharp(0.55 * (1 - (columns / 0.92) ** 2) - np.abs(rows + 0.03), 0.03)
    colours = over(colours, (238, 228, 224), opening)
    for _ in range(4):
        start = (one_of(rng, (0.06, 0.94)) * w, h * between(rng, 0.4, 0.6))
        colours = over(
            colours,
            (200, 60, 60),
            0.5 * opening * grow(shape, rng, start, 0.0 if start[0] < w / 2 else np.pi, 1.0, 0.3),
        )
    distance = np.hypot(rows * h, columns * w) / h
    streaks = np.sin(24 * np.arctan2(rows * h, columns * w) + 2 * cloud(shape, 3, rng))
    iris = np.array(one_of(rng, ((95, 60, 35), (90, 120, 140), (110, 100, 60)))) * (1 + 0.15 * streaks)[..., None]
    colours = over(colours, iris, opening * sharp(0.5 - distance, 0.03))
    colours = over(
        colours,
        (190, 190, 185) if chance(rng, 0.3) else (12, 10, 10),
        opening * sharp(between(rng, 0.16, 0.26) - distance, 0.02),
    )
    glint = blob(shape, (h * 0.42, w * 0.54), (3, 3), rng, 0)
    return colour_image(over(colours, (255, 255, 255), glint))


def _mouth(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """Two rows of teeth between gums and lips."""
    rows, columns = places(shape)
    colours = plain(shape, (150, 50, 55)) * (1 + 0.08 * cloud(shape, 6, rng))[..., None]
    count, bite = whole(rng, 6, 10), rows - 0.18 * columns**2 + 0.05
    colours = over(colours, (215, 115, 120), sharp(0.75 - np.abs(bite), 0.06))
    width = 2.0 / count
    for tooth in range(count):
        x = columns - (-1 + (tooth + 0.5) * width)
        for side in (-1, 1):
            if chance(rng, 0.06):
                continue
            depth = side * bite
            top = between(rng, 0.38, 0.46) - 3 * x**2
            inside = sharp(width * 0.46 - np.abs(x), 0.02) * sharp(depth - 0.03, 0.02) * sharp(top - depth, 0.03)
            shade = 1 - 0.8 * (x / width) ** 2
            colour = np.array((238, 228, 200)) * np.clip(shade, 0.6, 1)[..., None]
            colours = over(colours, colour, inside)
    shine = sharp(cloud(shape, 1.5, rng) - 2.1, 0.2)
    return colour_image(over(colours, WHITE, 0.8 * shine))


def _flesh(shape: Shape, rng: np.random.Generator, colour: tuple[float, ...]) -> Colours:
    relief = 3 * cloud(shape, 6, rng) + 1.0 * cloud(shape, 2, rng)
    matt, mirrored = lit(relief, rng, 0.7)
    return np.asarray(plain(shape, colour) * (0.35 + 0.8 * matt)[..., None] + 190 * mirrored[..., None], np.float64)


def _operation(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """A wound held open by metal, cloth around it."""
    h, w = shape
    cloth = plain(shape, one_of(rng, ((60, 130, 120), (60, 105, 165)))) * (1 + 0.12 * cloud(shape, 10, rng))[..., None]
    hole = blob(
        shape, (h / 2, w / 2), (h * between(rng, 0.3, 0.42), w * between(rng, 0.32, 0.44)), rng, 0.12, edge_px=2
    )
    skin = smooth((hole > 0.5).astype(np.float64), 4) > 0.08
    colours = over(cloth, one_of(rng, SKINS[:4]), skin.astype(np.float64))
    colours = over(colours, _flesh(shape, rng, (185, 50, 42)), hole)
    fat = sharp(cloud(shape, 7, rng) - 0.5, 0.2) * hole
    colours = over(colours, _flesh(shape, rng, (225, 180, 95)), fat)
    sheet = Sheet.over(colour_image(colours))
    for side in (-1, 1) if chance(rng, 0.7) else (1,):
        y = h * between(rng, 0.3, 0.7)
        ends = [(w / 2 + side * w * 0.55, y), (w / 2 + side * w * 0.22, h * 0.5 + (y - h / 2) * 0.4)]
        sheet.line(ends, (120, 125, 135), 6)
        sheet.line([(x, y - 1) for x, y in ends], (225, 230, 238), 2)
    return sheet.finished()


def _specimen(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """An organ, cut open or whole, on a plain ground with a scale."""
    h, w = shape
    ground = one_of(rng, ((40, 80, 150), (30, 110, 90), (20, 20, 22), (215, 215, 210)))
    colours = plain(shape, ground) * (1 + 0.05 * cloud(shape, 12, rng))[..., None]
    at, state = (h * 0.45, w / 2), int(rng.integers(2**31))
    radii, flesh = (
        (h * between(rng, 0.26, 0.36), w * between(rng, 0.26, 0.38)),
        one_of(rng, ((150, 45, 40), (190, 120, 95), (120, 50, 55))),
    )
    body = blob(shape, at, radii, np.random.default_rng(state), 0.2, edge_px=1)
    colours = over(colours, np.array(ground) * 0.5, 0.6 * smooth(np.roll(body, 3, axis=(0, 1)), 3))
    colours = over(colours, _flesh(shape, rng, flesh), body)
    if chance(rng, 0.7):
        spot = (at[0] + rng.normal(scale=6), at[1] + rng.normal(scale=8))
        mass = blob(
            shape, spot, (radii[0] * between(rng, 0.3, 0.6), radii[1] * between(rng, 0.3, 0.6)), rng, 0.25, edge_px=1.5
        )
        colours = over(colours, _flesh(shape, rng, (225, 205, 170)), mass * body)
    sheet = Sheet.over(colour_image(colours))
    if chance(rng, 0.6):
        draw_ruler(sheet)
    return sheet.finished()
