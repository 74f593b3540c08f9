"""The torso, from the thoracic inlet to the thighs, painted on a plane.

Soft organs give way to a mass (`organs`); body wall, skeleton and great vessels do not (`frame`), and are painted over
it. Organs are painted from the abdomen up: the lungs and the mediastinum cut off what reaches above the diaphragm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.abdomen import lay_abdomen, paint_abdomen
from lesionary.phantom.body import Body, Side, adrenal_mm, densities
from lesionary.phantom.canvas import Canvas, Point, outside
from lesionary.phantom.frame import lay_frame, paint_frame
from lesionary.phantom.lungs import lay_lungs, paint_lungs
from lesionary.phantom.mass import Mass
from lesionary.phantom.mediastinum import lay_mediastinum, paint_mediastinum
from lesionary.phantom.pelvis import lay_pelvis, paint_pelvis
from lesionary.phantom.texture import Field, Grain, Image, Plane

RIM = 1.12  # fat around a mass that pushes its neighbours away, in its radii


@dataclass(frozen=True)
class Push:
    """A mass that grew from an adrenal and pushed the organs away."""

    mass: Mass
    side: Side


class Anatomy:
    """The inside of one body, with or without a mass that pushes its organs."""

    def __init__(self, body: Body, push: Push | None, rng: np.random.Generator, sex: str) -> None:
        self.body, self.push, self.sex = body, push, sex
        self.layout = lay_abdomen(rng)
        self.pelvis = lay_pelvis(sex, rng)
        self.lungs = lay_lungs(rng)
        self.mediastinum = lay_mediastinum(rng)
        self.frame_shapes = lay_frame(body, sex, rng)
        self.bend = Field(rng, 34.0, 24), Field(rng, 34.0, 24)
        self.bump = Field(rng, 9.0, 32), Field(rng, 9.0, 32)
        self.fine, self.patches = Field(rng, 2.2, 64), Field(rng, 12.0, 32)
        self.branches = Field(rng, 16.0, 32), Field(rng, 16.0, 32)
        self._latest: tuple[Plane, Grain, tuple[Image, Image]] | None = None

    def organs(self, plane: Plane, portal: float) -> Canvas:
        """A canvas with everything that gives way to the mass."""
        hu, grain = densities(portal), self.grain(plane)
        canvas = self.canvas(plane, hu["fat"] + 3 * grain.fine + 5 * grain.patches)
        paint_abdomen(canvas, self.layout, hu, grain, portal)
        paint_pelvis(canvas, self.pelvis, hu, grain)
        paint_lungs(canvas, self.lungs, self.mediastinum.outline, hu, grain, plane)
        paint_mediastinum(canvas, self.mediastinum, hu, grain, outside(self.lungs.diaphragm))
        return canvas

    def frame(self, canvas: Canvas, plane: Plane, portal: float) -> None:
        """Paint what does not give way over organs and mass."""
        paint_frame(self.fixed(canvas, plane), self.frame_shapes, densities(portal), self.grain(plane))

    def grain(self, plane: Plane) -> Grain:
        """What textures are made of."""
        return self._fields(plane)[1]

    def _fields(self, plane: Plane) -> tuple[Plane, Grain, tuple[Image, Image]]:
        """Grain and wide bends of a plane, which its organs and its frame share."""
        if self._latest is None or self._latest[0] is not plane:
            strand = np.hypot(*(field.on(plane) for field in self.branches))
            grain = Grain(self.fine.on(plane), self.patches.on(plane), strand)
            self._latest = plane, grain, (self.bend[0].on(plane), self.bend[1].on(plane))
        return self._latest

    def canvas(self, plane: Plane, hu: Image) -> Canvas:
        """Coordinates as organs see them: drawn towards the adrenal from which a mass pushed them away."""
        x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
        wide = self._fields(plane)[2]
        bend = [3.5 * broad + 0.9 * small.on(plane) for broad, small in zip(wide, self.bump, strict=True)]
        sx, sy = (np.float32(1 / each) for each in self.body.scale)
        if self.push is None:
            z = np.full((1, 1), plane.z_mm, np.float32)
            return _bare(hu, (x + bend[0]) * sx, (y + bend[1]) * sy, z)
        near, (ax, ay, az) = self._drawn_in(self.push, x, y, plane.z_mm)
        x = np.float32(ax) + near * (x - np.float32(ax) + bend[0])
        y = np.float32(ay) + near * (y - np.float32(ay) + bend[1])
        return _bare(hu, x * sx, y * sy, np.float32(az) + near * np.float32(plane.z_mm - az))

    def _drawn_in(self, push: Push, x: Image, y: Image, z_mm: float) -> tuple[Image, Point]:
        """How near to a point everything else is drawn (1: not at all), and that point."""
        radius = push.mass.radius(x, y, z_mm)
        # Tissue that gives way keeps its volume: what was at r' lies at r, r^3 = r'^3 + 1 (in radii of mass and rim).
        cubed = (radius / np.float32(RIM)) ** 3
        near = np.cbrt(np.clip(1 - 1 / np.maximum(cubed, np.float32(1e-6)), 0, 1))
        return np.asarray(near, np.float32), adrenal_mm(push.side, self.body)

    def fixed(self, canvas: Canvas, plane: Plane) -> Canvas:
        """`canvas` in the coordinates of what does not give way."""
        x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
        bend = [1.5 * broad for broad in self._fields(plane)[2]]
        z = np.full((1, 1), plane.z_mm, np.float32)
        return Canvas(canvas.hu, canvas.lesions, x + bend[0], y + bend[1], z)


def _bare(hu: Image, x: Image, y: Image, z: Image) -> Canvas:
    """A canvas without lesions."""
    lesions = np.zeros((0, *x.shape), np.float32)
    return Canvas(np.asarray(hu, np.float32), lesions, *(np.asarray(v, np.float32) for v in (x, y, z)))
