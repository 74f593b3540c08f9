"""What does not give way to a mass: body wall, ribs, spine, the muscles along it, and the aorta.

Patient millimetres; the vertebral body lies around (0, 42 * depth scale).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Body
from lesionary.phantom.canvas import ENDLESS, Ellipsoid, Shape, Sheet, common, outside, union
from lesionary.phantom.texture import Image

VERTEBRA_MM = 35.0  # from one disc to the next, T12-L1
DISC_MM = 8.0
RIB_MM = 27.0  # from one rib to the next, along the body


@dataclass(frozen=True)
class Frame:
    """The shapes, outermost first."""

    skin: Shape
    ribs: Shape
    muscles: tuple[Shape, ...]
    aorta: Shape
    calcified: bool
    column: Shape
    bones: tuple[Shape, ...]
    canal: Shape


@dataclass(frozen=True)
class Ribs:
    """Ribs run down and forward in the wall, so an axial plane cuts each one obliquely."""

    skin: Ellipsoid
    depth_mm: float
    half_thickness_mm: float
    z_mm: float

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        around = np.arctan2(np.abs(x), y)  # 0 at the spine, pi in front
        level = (z - self.z_mm + 55 * around) / RIB_MM
        along = np.abs(level - np.round(level)) * RIB_MM * 0.55 - 3.2
        across = np.abs(self.skin(x, y, z) + self.depth_mm) - self.half_thickness_mm
        in_front = (around - 2.35) * 60  # cartilage and rectus muscle, no bone
        return np.asarray(np.maximum(np.maximum(along, across), in_front), np.float32)


def lay_frame(body: Body, rng: np.random.Generator) -> Frame:
    """The frame of one body."""

    def pillar(x: float, y: float, rx: float, ry: float, tilt: float = 0.0) -> Ellipsoid:
        return Ellipsoid((x, y * depth, 0), (rx, ry, ENDLESS), tilt)

    depth = body.scale[1]
    skin = Ellipsoid((0, 0, 0), (body.half_width_mm, body.half_depth_mm, ENDLESS))
    phase = rng.uniform(0, VERTEBRA_MM)
    column = pillar(0, 42, 22, 17)
    canal = pillar(0, 42 + 25 / depth, 10.5, 8)
    lamina = common(pillar(0, 42 + 27 / depth, 17, 13), outside(canal))
    spinous = pillar(0, 42 + 46 / depth, 3.4, 14)
    transverse = Sheet((-32, 74 * depth), (32, 74 * depth), 4.0, (-4.0, 4.0))
    body_of_vertebra = common(column, _every(VERTEBRA_MM, VERTEBRA_MM - DISC_MM, phase))
    arch = common(union(lamina, spinous), _every(VERTEBRA_MM, VERTEBRA_MM - 9, phase - 6))
    size = rng.uniform(0.85, 1.15)
    muscles = [pillar(side * 31, 84, 27 * size, 17 * size, side * -8) for side in (-1, 1)]
    muscles += [pillar(side * 27, 56, 9 * size, 11 * size) for side in (-1, 1)]  # psoas
    muscles += [pillar(side * 62, 80, 17, 6.5 * size, side * -35) for side in (-1, 1)]  # quadratus lumborum
    crura = [
        Sheet((-20, 40 * depth), (-7, 14 * depth), 2.6 * size, (-40, 200)),
        Sheet((22, 40 * depth), (19, 10 * depth), 2.4 * size, (-30, 200)),
    ]
    age_of_aorta = rng.uniform(9, 12.5)
    return Frame(
        skin=skin,
        ribs=Ribs(skin, body.fat_mm + 0.55 * body.wall_mm, 3.4, rng.uniform(0, RIB_MM)),
        muscles=(*crura, *muscles),
        aorta=pillar(7 + rng.normal(0, 2), 13, age_of_aorta, age_of_aorta),
        calcified=bool(rng.random() < 0.35),
        column=column,
        bones=(common(transverse, outside(canal)), arch, body_of_vertebra),
        canal=canal,
    )


def _every(pitch_mm: float, height_mm: float, phase_mm: float) -> Shape:
    """Slabs of `height_mm` that repeat along the body."""

    def slabs(x: Image, y: Image, z: Image) -> Image:
        level = (z - np.float32(phase_mm)) / np.float32(pitch_mm)
        return np.asarray(np.abs(level - np.round(level)) * pitch_mm - height_mm / 2, np.float32)

    return slabs
