"""Paper to draw on with lines, areas and letters."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

Ink = tuple[int, int, int]
Point = tuple[float, float]
"""x to the right, y downwards, in pixels of the finished image."""

BLACK: Ink = (0, 0, 0)
WHITE: Ink = (255, 255, 255)
GREY: Ink = (128, 128, 128)
FINENESS = 3  # the sheet is drawn so many times larger and averaged down, which makes edges smooth


class Face(StrEnum):
    """Typefaces, all of which come with matplotlib, so that letters look alike on every machine."""

    SANS = "DejaVuSans"
    SANS_BOLD = "DejaVuSans-Bold"
    SERIF = "DejaVuSerif"
    TIMES = "STIXGeneral"
    TIMES_BOLD = "STIXGeneralBol"
    TIMES_ITALIC = "STIXGeneralItalic"
    MONO = "DejaVuSansMono"
    MONO_BOLD = "DejaVuSansMono-Bold"
    TYPEWRITER = "cmtt10"


PROSE = (Face.SANS, Face.SANS_BOLD, Face.SERIF, Face.TIMES)


@cache
def typeface(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """A face in a size."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{face.value}.ttf"
    return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.BASIC)


class Sheet:
    """Paper of a size and colour."""

    def __init__(self, height: int, width: int, paper: Ink = WHITE) -> None:
        self.height, self.width = height, width
        self.image = Image.new("RGB", (width * FINENESS, height * FINENESS), paper)
        self.pen = ImageDraw.Draw(self.image)

    @classmethod
    def over(cls, image: Image.Image) -> Sheet:
        """A sheet that an image is printed on."""
        sheet = cls(image.height, image.width)
        sheet.image.paste(image.convert("RGB").resize(sheet.image.size, Image.Resampling.BICUBIC))
        return sheet

    def line(self, points: Sequence[Point], ink: Ink = BLACK, width: float = 1.0) -> None:
        """A line through points."""
        self.pen.line(_finer(points), ink, max(1, round(width * FINENESS)), joint="curve")

    def dashes(self, start: Point, end: Point, ink: Ink = BLACK, width: float = 1.0, dash: float = 3.0) -> None:
        """A broken line."""
        length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
        pieces = max(1, int(length / (2 * dash)))
        for piece in range(pieces):
            a, b = piece / pieces, (piece + 0.5) / pieces
            self.line([_along(start, end, a), _along(start, end, b)], ink, width)

    def area(self, points: Sequence[Point], fill: Ink | None, edge: Ink | None = None, width: float = 1.0) -> None:
        """A polygon, filled, edged or both."""
        if fill is not None:
            self.pen.polygon(_finer(points), fill)
        if edge is not None:
            self.line([*points, points[0], points[1]], edge, width)

    def box(
        self,
        corners: tuple[float, float, float, float],
        fill: Ink | None,
        edge: Ink | None = None,
        width: float = 1.0,
        radius: float = 0.0,
    ) -> None:
        """A rectangle: left, top, right, bottom; its corners rounded by `radius`."""
        left, top, right, bottom = (value * FINENESS for value in corners)
        if right > left and bottom > top:
            thick = max(1, round(width * FINENESS)) if edge is not None else 0
            self.pen.rounded_rectangle((left, top, right, bottom), radius * FINENESS, fill, edge, thick)

    def oval(
        self,
        corners: tuple[float, float, float, float],
        fill: Ink | None,
        edge: Ink | None = None,
        width: float = 1.0,
        wedge: tuple[float, float] | None = None,
    ) -> None:
        """An ellipse in a rectangle, or a wedge of it between two angles in degrees."""
        corners = tuple(value * FINENESS for value in corners)  # type: ignore[assignment]
        thick = max(1, round(width * FINENESS)) if edge is not None else 0
        if wedge is None:
            self.pen.ellipse(corners, fill, edge, thick)
        else:
            self.pen.pieslice(corners, *wedge, fill, edge, thick)

    def dot(self, at: Point, radius: float, fill: Ink | None, edge: Ink | None = None) -> None:
        """A disc."""
        self.oval((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill, edge)

    def arrow(self, start: Point, end: Point, ink: Ink = BLACK, width: float = 1.0, head: float = 4.0) -> None:
        """A line with a head at its end."""
        x, y = end[0] - start[0], end[1] - start[1]
        length = max((x * x + y * y) ** 0.5, 1e-6)
        x, y = x / length * head, y / length * head
        neck = (end[0] - x, end[1] - y)
        self.line([start, neck], ink, width)
        self.area([end, (neck[0] - y / 2, neck[1] + x / 2), (neck[0] + y / 2, neck[1] - x / 2)], ink)

    def text(
        self,
        at: Point,
        words: str,
        size: float = 8.0,
        ink: Ink = BLACK,
        face: Face = Face.SANS,
        anchor: str = "mm",
        upright: bool = False,
    ) -> None:
        """Words at a point: `anchor` as Pillow's (l, m, r; then a, m, s, d), `upright` turned to read from below."""
        font = typeface(face, max(4, round(size * FINENESS)))
        if not upright:
            self.pen.text((at[0] * FINENESS, at[1] * FINENESS), words, ink, font, anchor)
            return
        left, top, right, bottom = font.getbbox(words)
        stamp = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2))
        ImageDraw.Draw(stamp).text((1 - left, 1 - top), words, 255, font)
        stamp = stamp.transpose(Image.Transpose.ROTATE_90)
        corner = (round(at[0] * FINENESS - stamp.width / 2), round(at[1] * FINENESS - stamp.height / 2))
        self.image.paste(ink, (*corner, corner[0] + stamp.width, corner[1] + stamp.height), stamp)

    def length(self, words: str, size: float, face: Face = Face.SANS) -> float:
        """How wide words are."""
        return typeface(face, max(4, round(size * FINENESS))).getlength(words) / FINENESS

    def finished(self) -> Image.Image:
        """The drawn image, RGB."""
        return self.image.reduce(FINENESS)


def _finer(points: Sequence[Point]) -> list[Point]:
    return [(x * FINENESS, y * FINENESS) for x, y in points]


def _along(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
