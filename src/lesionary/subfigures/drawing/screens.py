"""Screenshots of programs (GSCR)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.fields import cloud
from lesionary.subfigures.drawing.microscopy import paint_fluorescence
from lesionary.subfigures.drawing.radiology import paint_ct, paint_mr
from lesionary.subfigures.drawing.sheet import BLACK, FINENESS, WHITE, Face, Ink, Sheet
from lesionary.subfigures.drawing.surfaces import paint_rendering
from lesionary.subfigures.drawing.words import words

GREYS: tuple[Ink, ...] = ((212, 208, 200), (240, 240, 240), (225, 228, 235))
TITLES: tuple[Ink, ...] = ((0, 40, 150), (60, 110, 200), (90, 90, 90), (235, 235, 235), (30, 30, 30))


def paint_screenshot(rng: np.random.Generator) -> Image.Image:
    """A window with its title, menus and buttons; in it lists, forms, pictures or curves."""
    height, width = format_px(rng, (115, 155), (1.0, 1.7))
    grey, title = one_of(rng, GREYS), one_of(rng, TITLES)
    sheet, letters = Sheet(height, width, grey), between(rng, 5.5, 7)
    bar = letters * 1.5
    _title(sheet, title, letters, bar, rng)
    y = bar
    if chance(rng, 0.8):
        x = 3.0
        for word in some_of(rng, words("menus"), whole(rng, 3, 6)):
            sheet.text((x, y + letters * 0.7), word, letters, anchor="lm")
            x += sheet.length(word, letters) + letters * 0.8
        y += letters * 1.4
    if chance(rng, 0.6):
        for index in range(whole(rng, 4, 9)):
            sheet.box((3 + index * 9, y, 10 + index * 9, y + 7), one_of(rng, (*TITLES, (230, 180, 60))), BLACK, 0.4)
        y += 9
    split = width * one_of(rng, (0.0, 0.3, 0.4))
    if split:
        _list(sheet, (2, y, split, height - 8), letters, rng)
    parts = 2 if chance(rng, 0.35) else 1
    for part in range(parts):
        top = y + (height - 8 - y) * part / parts
        _pane(sheet, (split + 2, top, width - 2, top + (height - 8 - y) / parts - 1), letters, rng)
    sheet.text((3, height - 4), "Ready", 5, anchor="lm")
    return sheet.finished()


def _title(sheet: Sheet, title: Ink, letters: float, bar: float, rng: np.random.Generator) -> None:
    light = sum(title) > 400
    sheet.box((0, 0, sheet.width, bar), title)
    sheet.text((4, bar / 2), " ".join(some_of(rng, words("machines"), 2)), letters, BLACK if light else WHITE,
               Face.SANS_BOLD, "lm")  # fmt: skip
    for index in range(3):
        x = sheet.width - (index + 1) * bar
        sheet.box((x + 1, 1.5, x + bar - 1.5, bar - 1.5), (200, 60, 50) if index == 0 else (212, 208, 200), WHITE, 0.5)


def _list(sheet: Sheet, corners: tuple[float, float, float, float], letters: float, rng: np.random.Generator) -> None:
    """Names below each other, one of them chosen."""
    left, top, right, bottom = corners
    sheet.box(corners, WHITE, (128, 128, 128), 0.6)
    rows = int((bottom - top) / (letters * 1.3))
    chosen = whole(rng, 0, max(rows - 1, 0))
    for row in range(rows):
        y = top + (row + 0.5) * letters * 1.3
        if row == chosen:
            sheet.box((left + 1, y - letters * 0.6, right - 1, y + letters * 0.6), (49, 106, 197))
        indent = 3 + letters * whole(rng, 0, 1)
        sheet.text((left + indent, y), one_of(rng, words("terms"))[:8], letters, WHITE if row == chosen else BLACK,
                   anchor="lm")  # fmt: skip


def _pane(sheet: Sheet, corners: tuple[float, float, float, float], letters: float, rng: np.random.Generator) -> None:
    """What the program shows."""
    left, top, right, bottom = corners
    match whole(rng, 0, 3):
        case 0:
            sheet.box(corners, BLACK)
            image = one_of(rng, (paint_ct, paint_mr, paint_fluorescence, paint_rendering))(rng).convert("RGB")
            share = FINENESS * min((right - left) / image.width, (bottom - top) / image.height)
            image = image.resize((int(image.width * share), int(image.height * share)))
            middle = (left + right) * FINENESS / 2, (top + bottom) * FINENESS / 2
            sheet.image.paste(image, (int(middle[0] - image.width / 2), int(middle[1] - image.height / 2)))
        case 1:
            sheet.box(corners, BLACK if chance(rng, 0.5) else WHITE, (128, 128, 128), 0.6)
            across = np.linspace(left + 3, right - 3, 60)
            for ink in ((60, 200, 90), (220, 70, 60)):
                curve = np.clip(
                    (top + bottom) / 2 + (bottom - top) / 7 * cloud((1, 60), 3, rng)[0], top + 2, bottom - 2
                )
                sheet.line(list(zip(across, curve, strict=True)), ink, 0.8)
        case 2:
            y = top + letters
            while y < bottom - letters * 0.8:
                sheet.text((left + 3, y), one_of(rng, words("terms")), letters, anchor="lm")
                sheet.box(
                    (left + letters * 5, y - letters * 0.6, right - 4, y + letters * 0.6), WHITE, (120, 120, 120), 0.6
                )
                y += letters * 1.6
            sheet.box((right - 26, bottom - letters * 1.4, right - 3, bottom - 1), (225, 225, 225), BLACK, 0.6)
            sheet.text((right - 14.5, bottom - letters * 0.75), "OK", letters)
        case _:
            sheet.box(corners, WHITE, (128, 128, 128), 0.6)
            rows, columns = int((bottom - top) / (letters * 1.4)), max(2, int((right - left) / (letters * 3.6)))
            for row in range(rows):
                for column in range(columns):
                    x, y = left + (right - left) * column / columns, top + row * letters * 1.4
                    fill = (212, 208, 200) if row == 0 else WHITE
                    sheet.box((x, y, x + (right - left) / columns, y + letters * 1.4), fill, (190, 190, 190), 0.4)
                    text = one_of(rng, words("terms"))[:5] if row == 0 else f"{whole(rng, 0, 999)}"
                    sheet.text((x + 2, y + letters * 0.7), text, letters * 0.9, anchor="lm")
