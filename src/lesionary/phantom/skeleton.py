"""The axial skeleton: spine, ribs, sternum, and the muscles along the spine. Body millimetres.

Vertebrae are laid out about their own axis, which bends with the spine (`SPINE`); T12 lies behind the adrenals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Body
from lesionary.phantom.canvas import ENDLESS, Ellipsoid, Shape, Sheet, between, common, outside, union
from lesionary.phantom.lofts import Bent, Loft, Station
from lesionary.phantom.texture import Image
from lesionary.phantom.wall import HIGHEST_MM, LOWEST_MM, Shell

LUMBAR_MM, THORACIC_MM = 35.0, 26.5  # from one disc to the next, below and above T12
RIB_DROP_MM = 55.0  # a rib sinks by so much for each radian around the chest
BONE_END = 2.35  # radians from the spine; further in front ribs are cartilage
LOWEST_RIBS = 0.95, 1.5  # radians: the twelfth and the eleventh rib end in the wall
SACRUM_MM = -192.0

# Height; y of the middle of the vertebral bodies, in the reference body: lumbar lordosis, thoracic kyphosis.
SPINE: tuple[Station, ...] = (
    (-215, 50), (-190, 40), (-150, 33), (-110, 32), (-50, 37), (0, 42), (60, 50), (120, 57), (180, 59),
    (230, 54), (280, 44), (320, 35), (345, 32),
)  # fmt: skip


@dataclass(frozen=True)
class Skeleton:
    """Spine and chest."""

    ribs: Ribs
    sternum: tuple[Shell, ...]
    column: Shape
    """Vertebral bodies and discs."""
    bodies: Shape
    bones: tuple[Shape, ...]
    """Pieces of the vertebrae, bodies last."""
    canal: Shape
    muscles: tuple[Shape, ...]
    """Paraspinal, left and right."""


@dataclass(frozen=True)
class Ribs:
    """Ribs run down and forward in the wall, so an axial plane cuts each one obliquely; cartilage rises again."""

    cavity: Shape
    depth_mm: float
    half_thickness_mm: float
    lowest_mm: float
    """Height at which the twelfth leaves the spine."""
    z_mm: tuple[float, float] = (-75.0, 335.0)

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance to bone in mm, negative inside."""
        return self.of(self.cavity(x, y, z), x, y, z)[0]

    def of(self, out: Image, x: Image, y: Image, z: Image) -> tuple[Image, Image]:
        """Signed distances to bone, and to the cartilage that joins it to the sternum; `out` from the cavity."""
        around = np.asarray(np.arctan2(np.abs(x), y - np.float32(8)), np.float32)  # 0 at the spine, pi in front
        strips, front = self._strips(out, z, around), (around - np.float32(BONE_END)) * np.float32(60)
        return np.maximum(strips, front), np.maximum(strips, -front)

    def _strips(self, out: Image, z: Image, around: Image) -> Image:
        forward = np.minimum(around, np.float32(BONE_END)) * np.float32(RIB_DROP_MM)
        rise = np.maximum(around - np.float32(BONE_END), 0) * np.float32(0.7 * RIB_DROP_MM)
        level = (z - np.float32(self.lowest_mm) + forward - rise) / np.float32(THORACIC_MM)
        number = np.round(level)  # 0: the twelfth rib, 11: the first
        along = (level - number) * np.float32(THORACIC_MM * 0.6 / 6.0)
        across = (out - np.float32(self.depth_mm)) / np.float32(self.half_thickness_mm)
        section = (np.sqrt(along * along + across * across) - 1) * np.float32(self.half_thickness_mm)
        end = np.where(number == 0, LOWEST_RIBS[0], np.where(number == 1, LOWEST_RIBS[1], np.float32(2.95)))
        there = np.maximum((around - end) * 60, np.maximum(-0.5 - number, number - 11.5) * 10)
        return np.asarray(np.maximum(section, there), np.float32)


def lay_skeleton(body: Body, cavity: Loft, rng: np.random.Generator) -> Skeleton:
    """Spine and chest of one body."""
    depth = body.scale[1]
    axis = tuple((z, y * depth) for z, y in SPINE)

    def about_spine(shape: Shape, low: float = SACRUM_MM) -> Shape:
        return Bent(shape, axis, (low, HIGHEST_MM))

    def pillar(x: float, y: float, rx: float, ry: float, tilt: float = 0.0) -> Ellipsoid:
        return Ellipsoid((x, y, 0), (rx, ry, ENDLESS), tilt)

    phase = rng.uniform(0, LUMBAR_MM)
    above = between(SACRUM_MM, HIGHEST_MM)
    thick = (
        (SACRUM_MM, 0, 0, 25, 17.5),
        (-60, 0, 0, 23, 17),
        (10, 0, 0, 20, 16.5),
        (150, 0, 0, 16, 15),
        (345, 0, 0, 14, 9),
    )
    column = about_spine(Loft(thick))
    canal = Bent(pillar(0, 25, 10, 8), axis, (LOWEST_MM, HIGHEST_MM))
    lamina = common(pillar(0, 27, 17, 13), outside(pillar(0, 25, 10, 8)))
    spinous = union(pillar(0, 46, 3.4, 14), pillar(0, 58, 4.6, 4))
    transverse = Sheet((-31, 30), (31, 30), 4.2, (-ENDLESS, ENDLESS))
    bodies = common(column, _discs(phase, 8.0, 5.5))
    arch = common(about_spine(union(lamina, spinous)), _discs(phase - 6, 11.0, 7.0), above)
    processes = common(about_spine(transverse), outside(canal), _discs(phase - 4, 25.0, 16.0), above)
    size = rng.uniform(0.85, 1.15)
    beside = ((-230, 24, 40, 14, 9), (-190, 30, 40, 24, 16), (-100, 31, 42, 28, 19),
              (0, 31, 42, 27, 17), (120, 27, 36, 22, 12), (250, 24, 34, 20, 12), (345, 24, 34, 24, 18))  # fmt: skip
    muscles = tuple(
        about_spine(Loft(tuple((z, side * x, y, rx * size, ry * size) for z, x, y, rx, ry in beside), side * -8), -230)
        for side in (1, -1)
    )
    breastbone = (
        Shell(cavity, (1.0, 11.0), (-26.0, 26.0), (226.0, 272.0)),
        Shell(cavity, (1.5, 10.5), (-17.0, 17.0), (108.0, 222.0)),
        Shell(cavity, (2.0, 8.0), (-8.0, 8.0), (84.0, 108.0)),
    )
    return Skeleton(
        ribs=Ribs(cavity, 4.8, 4.0, float(phase % THORACIC_MM) + 4.0),
        sternum=breastbone,
        column=column,
        bodies=bodies,
        bones=(processes, arch, bodies),
        canal=canal,
        muscles=muscles,
    )


def _discs(phase_mm: float, lumbar_mm: float, thoracic_mm: float) -> Shape:
    """What lies between discs of these heights; vertebrae are lower above T12."""

    def slabs(x: Image, y: Image, z: Image) -> Image:
        pitch = np.where(z < phase_mm, np.float32(LUMBAR_MM), np.float32(THORACIC_MM))
        disc = np.where(z < phase_mm, np.float32(lumbar_mm), np.float32(thoracic_mm))
        level = (z - np.float32(phase_mm)) / pitch
        return np.asarray(np.abs(level - np.round(level)) * pitch - (pitch - disc) / 2, np.float32)

    return slabs
