"""Drawings by hand (GHDR)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.fields import cloud, colour_image, smooth
from lesionary.subfigures.drawing.sheet import Face, Ink, Point, Sheet
from lesionary.subfigures.drawing.words import words

PENS: tuple[Ink, ...] = ((40, 40, 40), (70, 60, 55), (30, 30, 90), (20, 20, 20))
WASHES: tuple[Ink, ...] = ((250, 232, 215), (243, 214, 205), (240, 234, 208), (222, 232, 240), (228, 214, 206))


def paint_sketch(rng: np.random.Generator) -> Image.Image:
    """An organ, a face, a bone, a hand or a cell, with hatching and leaders to a few words."""
    height, width = format_px(rng, (100, 145), (0.75, 1.4))
    sheet = Sheet(height, width, one_of(rng, ((255, 255, 255), (250, 247, 238), (243, 238, 225))))
    pen, wash = one_of(rng, PENS), one_of(rng, WASHES) if chance(rng, 0.45) else None
    draw = one_of(rng, (_organ, _organ, _neuron, _neuron, _layers, _layers, _vessel, _bone, _face, _hand))
    draw(sheet, pen, wash, rng)
    if chance(rng, 0.65):
        for word in some_of(rng, words("labels"), whole(rng, 1, 4)):
            left, y = chance(rng, 0.5), between(rng, 0.08, 0.92) * height
            x = 3.0 if left else width - 3.0
            tip = (width * (0.42 if left else 0.58), height / 2 + (y - height / 2) * 0.45)
            reach = sheet.length(word, 7, Face.TIMES_ITALIC) + 3
            _stroke(sheet, [(x + reach if left else x - reach, y), tip], pen, rng, 0.6, 0.5)
            sheet.text((x, y), word, 7.5, pen, Face.TIMES_ITALIC, "lm" if left else "rm")
    return _on_paper(sheet, rng)


def _stroke(
    sheet: Sheet, points: list[Point], pen: Ink, rng: np.random.Generator, width: float, shake: float = 1.0
) -> None:
    """A line drawn by an unsteady hand, now and then twice."""
    for _ in range(2 if chance(rng, 0.3) else 1):
        corners = np.array(points)
        steps = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
        at = np.linspace(0, steps[-1], max(3, int(steps[-1] / 2)))
        path = np.stack([np.interp(at, steps, corners[:, axis]) for axis in (0, 1)], axis=-1)
        path += shake * np.stack([cloud((1, len(at)), 3, rng)[0] * 0.6 for _ in range(2)], axis=-1)
        for first in range(0, len(path) - 1, 4):  # a pencil presses unevenly
            sheet.line([tuple(point) for point in path[first : first + 6]], pen, width * between(rng, 0.7, 1.3))


def _closed(centre: Point, radii: Point, wobble: float, rng: np.random.Generator, turn: float = 0.0) -> list[Point]:
    """A closed outline about a point."""
    angle = np.linspace(0, 2 * np.pi, 60)
    radius = 1 + sum(wobble * rng.normal() / k * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(2, 6))
    x, y = radii[0] * radius * np.cos(angle), radii[1] * radius * np.sin(angle)
    return [(centre[0] + a * np.cos(turn) - b * np.sin(turn), centre[1] + a * np.sin(turn) + b * np.cos(turn))
            for a, b in zip(x, y, strict=True)]  # fmt: skip


def _hatch(sheet: Sheet, outline: list[Point], pen: Ink, rng: np.random.Generator) -> None:
    """Short parallel strokes along one side of an outline."""
    start, count = whole(rng, 0, len(outline) - 1), whole(rng, 8, 20)
    for index in range(start, start + count):
        x, y = outline[index % len(outline)]
        length = between(rng, 4, 9)
        _stroke(sheet, [(x, y), (x - length, y - length * 0.6)], pen, rng, 0.5, 0.3)


def _shape(sheet: Sheet, outline: list[Point], pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    if wash is not None:
        sheet.area([(x + 1, y + 1) for x, y in outline], wash)
    _stroke(sheet, outline, pen, rng, between(rng, 0.9, 1.6))
    if chance(rng, 0.7):
        _hatch(sheet, outline, pen, rng)


def _organ(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """A lobed body with inner lines and two vessels."""
    x, y = sheet.width / 2, sheet.height / 2
    outline = _closed((x, y), (sheet.width * 0.3, sheet.height * 0.3), 0.3, rng)
    for side in (-1, 1):
        tube = [(x + side * 5, y), (x + side * 7, y * 0.5), (x + side * between(rng, 6, 16), 4.0)]
        for shift in (0, 6):
            _stroke(sheet, [(a + shift, b) for a, b in tube], pen, rng, 1)
    _shape(sheet, outline, pen, wash or sheet.image.getpixel((0, 0)), rng)  # type: ignore[arg-type]
    for scale in rng.uniform(0.25, 0.8, whole(rng, 1, 3)):
        part = whole(rng, 0, 25)
        _stroke(
            sheet, [(x + (a - x) * scale, y + (b - y) * scale) for a, b in outline][part : part + 20], pen, rng, 0.8
        )
    for _ in range(whole(rng, 0, 12)):
        at = (x + rng.normal(scale=sheet.width * 0.1), y + rng.normal(scale=sheet.height * 0.1))
        _stroke(sheet, _closed(at, (2.5, 2.5), 0.1, rng), pen, rng, 0.6, 0.3)


def _face(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """A head from the front."""
    x, y, w, h = sheet.width / 2, sheet.height / 2, sheet.width * 0.27, sheet.height * 0.38
    for side in (-1, 1):
        _stroke(sheet, _closed((x + side * w, y), (4, 9), 0.1, rng), pen, rng, 0.9)
    _shape(sheet, _closed((x, y), (w, h), 0.08, rng), pen, wash, rng)
    for side in (-1, 1):
        eye = (x + side * w * 0.42, y - h * 0.12)
        _stroke(sheet, _closed(eye, (w * 0.2, h * 0.06), 0.05, rng), pen, rng, 0.9, 0.4)
        sheet.dot(eye, 1.8, pen)
        _stroke(sheet, [(eye[0] - w * 0.25, eye[1] - h * 0.15), (eye[0] + w * 0.25, eye[1] - h * 0.17)], pen, rng, 1.2)
    _stroke(sheet, [(x, y - h * 0.1), (x - 4, y + h * 0.25), (x + 4, y + h * 0.27)], pen, rng, 0.9)
    _stroke(sheet, [(x - w * 0.4, y + h * 0.5), (x, y + h * 0.56), (x + w * 0.4, y + h * 0.5)], pen, rng, 1.2)
    for _ in range(whole(rng, 10, 25)):
        start = x + rng.uniform(-w, w)
        _stroke(
            sheet, [(start, y - h * 0.8), (start + rng.normal(scale=5), y - h * between(rng, 1.0, 1.2))], pen, rng, 0.6
        )


def _bone(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """A long bone, at times broken or screwed to a plate."""
    x, h, w = sheet.width / 2, sheet.height, sheet.width * 0.11
    side = np.linspace(0, 1, 30)
    half = w * (0.6 + 0.9 * (np.exp(-((side / 0.15) ** 2)) + np.exp(-(((1 - side) / 0.15) ** 2))))
    y, lean = h * (0.06 + 0.88 * side), (side - 0.5) * between(rng, -25, 25)
    outline = [*zip(x + lean - half, y, strict=True), *zip((x + lean + half)[::-1], y[::-1], strict=True)]
    _shape(sheet, [*outline, outline[0]], pen, wash, rng)
    if chance(rng, 0.6):
        zigzag = [(x - w + index * w / 3, h / 2 + 4 * (-1) ** index) for index in range(7)]
        _stroke(sheet, zigzag, pen, rng, 1.2, 0.4)
    for at in np.linspace(0.35, 0.65, 4) if chance(rng, 0.5) else ():
        _stroke(sheet, _closed((x + w, h * at), (2, 2), 0, rng), pen, rng, 0.8, 0.3)


def _hand(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """A palm with five fingers."""
    x, y, w, h = sheet.width / 2, sheet.height * 0.66, sheet.width * 0.19, sheet.height * 0.2
    for angle, length in zip((-1.1, -0.4, -0.12, 0.14, 0.42), (0.8, 1.25, 1.4, 1.3, 1.0), strict=True):
        reach = h * (1.0 + length * 0.55)
        at = (x + np.sin(angle) * reach, y - np.cos(angle) * reach)
        _shape(sheet, _closed(at, (w * 0.2, h * length * 0.62), 0.04, rng, angle), pen, wash, rng)
    _shape(sheet, _closed((x, y), (w, h), 0.06, rng), pen, wash, rng)
    for shift in (-0.3, 0.15):
        _stroke(sheet, [(x - w * 0.7, y + h * shift), (x + w * 0.6, y + h * (shift - 0.3))], pen, rng, 0.7)


def _vessel(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """A tube that forks: aorta, bronchus or bile duct."""
    x, h, w = sheet.width / 2, sheet.height, sheet.width * 0.07
    fork, spread = h * between(rng, 0.4, 0.6), sheet.width * between(rng, 0.2, 0.35)
    outline = [(x - w, 4), (x - w, fork), (x - spread - w, h - 4), (x - spread + w, h - 4), (x, fork + 3 * w),
               (x + spread - w, h - 4), (x + spread + w, h - 4), (x + w, fork), (x + w, 4.0)]  # fmt: skip
    _shape(sheet, outline, pen, wash, rng)
    bulge = (x + one_of(rng, (-1, 1)) * w * 1.4, fork * between(rng, 0.4, 0.9))
    _shape(sheet, _closed(bulge, (w * 1.1, w * 1.3), 0.15, rng), pen, wash, rng)


def _neuron(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """A cell whose processes fork, as Cajal drew them."""
    x, y = sheet.width / 2, sheet.height * between(rng, 0.45, 0.6)
    tips = [
        (x, y, turn, between(rng, 1.8, 2.6)) for turn in np.linspace(0, 2 * np.pi, whole(rng, 4, 7), endpoint=False)
    ]
    while tips:
        a, b, turn, width = tips.pop()
        path, length = [(a, b)], between(rng, 12, 24)
        for _ in range(3):
            turn += rng.normal(scale=0.25)
            a, b = a + length / 3 * np.cos(turn), b + length / 3 * np.sin(turn)
            path.append((float(a), float(b)))
        _stroke(sheet, path, pen, rng, width, 0.6)
        if width > 0.9:
            tips.extend((float(a), float(b), turn + side * between(rng, 0.3, 0.7), width * 0.62) for side in (-1, 1))
    soma = _closed((x, y), (sheet.width * 0.07, sheet.width * 0.08), 0.2, rng)
    sheet.area(soma, pen if chance(rng, 0.5) else wash or (225, 220, 215))
    _stroke(sheet, soma, pen, rng, 1.4)


def _layers(sheet: Sheet, pen: Ink, wash: Ink | None, rng: np.random.Generator) -> None:
    """Skin, the wall of a vessel or the bottom of the sea: layers, each with its own marks."""
    w, tops = sheet.width, np.sort(rng.uniform(0.12, 0.85, whole(rng, 3, 5))) * sheet.height
    waves = cloud((len(tops), w), 9, rng) * between(rng, 1, 3.5)
    for top, bottom, wave in zip(tops, [*tops[1:], sheet.height * 0.94], waves, strict=True):
        edge = [(float(x), float(top + wave[x])) for x in range(int(w * 0.12), int(w * 0.88), 3)]
        if wash is not None and chance(rng, 0.5):
            sheet.area([*edge, (edge[-1][0], bottom), (edge[0][0], bottom)], wash)
        _stroke(sheet, edge, pen, rng, 1.2)
        kind = whole(rng, 0, 2)
        for _ in range(int((bottom - top) * w / between(rng, 90, 220))):
            at = (between(rng, 0.14, 0.86) * w, between(rng, min(top + 4, bottom - 1), max(top + 5, bottom - 2)))
            if kind == 0:
                sheet.dot(at, 0.8, pen)
            elif kind == 1:
                _stroke(sheet, _closed(at, (3, 2), 0.15, rng), pen, rng, 0.6, 0.3)
            else:
                _stroke(sheet, [at, (at[0] + 5, at[1] + rng.normal(scale=2))], pen, rng, 0.6, 0.4)
    for _ in range(whole(rng, 0, 7)):
        x = between(rng, 0.2, 0.8) * w
        _stroke(sheet, [(x, float(tops[-1])), (x + 6, float(tops[0])), (x + 14, float(tops[0]) - 14)], pen, rng, 0.8)


def _on_paper(sheet: Sheet, rng: np.random.Generator) -> Image.Image:
    """The drawing with the grain of its paper."""
    colours = np.asarray(sheet.finished(), np.float64)
    grain = 2 * cloud((sheet.height, sheet.width), 0.5, rng) + 2 * smooth(cloud((sheet.height, sheet.width), 5, rng), 3)
    image = colour_image(colours + grain[..., None])
    return image.convert("L") if chance(rng, 0.4) else image
