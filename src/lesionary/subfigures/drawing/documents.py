"""Tables and forms (GTAB), formulae (GMAT), program listings (GPLI)."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.palettes import PALE
from lesionary.subfigures.drawing.sheet import BLACK, PROSE, WHITE, Face, Ink, Sheet
from lesionary.subfigures.drawing.words import words

RULE: Ink = (150, 150, 150)


def paint_table(rng: np.random.Generator) -> Image.Image:
    """A table of numbers, or (one in four) a form to fill in."""
    return _form(rng) if chance(rng, 0.25) else _numbers(rng)


def _numbers(rng: np.random.Generator) -> Image.Image:
    height, width = format_px(rng, (105, 150), (0.9, 2.2))
    sheet, face, letters = Sheet(height, width), one_of(rng, PROSE), between(rng, 6, 8)
    rows, columns = max(3, int(height / (letters * between(rng, 1.5, 2.1)))), max(2, int(width / (letters * 4.6)))
    gap, ruled, striped = height / rows, chance(rng, 0.4), chance(rng, 0.25)
    head = one_of(rng, PALE) if chance(rng, 0.5) else WHITE
    sheet.box((1, 0, width - 1, gap), head)
    for row in range(rows):
        if striped and row % 2:
            sheet.box((1, row * gap, width - 1, (row + 1) * gap), (238, 238, 238))
        for column in range(columns):
            x = width * (column + (0.08 if column == 0 else 0.5)) / columns
            if column and row and chance(rng, 0.06):
                continue
            text = one_of(rng, words("terms")) if row == 0 or column == 0 else _number(rng)
            bold = Face.SANS_BOLD if row == 0 and face is Face.SANS else face
            sheet.text((x, (row + 0.5) * gap), text, letters, BLACK, bold, "lm" if column == 0 else "mm")
    for row in range(rows + 1) if ruled else (0, 1, rows):
        y = min(max(row * gap, 0.5), height - 0.5)
        sheet.line([(0, y), (width, y)], RULE if ruled else BLACK, 0.7)
    for column in range(columns + 1) if ruled else ():
        sheet.line([(width * column / columns, 0), (width * column / columns, height)], RULE, 0.7)
    return sheet.finished()


def _number(rng: np.random.Generator) -> str:
    value = float(rng.lognormal(1, 1.5))
    forms = (
        f"{value:.1f}",
        f"{value:.2f}",
        f"{value:.1f}±{value / 5:.1f}",
        f"{whole(rng, 1, 300)}",
        f"{rng.random():.3f}",
        f"{whole(rng, 2, 40)} ({rng.random():.0%})",
    )
    return one_of(rng, forms)


def _form(rng: np.random.Generator) -> Image.Image:
    """Questions with boxes to tick and lines to write on."""
    height, width = format_px(rng, (110, 150), (0.7, 1.3))
    sheet, face, letters = Sheet(height, width), one_of(rng, PROSE), between(rng, 6, 8)
    sheet.box((1, 1, width - 1, height - 1), None, BLACK, 0.8)
    sheet.text((width / 2, letters), " ".join(some_of(rng, words("terms"), 2)).upper(), letters, BLACK, face)
    y = 2.6 * letters
    while y < height - letters:
        x = 5.0
        sheet.text((x, y), f"{one_of(rng, words('terms'))}:", letters, BLACK, face, "lm")
        x += letters * 4.5
        if chance(rng, 0.6):
            for word in some_of(rng, words("terms"), 2):
                sheet.box((x, y - 3, x + 6, y + 3), None, BLACK, 0.7)
                if chance(rng, 0.3):
                    sheet.line([(x + 1, y - 2), (x + 5, y + 2)], BLACK, 0.9)
                sheet.text((x + 8, y), word, letters, BLACK, face, "lm")
                x += letters * 5.5
        else:
            sheet.line([(x, y + 3), (width - 6, y + 3)], BLACK, 0.7)
        y += letters * 1.9
    return sheet.finished()


def paint_formula(rng: np.random.Generator) -> Image.Image:
    """One to three formulae, set by matplotlib, with their numbers."""
    style = one_of(rng, ("cm", "stix", "dejavuserif", "dejavusans"))
    lines = [_set(text, style, whole(rng, 85, 115)) for text in some_of(rng, words("formulae"), whole(rng, 1, 3))]
    width = int(np.clip(max(line.width for line in lines) + whole(rng, 10, 30), 80, 200))
    height = int(np.clip(sum(line.height + 10 for line in lines) + whole(rng, 0, 14), 80, 200))
    page, y = Image.new("L", (width, height), 255), (height - sum(line.height for line in lines)) / (len(lines) + 1)
    top, numbered = y, chance(rng, 0.4)
    for line in lines:
        if line.width > width - 6:
            line = line.resize((width - 6, max(1, line.height * (width - 6) // line.width)), Image.Resampling.LANCZOS)  # noqa: PLW2901
        page.paste(0, (int(4 if numbered else (width - line.width) / 2), int(top)), line)
        top += line.height + y
    return page


@cache
def _set(text: str, style: str, dpi: int) -> Image.Image:
    """How dark each pixel of a set formula is, grey."""
    face = FontProperties(size=10, math_fontfamily=style)
    return Image.fromarray(np.asarray(MathTextParser("agg").parse(f"${text}$", dpi, face).image, np.uint8), "L")


def paint_listing(rng: np.random.Generator) -> Image.Image:
    """Lines of a program in a face of one width, at times coloured or numbered."""
    height, width = format_px(rng, (110, 150), (0.9, 1.7))
    face, letters = one_of(rng, (Face.MONO, Face.TYPEWRITER, Face.MONO_BOLD)), between(rng, 6.5, 8.5)
    dark = chance(rng, 0.15)
    sheet = Sheet(height, width, (30, 30, 36) if dark else one_of(rng, (WHITE, WHITE, (246, 246, 246))))
    ink: Ink = (220, 220, 220) if dark else BLACK
    word: Ink = (230, 120, 160) if dark else one_of(rng, (BLACK, (0, 0, 190), (130, 0, 90)))
    numbered, y, depth, line = chance(rng, 0.4), letters, 0, 1
    while y < height - 2:
        x = 4 + depth * letters * 1.3
        if numbered:
            sheet.text((3, y), f"{line:2d}", letters, RULE, face, "lm")
            x += 1.8 * letters
        key, rest, deeper = _statement(rng)
        sheet.text((x, y), key, letters, word, face, "lm")
        sheet.text((x + sheet.length(key, letters, face), y), rest, letters, ink, face, "lm")
        depth = depth + 1 if deeper and depth < 3 else max(0, depth - whole(rng, 0, 1))
        y += letters * 1.35
        line += 1
    return sheet.finished()


def _statement(rng: np.random.Generator) -> tuple[str, str, bool]:
    """Its keyword, the rest of it, and whether it opens a block."""
    a, b, c = some_of(rng, words("variables"), 3)
    call = one_of(rng, words("functions"))
    return one_of(
        rng,
        (
            ("for ", f"{a} in {call}({b}):", True), ("if ", f"{a} > {whole(rng, 0, 9)}:", True),
            ("", f"{a} = {call}({b}, {c})", False), ("", f"{a} += {b}[{c}]", False), ("return ", f"{a}", False),
            ("while ", f"{a} < {b}:", True), ("# ", f"{call} {a}", False), ("print ", f'"{a}", {b}', False),
            ("", "", False), ("def ", f"{call}({a}, {b}):", True),
        ),
    )  # fmt: skip
