"""Photographs of anything but patients (GNCP)."""

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
from lesionary.subfigures.drawing.photos import SKINS
from lesionary.subfigures.drawing.sheet import BLACK, Ink, Sheet

CLOTHES: tuple[Ink, ...] = ((40, 50, 90), (235, 235, 235), (120, 30, 40), (60, 90, 70), (30, 30, 32), (80, 130, 180))
WALLS = ((205, 200, 190), (170, 180, 190), (225, 222, 215), (140, 130, 120))


def paint_scene(rng: np.random.Generator) -> Image.Image:
    """A landscape, a building, a person, a device on a table, a mouse or a plant."""
    shape = format_px(rng, (88, 122), (0.85, 1.5))
    image = one_of(rng, (_landscape, _building, _person, _person, _device, _device, _mouse, _plant))(shape, rng)
    colours = np.asarray(image, np.float64) * (1 + 0.06 * cloud(shape, shape[0] * 0.3, rng))[..., None]
    image = colour_image(colours + between(rng, 1, 4) * cloud(shape, 0.6, rng)[..., None])
    return image.convert("L") if chance(rng, 0.15) else image


def _landscape(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """Sky, clouds, hills, and a field, a lake or a village."""
    rows, _ = places(shape)
    sky = over(plain(shape, (95, 145, 215)), (215, 228, 242), sharp(rows + 0.6, 0.7))
    colours = over(sky, (250, 250, 250), sharp(cloud(shape, 9, rng) - 0.6, 0.6) * (rows < 0.1))
    for level, colour in (
        (-0.1, (110, 135, 150)),
        (0.08, (75, 110, 75)),
        (0.3, one_of(rng, ((90, 130, 60), (150, 140, 80), (70, 110, 140)))),
    ):
        edge = level + 0.12 * cloud((1, shape[1]), 16, rng)[0]
        ground = np.array(colour) * (1 + 0.13 * cloud(shape, 2, rng) + 0.1 * cloud(shape, 7, rng))[..., None]
        colours = over(colours, ground, sharp(rows - edge[None, :], 0.02))
    for _ in range(whole(rng, 0, 9)):
        at = (shape[0] * between(rng, 0.55, 0.85), shape[1] * rng.random())
        size = between(rng, 4, 10)
        crown = blob(shape, at, (size * 1.3, size), rng, 0.25, edge_px=1.5)
        colours = over(colours, np.array((45, 80, 40)) * (1 + 0.25 * cloud(shape, 1.5, rng))[..., None], crown)
    return colour_image(colours)


def _building(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """A house front with windows under a sky."""
    h, w = shape
    rows, _ = places(shape)
    colours = over(plain(shape, (120, 165, 220)), (225, 235, 245), sharp(rows + 0.2, 0.8))
    colours = over(
        colours, np.array((120, 125, 115)) * (1 + 0.1 * cloud(shape, 2, rng))[..., None], sharp(rows - 0.72, 0.01)
    )
    sheet, wall = (
        Sheet.over(colour_image(colours)),
        one_of(rng, ((190, 150, 120), (215, 205, 190), (150, 80, 65), (175, 180, 185))),
    )
    left, right, top = w * between(rng, 0.03, 0.2), w * between(rng, 0.8, 0.97), h * between(rng, 0.12, 0.3)
    sheet.box((left, top, right, h * 0.88), wall)
    if chance(rng, 0.5):
        sheet.area([(left - 4, top), ((left + right) / 2, 3), (right + 4, top)], (110, 60, 50))
    across, down = whole(rng, 3, 7), whole(rng, 2, 5)
    for column in range(across):
        for row in range(down):
            x, y = left + (column + 0.25) * (right - left) / across, top + (row + 0.25) * (h * 0.86 - top) / down
            glass = one_of(rng, ((60, 75, 95), (85, 105, 130), (40, 45, 55)))
            sheet.box(
                (x, y, x + (right - left) / across / 2, y + (h * 0.86 - top) / down / 2), glass, (235, 235, 230), 0.8
            )
    return sheet.finished()


def _person(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """A head and shoulders, or someone at work in a room."""
    h, w = shape
    rows, columns = places(shape)
    wall = plain(shape, one_of(rng, WALLS)) * (1 - 0.12 * columns + 0.03 * cloud(shape, 14, rng))[..., None]
    sheet = Sheet.over(colour_image(wall))
    if chance(rng, 0.6):
        x = w * between(rng, 0.0, 0.7)
        sheet.box(
            (x, h * 0.08, x + w * 0.3, h * 0.45),
            one_of(rng, ((175, 205, 230), (110, 80, 60), (240, 240, 240))),
            (90, 80, 70),
            1.5,
        )
    colours = np.asarray(sheet.finished(), np.float64)
    near = chance(rng, 0.5)
    size, middle = h * (0.24 if near else 0.13), w * between(rng, 0.4, 0.6)
    top, cloth = h * (0.4 if near else 0.3), np.array(one_of(rng, CLOTHES), np.float64)
    folds = (1 + 0.12 * cloud(shape, 4, rng))[..., None]
    trunk = blob(shape, (top + size * 3.0, middle), (size * 1.9, size * 1.75), rng, 0.03, edge_px=1.5)
    colours = over(colours, cloth * folds, trunk)
    skin = np.array(one_of(rng, SKINS), np.float64)
    face = skin * (1.02 - 0.25 * sharp(columns - (middle / w * 2 - 1) - 0.03, 0.15))[..., None]
    colours = over(colours, skin * 0.85, blob(shape, (top + size, middle), (size * 0.6, size * 0.4), rng, 0))
    hair = one_of(rng, ((35, 25, 20), (90, 60, 35), (150, 140, 130), (25, 22, 25)))
    colours = over(colours, hair, blob(shape, (top - size * 0.25, middle), (size * 1.05, size * 0.86), rng, 0.06))
    colours = over(colours, face, blob(shape, (top + size * 0.12, middle), (size * 0.95, size * 0.68), rng, 0.03))
    for side in (-1, 1):
        eye = blob(shape, (top, middle + side * size * 0.28), (size * 0.07 + 0.6, size * 0.13 + 0.6), rng, 0)
        colours = over(colours, (45, 35, 35), 0.85 * eye)
    colours = over(
        colours, (150, 70, 70), 0.7 * blob(shape, (top + size * 0.58, middle), (size * 0.07 + 0.5, size * 0.25), rng, 0)
    )
    if not near:
        desk = np.array((150, 110, 75)) * (1 + 0.08 * cloud(shape, 3, rng))[..., None]
        colours = over(colours, desk, sharp(rows - 0.55, 0.01))
        sheet = Sheet.over(colour_image(colours))
        x = w * one_of(rng, (0.08, 0.66))
        sheet.box((x, h * 0.5, x + w * 0.26, h * 0.74), (35, 38, 45), (90, 90, 95), 1)
        sheet.box((x + 2, h * 0.5 + 2, x + w * 0.26 - 2, h * 0.72), (110, 150, 190))
        return sheet.finished()
    return colour_image(colours)


def _device(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """An apparatus on a bench: cabinet, display, knobs, tubes; or a scanner's ring and its table."""
    h, w = shape
    rows, columns = places(shape)
    colours = plain(shape, one_of(rng, WALLS)) * (1 - 0.1 * rows)[..., None]
    colours = over(
        colours,
        np.array(one_of(rng, ((120, 115, 110), (165, 140, 105), (90, 95, 105)))) * (1.2 - 0.3 * rows)[..., None],
        sharp(rows - 0.4, 0.01),
    )
    if chance(rng, 0.35):
        ring = np.hypot((rows + 0.05) * h, columns * w) / min(h, w)
        shade = (1 - 0.25 * columns - 0.15 * rows)[..., None]
        colours = over(colours, np.array((226, 226, 222)) * shade, sharp(0.85 - ring, 0.015))
        colours = over(colours, np.array((60, 62, 70)) * (1 + 0.4 * rows)[..., None], sharp(0.36 - ring, 0.015))
        sheet = Sheet.over(colour_image(colours))
        sheet.area(
            [(w * 0.36, h * 0.6), (w * 0.64, h * 0.6), (w * 0.74, h * 0.98), (w * 0.26, h * 0.98)],
            (190, 195, 205),
            (110, 110, 120),
            1,
        )
        return sheet.finished()
    sheet, body = (
        Sheet.over(colour_image(colours)),
        one_of(rng, ((228, 228, 222), (70, 75, 85), (175, 190, 205), (205, 195, 170))),
    )
    left, right, top, bottom = (
        w * between(rng, 0.1, 0.25),
        w * between(rng, 0.7, 0.9),
        h * between(rng, 0.15, 0.35),
        h * between(rng, 0.78, 0.9),
    )
    slant = w * 0.07
    dark = (int(body[0] * 0.7), int(body[1] * 0.7), int(body[2] * 0.7))
    sheet.area([(right, top), (right + slant, top - slant), (right + slant, bottom - slant), (right, bottom)], dark)
    sheet.area([(left, top), (left + slant, top - slant), (right + slant, top - slant), (right, top)], (245, 245, 242))
    sheet.box((left, top, right, bottom), body, dark, 1, 2)
    wide = (right - left) * between(rng, 0.4, 0.6)
    sheet.box((left + 5, top + 5, left + 5 + wide, top + (bottom - top) * 0.5), (25, 40, 55), BLACK, 1)
    trace = cloud((1, 30), 1.5, rng)[0]
    sheet.line(
        [(left + 7 + (wide - 4) * i / 29, top + (bottom - top) * (0.28 + 0.07 * v)) for i, v in enumerate(trace)],
        (90, 230, 130),
        0.8,
    )
    for _ in range(whole(rng, 2, 7)):
        x, y = between(rng, left + 8 + wide, right - 6), between(rng, top + 6, bottom - 6)
        sheet.dot(
            (x, y),
            between(rng, 1.8, 4),
            one_of(rng, ((30, 30, 34), (190, 40, 40), (50, 120, 60), (150, 150, 155))),
            BLACK,
        )
    for _ in range(whole(rng, 0, 4)):
        x = between(rng, left, right)
        path = [(x + 10 * np.sin(t * 2.2 + x), bottom - 4 + t * (h - bottom) * 1.2) for t in np.linspace(0, 1, 12)]
        sheet.line(path, (40, 40, 44), 1.6)
    return sheet.finished()


def _mouse(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """A laboratory mouse on a plain ground."""
    h, w = shape
    ground = (
        plain(shape, one_of(rng, ((60, 90, 150), (200, 205, 205), (120, 160, 130))))
        * (1 + 0.04 * cloud(shape, 10, rng))[..., None]
    )
    fur = np.array(one_of(rng, ((236, 232, 226), (70, 58, 50), (150, 120, 90))), np.float64)
    side, y = one_of(rng, (-1, 1)), h * between(rng, 0.5, 0.62)
    at = w / 2
    body = blob(shape, (y, at), (h * 0.2, w * 0.26), rng, 0.04, edge_px=1.5)
    head = blob(shape, (y - h * 0.03, at + side * w * 0.3), (h * 0.12, w * 0.13), rng, 0.04, edge_px=1)
    mask = np.maximum(body, head)
    matt, _ = lit(smooth(mask * 16, 5) + 0.7 * cloud(shape, 1.2, rng), rng)
    colours = over(ground, np.array((20, 22, 26)), 0.45 * smooth(np.roll(mask, 5, axis=0), 4))
    tail = Sheet(h, w, BLACK)
    points = [(at - side * w * (0.22 + 0.26 * t), y + h * (0.1 + 0.08 * np.sin(5 * t))) for t in np.linspace(0, 1, 15)]
    tail.line(points, (255, 255, 255), 2.6)
    colours = over(colours, (222, 170, 160), np.asarray(tail.finished().convert("L"), np.float64) / 255)
    colours = over(colours, fur * (0.45 + 0.7 * matt)[..., None], mask)
    ear = blob(shape, (y - h * 0.14, at + side * w * 0.22), (h * 0.08, w * 0.06), rng, 0.05)
    colours = over(colours, (225, 165, 155), ear)
    colours = over(
        colours,
        (150, 20, 30) if fur[0] > 200 else (10, 10, 12),
        blob(shape, (y - h * 0.06, at + side * w * 0.34), (2, 2), rng, 0),
    )
    for foot in (-0.14, 0.12):
        colours = over(
            colours, (228, 175, 165), blob(shape, (y + h * 0.19, at + side * w * foot), (h * 0.03, w * 0.05), rng, 0)
        )
    return colour_image(colours)


def _plant(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """Leaves, at times a flower, before a blurred ground."""
    blurred: Colours = (
        plain(shape, one_of(rng, ((70, 95, 60), (30, 40, 30), (150, 160, 140))))
        * (1 + 0.2 * cloud(shape, 9, rng))[..., None]
    )
    h, w = shape
    for _ in range(whole(rng, 5, 12)):
        at, turn = (h * between(rng, 0.15, 0.9), w * rng.random()), rng.uniform(0, np.pi)
        radii = (h * between(rng, 0.13, 0.24), w * between(rng, 0.05, 0.09))
        leaf = blob(shape, at, radii, rng, 0.08, turn)
        rows, columns = np.mgrid[:h, :w]
        across = (rows - at[0]) * np.sin(turn) + (columns - at[1]) * np.cos(turn)
        along = (rows - at[0]) * np.cos(turn) - (columns - at[1]) * np.sin(turn)
        veins = np.exp(-((across / 0.8) ** 2)) + 0.4 * np.exp(-((np.sin((along + np.abs(across)) * 0.7) / 0.25) ** 2))
        green = (
            np.array(one_of(rng, ((80, 140, 50), (60, 115, 50), (110, 160, 70))))
            * (0.85 + 0.25 * np.clip(across / radii[1], -1, 1) + 0.2 * veins)[..., None]
        )
        blurred = over(blurred, green, leaf)
    if chance(rng, 0.6):
        at = (h * between(rng, 0.35, 0.55), w * between(rng, 0.35, 0.65))
        colour = one_of(rng, ((235, 225, 245), (225, 90, 140), (245, 210, 60), (170, 100, 200)))
        for turn in np.linspace(0, 2 * np.pi, whole(rng, 5, 9), endpoint=False):
            petal = (at[0] + h * 0.11 * np.cos(turn), at[1] + h * 0.11 * np.sin(turn))
            shade = np.array(colour) * between(rng, 0.85, 1.0)
            blurred = over(blurred, shade, blob(shape, petal, (h * 0.11, h * 0.055), rng, 0.05, -turn))
        blurred = over(blurred, (230, 180, 50), blob(shape, at, (h * 0.05, h * 0.05), rng, 0.05))
    return colour_image(blurred)
