"""The outline of the body, the cavity inside its wall, and the layers between them.

Both are lofts in body millimetres, laid out as shares of the body's half axes at the adrenals (z = 0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Body
from lesionary.phantom.canvas import Ellipsoid, Heights, Shape
from lesionary.phantom.lofts import Loft, Station, at_height, roundish, scaled
from lesionary.phantom.texture import Image

LOWEST_MM, HIGHEST_MM = -430.0, 345.0  # of the torso that is drawn
FOLD_MM = 20.0  # half width of the furrow between buttocks and between thighs
FRONT_SQUARE, BACK_SQUARE = 0.2, 0.5  # the back lies flat

# Height; shares of half width and half depth; centre y as a share of half depth; furrow behind and in front as shares.
OUTLINE: dict[str, tuple[Station, ...]] = {
    "M": (
        (-430, 1.00, 0.80, 0.02, 1.00, 1.00),
        (-395, 1.03, 0.85, 0.02, 0.90, 0.90),
        (-370, 1.06, 0.90, 0.02, 0.50, 0.35),
        (-330, 1.09, 0.96, 0.03, 0.20, 0.00),
        (-280, 1.06, 0.98, 0.03, 0.07, 0.00),
        (-220, 1.00, 0.97, 0.00, 0.00, 0.00),
        (-160, 0.97, 0.96, 0.00, 0.00, 0.00),
        (-100, 0.97, 0.97, 0.00, 0.00, 0.00),
        (0, 1.00, 1.00, 0.00, 0.00, 0.00),
        (100, 1.02, 1.02, 0.00, 0.00, 0.00),
        (180, 1.05, 1.00, 0.01, 0.00, 0.00),
        (230, 1.10, 0.93, 0.02, 0.00, 0.00),
        (270, 1.19, 0.82, 0.03, 0.00, 0.00),
        (305, 1.21, 0.70, 0.04, 0.00, 0.00),
        (345, 1.08, 0.60, 0.03, 0.00, 0.00),
    ),
    "F": (
        (-430, 1.00, 0.82, 0.02, 1.00, 1.00),
        (-395, 1.04, 0.86, 0.02, 0.90, 0.90),
        (-370, 1.09, 0.92, 0.02, 0.50, 0.35),
        (-330, 1.13, 0.98, 0.03, 0.20, 0.00),
        (-280, 1.11, 0.99, 0.03, 0.07, 0.00),
        (-220, 1.05, 0.97, 0.00, 0.00, 0.00),
        (-160, 0.97, 0.95, 0.00, 0.00, 0.00),
        (-100, 0.94, 0.96, 0.00, 0.00, 0.00),
        (0, 1.00, 1.00, 0.00, 0.00, 0.00),
        (100, 1.00, 0.99, 0.00, 0.00, 0.00),
        (180, 1.01, 0.96, 0.01, 0.00, 0.00),
        (230, 1.05, 0.88, 0.02, 0.00, 0.00),
        (270, 1.12, 0.78, 0.03, 0.00, 0.00),
        (305, 1.13, 0.67, 0.04, 0.00, 0.00),
        (345, 1.00, 0.57, 0.03, 0.00, 0.00),
    ),
}

# Height; centre x and y (mm); shares of the cavity's half axes at z = 0. Pelvic floor, pelvis, abdomen, chest, apices.
CAVITY: tuple[Station, ...] = (
    (-356, 0, 22, 0.08, 0.10),
    (-335, 0, 14, 0.32, 0.45),
    (-300, 0, 6, 0.46, 0.68),
    (-270, 0, 2, 0.56, 0.78),
    (-240, 0, -2, 0.74, 0.84),
    (-205, 0, -4, 0.88, 0.90),
    (-160, 0, -3, 0.94, 0.95),
    (-100, 0, -2, 0.95, 0.97),
    (0, 0, 0, 1.00, 1.00),
    (60, 0, 0, 1.00, 1.03),
    (110, 0, 1, 0.97, 1.05),
    (160, 0, 4, 0.92, 1.03),
    (200, 0, 6, 0.86, 0.98),
    (235, 0, 6, 0.78, 0.90),
    (265, 0, 4, 0.68, 0.78),
    (290, 0, 2, 0.54, 0.63),
    (312, 0, 0, 0.38, 0.46),
    (330, 0, -2, 0.28, 0.40),
    (375, 0, -4, 0.26, 0.38),
)


@dataclass(frozen=True)
class Skin:
    """The surface of the trunk, with furrows between buttocks and thighs, and with breasts."""

    half_width_mm: float
    half_depth_mm: float
    outline: tuple[Station, ...]
    breasts: tuple[Ellipsoid, ...]

    def box_mm(self, z_mm: float) -> tuple[float, tuple[float, float]]:
        """Half width, front and back of a box around its section at one height, with room for soft edges."""
        wide, deep, middle, _, _ = (float(v) for v in at_height(np.asarray(z_mm, np.float32), self.outline))
        back, front = self.half_depth_mm * (middle + deep), self.half_depth_mm * (middle - deep)
        for breast in self.breasts:
            if breast.z_mm[0] < z_mm < breast.z_mm[1]:
                front = min(front, breast.centre_mm[1] - max(breast.radii_mm[:2]))
        return self.half_width_mm * wide + 2, (front - 2, back + 2)

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        wide, deep, middle, behind, before = at_height(z, self.outline)
        rx, ry = np.float32(self.half_width_mm) * wide, np.float32(self.half_depth_mm) * deep
        y = y - np.float32(self.half_depth_mm) * middle
        back = y > 0
        v = y / ry
        if behind.max() > 0:
            fold = np.exp(-np.square(x / np.float32(FOLD_MM)))
            v = v / np.maximum(1 - np.where(back, behind, before) * fold, np.float32(0.02))
        square = np.where(back, np.float32(BACK_SQUARE), np.float32(FRONT_SQUARE))
        distance = roundish(x / rx, v, rx, ry, square)
        for breast in self.breasts:
            if breast.z_mm[0] < z.max() and breast.z_mm[1] > z.min():
                distance = np.minimum(distance, breast(x, y, z))
        return distance


@dataclass(frozen=True)
class Shell:
    """A lens on the front of the cavity: between two distances from it, two x (of one side) and two heights."""

    cavity: Shape
    depth_mm: tuple[float, float]
    x_mm: tuple[float, float]
    z_mm: Heights
    side: float = 1.0
    """1: x grows to the patient's left, -1: to the right."""

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        return self.of(self.cavity(x, y, z), x, y, z)

    def of(self, out: Image, x: Image, y: Image, z: Image) -> Image:
        """The same, where the distances `out` from the cavity are known."""
        (inner, outer), (low, high) = self.depth_mm, self.z_mm
        thick, wide = (outer - inner) / 2, (self.x_mm[1] - self.x_mm[0]) / 2
        up = (out - np.float32((inner + outer) / 2)) / np.float32(thick)
        aside = (x * np.float32(self.side) - np.float32(sum(self.x_mm) / 2)) / np.float32(wide)
        lens = (np.sqrt(up * up + np.square(aside * aside)) - 1) * np.float32(thick)
        return np.asarray(np.maximum(np.maximum(lens, 10 + y), np.maximum(low - z, z - high)), np.float32)


def lay_skin(body: Body, sex: str, rng: np.random.Generator) -> Skin:
    """The outline of one body."""
    outline = OUTLINE[sex]
    breasts: tuple[Ellipsoid, ...] = ()
    size = float(rng.uniform(0.7, 1.15)) + 0.012 * (body.fat_mm - 17)
    if sex == "F":
        front = -0.97 * body.half_depth_mm
        breasts = tuple(
            Ellipsoid(
                (side * 0.52 * body.half_width_mm, front + 22, 158), (68 * size, 46 * size, 70 * size), side * 22.0
            )
            for side in (1.0, -1.0)
        )
    return Skin(body.half_width_mm, body.half_depth_mm, outline, breasts)


def lay_cavity(body: Body) -> Loft:
    """What lies inside the muscles of the wall and the ribs."""
    half = body.half_width_mm - body.fat_mm - body.wall_mm, body.half_depth_mm - body.fat_mm - body.wall_mm
    stations = tuple((z, x, y * body.scale[1], half[0] * rx, half[1] * ry) for z, x, y, rx, ry in CAVITY)
    return Loft(stations, square=0.25)


# Height; thickness (mm) by which the muscle outside the cavity is thicker than the wall of the abdomen.
THICKNESS: tuple[Station, ...] = ((-185, 0), (40, 0), (120, 6), (180, 14), (225, 16), (265, 10), (345, 0))
# Hips and shoulders: what is muscle and bone there lies within. Height; centre x, y; half axes (reference mm).
HIPS: tuple[Station, ...] = (
    (-460, 0, 2, 152, 92), (-390, 0, 2, 148, 92), (-350, 0, 6, 142, 90), (-310, 0, 14, 142, 86), (-270, 0, 24, 138, 82),
    (-230, 0, 30, 128, 72), (-200, 0, 30, 116, 66), (-170, 0, 30, 80, 50),
)  # fmt: skip
SHOULDERS: tuple[Station, ...] = (
    (200, 0, 20, 110, 60), (230, 0, 14, 142, 74), (265, 0, 10, 170, 76), (300, 0, 12, 186, 62), (345, 0, 16, 120, 46),
    (380, 0, 16, 70, 46),
)  # fmt: skip


def muscle_mm(body: Body, x: Image, y: Image, z: Image) -> Image:
    """Thickness of the wall's muscle outside the cavity: in front only a sheet of tendon, on which rectus lies."""
    thick = np.float32(body.wall_mm) + at_height(z, THICKNESS)[0]
    if not -345 < float(z.mean()) < 100:
        return np.asarray(thick)
    to_side = np.clip((np.abs(x) - np.float32(54 * body.scale[0])) / np.float32(16), 0, 1)
    behind = np.clip((y + 25) / np.float32(25), 0, 1)
    return np.asarray(2.5 + (thick - 2.5) * np.maximum(to_side, behind), np.float32)


def lay_envelopes(body: Body) -> tuple[Loft, Loft]:
    """Hips and shoulders."""
    return Loft(scaled(HIPS, body.scale), square=0.35), Loft(scaled(SHOULDERS, body.scale), square=0.3)
