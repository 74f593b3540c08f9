"""Gels and blots (GGEL)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.fields import Plane, Shape, cloud, grey_image, places, smooth
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Face, Sheet
from lesionary.subfigures.drawing.words import words


def paint_gel(rng: np.random.Generator) -> Image.Image:
    """Western blots in strips with the protein's name beside each, or one agarose gel with a ladder."""
    return _blots(rng) if chance(rng, 0.6) else _agarose(rng)


def _blots(rng: np.random.Generator) -> Image.Image:
    height, width = format_px(rng, (85, 125), (1.0, 2.2))
    strips, lanes = whole(rng, 1, 5), whole(rng, 2, 9)
    named = chance(rng, 0.75)
    left, right = 2, width - 2 - (int(width * 0.24) if named else 0)
    top = whole(rng, 14, 20) if chance(rng, 0.7) else 2
    sheet = Sheet(height, width)
    tall = (height - top) / strips
    for strip in range(strips):
        y0, y1 = int(top + strip * tall) + 1, int(top + (strip + 1) * tall) - 2
        levels = rng.uniform(0, 1, lanes) if chance(rng, 0.8) else rng.uniform(0.6, 1, lanes)
        blot = grey_image(_strip((max(y1 - y0, 6), right - left), levels, rng))
        page = sheet.image
        page.paste(
            blot.convert("RGB").resize((blot.width * 3, blot.height * 3), Image.Resampling.BICUBIC), (left * 3, y0 * 3)
        )
        sheet.box((left, y0, right, y0 + blot.height), None, BLACK, 0.6)
        if named:
            name = one_of(rng, words("proteins"))
            sheet.text(
                (right + 3, (y0 + y1) / 2), name, min(8, tall * 0.7), BLACK, one_of(rng, (Face.SANS, Face.TIMES)), "lm"
            )
    if top > 2:
        upright = lanes > 4
        for lane, name in enumerate(some_of(rng, words("groups") if chance(rng, 0.6) else ("+", "-"), lanes)):
            at = (left + (lane + 0.5) * (right - left) / lanes, top / 2)
            sheet.text(at, name[:4], 6.5, BLACK, upright=upright and len(name) > 1)
    return sheet.finished()


def _strip(shape: Shape, levels: np.ndarray, rng: np.random.Generator) -> Plane:
    """One strip, grey: a band a lane, as dark as its level."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    room = shape[1] / len(levels)
    paper, dark = between(rng, 185, 235), np.zeros(shape)
    thick, bend = between(rng, 0.1, 0.2) * shape[0], between(rng, -0.15, 0.2) * shape[0]
    second = between(rng, 0.2, 0.35) * shape[0] if chance(rng, 0.3) and shape[0] > 14 else 0.0
    for lane, level in enumerate(levels):
        x = (columns - (lane + 0.5) * room) / (room * between(rng, 0.36, 0.44))
        y = rows - shape[0] / 2 - bend * x**2 * 0.5 - rng.normal(scale=0.5)
        wide = np.exp(-(np.abs(x) ** 5))
        for shift in (0.0, second) if second else (0.0,):
            dark += (
                level * wide * np.exp(-(((y - shift) / (thick * (0.7 + 0.5 * level))) ** 2)) * between(rng, 0.85, 1.2)
            )
    ground = paper + 7 * cloud(shape, 8, rng) + 3 * cloud(shape, 0.6, rng)
    return smooth(ground * (1 - np.clip(1.15 * dark, 0, 0.96)), 0.5)


def _agarose(rng: np.random.Generator) -> Image.Image:
    """Bright bands on black (or its negative), a ladder in the first lane."""
    height, width = format_px(rng, (95, 135), (0.7, 1.5))
    shape, lanes = (height, width), whole(rng, 4, 11)
    rows, columns = places(shape)
    light = 0.06 * (1 + rows) + 0.02 * cloud(shape, 12, rng)
    smear = chance(rng, 0.25)
    common = rng.uniform(-0.6, 0.7, whole(rng, 1, 3))
    for lane in range(lanes):
        x = (columns - (-1 + (2 * lane + 1) / lanes)) / (0.75 / lanes)
        wide = np.exp(-(np.abs(x) ** 6))
        ladder = lane == 0 or (lane == lanes - 1 and chance(rng, 0.3))
        bands = (
            -0.85 + 1.6 * np.linspace(0, 1, 9) ** 0.7 if ladder else common + rng.normal(scale=0.01, size=len(common))
        )
        for band in bands:
            if ladder or chance(rng, 0.7):
                bent = rows - band - 0.015 * x**2
                light += between(rng, 0.35, 1) * wide * np.exp(-((bent / between(rng, 0.018, 0.03)) ** 2))
        if smear and not ladder:
            light += wide * between(rng, 0.1, 0.4) * np.exp(-(((rows - 0.2) / 0.5) ** 2))
        light += 0.25 * wide * np.exp(-(((rows + 0.94) / 0.02) ** 2))  # what stays in the wells
    grey = 255 * np.clip(light + 0.02 * rng.standard_normal(shape), 0, 1)
    negative = chance(rng, 0.3)
    image = grey_image(smooth(255 - grey if negative else grey, 0.6))
    if chance(rng, 0.5):
        sheet = Sheet.over(image)
        for lane in range(lanes):
            sheet.text(
                ((lane + 0.5) * width / lanes, 5), "M" if lane == 0 else str(lane), 7, BLACK if negative else WHITE
            )
        return sheet.finished().convert("L")
    return image
