"""Gene and protein sequences (GGEN): alignments, gene maps, traces of a sequencer, sequence logos."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.palettes import STRONG
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Face, Ink, Sheet
from lesionary.subfigures.drawing.words import words

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
BASES = "ACGT"
BASE_INKS: tuple[Ink, ...] = ((0, 150, 0), (0, 0, 220), (30, 30, 30), (220, 0, 0))
CHEMISTRY: dict[str, Ink] = {
    **dict.fromkeys("AVLIMFWC", (128, 160, 240)),
    **dict.fromkeys("KR", (240, 60, 40)),
    **dict.fromkeys("DE", (192, 72, 192)),
    **dict.fromkeys("NQST", (40, 200, 60)),
    **dict.fromkeys("HY", (60, 180, 180)),
    **dict.fromkeys("GP", (240, 170, 90)),
}  # fmt: skip


def paint_sequence(rng: np.random.Generator) -> Image.Image:
    """Mostly an alignment; else a map, a trace or a logo."""
    kind = rng.choice(4, p=(0.6, 0.18, 0.12, 0.1))
    return (_alignment, _map, _trace, _logo)[int(kind)](rng)


def _alignment(rng: np.random.Generator) -> Image.Image:
    """Related sequences below each other, what they share shaded."""
    height, width = format_px(rng, (95, 145), (0.9, 2.2))
    sheet, letters, face = (
        Sheet(height, width),
        between(rng, 6, 8.5),
        one_of(rng, (Face.MONO, Face.MONO, Face.MONO_BOLD)),
    )
    alphabet = BASES if chance(rng, 0.35) else RESIDUES
    style = one_of(rng, ("black", "grey", "chemistry", "none"))
    step, left = sheet.length("M", letters, face), sheet.length("Mm  ", letters, face)
    columns, names = int((width - left - 2) / step), some_of(rng, words("species"), whole(rng, 3, 9))
    y, gap = letters, letters * between(rng, 1.1, 1.3)
    while y + gap * len(names) < height + gap:
        kept = rng.random(columns) ** 0.5
        ancestor = rng.integers(len(alphabet), size=columns)
        for name in names:
            sheet.text((2, y), name, letters, BLACK, face, "lm")
            same = rng.random(columns) < kept
            own = np.where(same, ancestor, rng.integers(len(alphabet), size=columns))
            for column in range(columns):
                letter = "-" if not same[column] and chance(rng, 0.25) else alphabet[int(own[column])]
                x = left + column * step
                paper, ink = _shade(style, letter, bool(same[column] and kept[column] > 0.7))
                if paper != WHITE:
                    sheet.box((x, y - gap / 2, x + step, y + gap / 2), paper)
                sheet.text((x + step / 2, y), letter, letters, ink, face)
            y += gap
        for shared in np.flatnonzero(kept > 0.85) if chance(rng, 0.7) else ():
            sheet.text((left + (shared + 0.5) * step, y), "*", letters, BLACK, face)
        y += gap * between(rng, 1.2, 1.8)
    return sheet.finished()


def _shade(style: str, letter: str, shared: bool) -> tuple[Ink, Ink]:
    """Paper and ink of a letter."""
    if style == "chemistry":
        return (CHEMISTRY.get(letter, WHITE), BLACK) if shared else (WHITE, BLACK)
    if style == "black" and shared:
        return BLACK, WHITE
    return ((190, 190, 190), BLACK) if style == "grey" and shared else (WHITE, BLACK)


def _map(rng: np.random.Generator) -> Image.Image:
    """Exons, introns and arrows along a line, a row a transcript."""
    height, width = format_px(rng, (85, 125), (1.2, 2.4))
    sheet, rows = Sheet(height, width), whole(rng, 2, 5)
    for row in range(rows):
        y, ink = (row + 0.55) * height / rows, one_of(rng, (*STRONG, BLACK))
        sheet.line([(4, y), (width - 4, y)], BLACK, 1)
        x = 6.0
        while x < width - 14:
            wide = between(rng, 4, 24)
            end = min(x + wide, width - 4)
            if chance(rng, 0.35):
                tip = min(5, wide / 2)
                sheet.area([(x, y - 5), (end - tip, y - 5), (end, y), (end - tip, y + 5), (x, y + 5)], ink, BLACK, 0.6)
            else:
                sheet.box((x, y - 5, end, y + 5), ink, BLACK, 0.6)
            x += wide + between(rng, 4, 26)
        sheet.text((4, y - 11), one_of(rng, words("proteins")), 7, BLACK, Face.SANS, "lm")
        sheet.text((width - 4, y - 11), f"{whole(rng, 1, 90)} kb", 6, BLACK, Face.SANS, "rm")
    return sheet.finished()


def _trace(rng: np.random.Generator) -> Image.Image:
    """Four colours of fluorescence with the letters that were read from them."""
    height, width = format_px(rng, (80, 110), (1.4, 2.4))
    sheet, lines = Sheet(height, width), whole(rng, 1, 2)
    for line in range(lines):
        base, tall = (line + 1) * height / lines - 4, height / lines - 16
        count = max(6, int(width / between(rng, 8, 11)))
        reads = rng.integers(4, size=count)
        x = np.linspace(0, width, width * 2)
        for kind, ink in enumerate(BASE_INKS):
            y = np.full(len(x), 0.02)
            for index in np.flatnonzero(reads == kind):
                y += between(rng, 0.5, 1) * np.exp(
                    -(((x - (index + 0.5) * width / count) / (width / count * 0.42)) ** 2)
                )
            sheet.line(list(zip(x, base - tall * np.clip(y, 0, 1.1), strict=True)), ink, 0.8)
        for place, read in enumerate(reads):
            at = ((place + 0.5) * width / count, base - tall - 7)
            sheet.text(at, BASES[int(read)], 7.5, BASE_INKS[int(read)], Face.MONO_BOLD)
    return sheet.finished()


def _logo(rng: np.random.Generator) -> Image.Image:
    """Letters as tall as they are frequent."""
    height, width = format_px(rng, (85, 110), (1.3, 2.2))
    sheet, count = Sheet(height, width), whole(rng, 7, 14)
    wide = (width - 16) / count
    sheet.line([(12, 4), (12, height - 12), (width, height - 12)], BLACK, 0.8)
    sheet.text((5, height / 2), "bits", 7, upright=True)
    for column in range(count):
        y, tall = height - 13.0, (height - 20) * between(rng, 0.15, 1)
        for base, share in enumerate(np.sort(rng.dirichlet((0.6, 0.6, 0.6, 0.6)))):
            kind, high = (base + column * 3) % 4, share * tall
            if high > 3:
                _stretched(
                    sheet, (13 + column * wide, y - high, 13 + (column + 1) * wide, y), BASES[kind], BASE_INKS[kind]
                )
            y -= high
        sheet.text((13 + (column + 0.5) * wide, height - 6), str(column + 1), 6)
    return sheet.finished()


def _stretched(sheet: Sheet, corners: tuple[float, float, float, float], letter: str, ink: Ink) -> None:
    """A letter that fills a rectangle."""
    stamp = Sheet(30, 30)
    stamp.text((15, 15), letter, 30, BLACK, Face.SANS_BOLD)
    ground = Image.eval(stamp.image.convert("L"), lambda value: 255 - value)
    mask = ground.crop(ground.getbbox())
    left, top, right, bottom = (round(3 * value) for value in corners)
    mask = mask.resize((max(right - left, 1), max(bottom - top, 1)))
    sheet.image.paste(ink, (left, top, left + mask.width, top + mask.height), mask)
