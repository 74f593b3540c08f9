"""What happens to an image on its way into a journal and out of it again."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, one_of, whole
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Face, Ink, Sheet

LETTERS = ("A", "B", "C", "D", "E", "F", "a", "b", "c", "(a)", "(b)", "1", "2")


def publish(image: Image.Image, rng: np.random.Generator, *, pointed_at: bool) -> Image.Image:
    """A panel's letter, an arrow (where readers are `pointed_at` something), a coarser copy, JPEG; the size stays."""
    marked = chance(rng, 0.25), pointed_at and chance(rng, 0.2)
    if any(marked):
        sheet = Sheet.over(image)
        if marked[0]:
            _letter(sheet, image, rng)
        if marked[1]:
            _arrow(sheet, rng)
        image = sheet.finished().convert(image.mode)
    image = _without_colour(image)
    if chance(rng, 0.3):
        share = between(rng, 0.6, 0.9)
        small = image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.BILINEAR)
        image = small.resize(image.size, Image.Resampling.BILINEAR)
    if chance(rng, 0.75):
        memory = BytesIO()
        image.save(memory, "JPEG", quality=whole(rng, 45, 92))
        image = Image.open(memory).convert(image.mode)
    return image


def _without_colour(image: Image.Image) -> Image.Image:
    """A third of the bytes where nothing is coloured."""
    pixels = np.asarray(image.convert("RGB"))
    return image.convert("L") if not np.ptp(pixels, axis=-1).any() else image


def _letter(sheet: Sheet, image: Image.Image, rng: np.random.Generator) -> None:
    """In the upper left corner, in black or white, whichever is seen better there."""
    corner = np.asarray(image.convert("L").crop((0, 0, 14, 14)))
    ink: Ink = BLACK if corner.mean() > 128 else WHITE
    face = one_of(rng, (Face.SANS_BOLD, Face.TIMES_BOLD, Face.SANS))
    sheet.text((3, 2), one_of(rng, LETTERS), between(rng, 9, 13), ink, face, "la")


def _arrow(sheet: Sheet, rng: np.random.Generator) -> None:
    """At something near the middle."""
    tip = (sheet.width * between(rng, 0.35, 0.65), sheet.height * between(rng, 0.35, 0.65))
    turn, reach = between(rng, 0, 2 * np.pi), between(rng, 12, 20)
    start = (tip[0] + reach * np.cos(turn), tip[1] + reach * np.sin(turn))
    sheet.arrow(start, tip, one_of(rng, (WHITE, WHITE, (250, 230, 40), BLACK)), 1.6, 7)
