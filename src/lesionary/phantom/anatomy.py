"""The upper abdomen around the mass, painted on a plane.

Soft organs give way to a mass (`organs`); body wall, spine and aorta do not (`frame`), and are painted over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Body, Side, adrenal_mm, densities
from lesionary.phantom.canvas import Canvas, Point, Shape, common, grown, outside
from lesionary.phantom.mass import Mass
from lesionary.phantom.organs import Hollow, Kidney, lay_out
from lesionary.phantom.skeleton import lay_frame
from lesionary.phantom.texture import Field, Image, Plane

RIM = 1.12  # fat around a mass that pushes its neighbours away, in its radii


@dataclass(frozen=True)
class Push:
    """A mass that grew from an adrenal and pushed the organs away."""

    mass: Mass
    side: Side


class Anatomy:
    """The inside of one body, with or without a mass that pushes its organs."""

    def __init__(self, body: Body, push: Push | None, rng: np.random.Generator) -> None:
        self.body, self.push = body, push
        self.layout = lay_out(rng)
        self.frame_shapes = lay_frame(body, rng)
        self.bend = Field(rng, 34.0, 16), Field(rng, 34.0, 16)
        self.bump = Field(rng, 9.0, 32), Field(rng, 9.0, 32)
        self.fine, self.patches = Field(rng, 2.2, 64), Field(rng, 12.0, 32)
        self.branches = Field(rng, 16.0, 32), Field(rng, 16.0, 32)

    def organs(self, plane: Plane, portal: float) -> Canvas:
        """A canvas with everything that gives way to the mass."""
        hu = densities(portal)
        fine, patches = self.fine.on(plane), self.patches.on(plane)
        strand = np.hypot(*(field.on(plane) for field in self.branches))  # 0 on the axes of branching vessels
        canvas = self.canvas(plane, hu["fat"] + 3 * fine + 5 * patches)
        canvas.hu += np.clip(1.4 - strand / 0.055, 0, 1) * (hu["ivc"] - 20 - canvas.hu)  # mesenteric vessels
        for loop in self.layout.hollow:
            _paint_hollow(canvas, loop, hu, 12 * patches + 10 * fine)
        canvas.paint(self.layout.pancreas, hu["pancreas"] + 9 * fine - 60 * np.clip(patches - 0.9, 0, 1))
        canvas.paint(self.layout.portal, hu["portal_vein"])
        canvas.paint(self.layout.arteries, hu["aorta"])
        vessels = np.clip(1.5 - strand / 0.17, 0, 1) * (hu["liver_vessel"] - hu["liver"])
        canvas.paint(self.layout.liver, hu["liver"] + 3 * fine + 2 * patches + vessels)
        if self.layout.gallbladder is not None:
            canvas.paint(grown(self.layout.gallbladder, 1.5), hu["bowel_wall"], (1.5, hu["bile"]))
        mottle = (1 - portal) * 24 * patches  # the spleen enhances unevenly at first
        canvas.paint(self.layout.spleen, hu["spleen"] + 3 * fine + mottle)
        for kidney in self.layout.kidneys:
            _paint_kidney(canvas, kidney, hu, patches)
        canvas.paint(self.layout.ivc, hu["ivc"] + 4 * patches)
        for shape in self.layout.adrenals.values():
            canvas.paint(shape, hu["adrenal"])
        return canvas

    def frame(self, canvas: Canvas, plane: Plane, portal: float) -> None:
        """Paint what does not give way over organs and mass."""
        hu = densities(portal)
        fixed = self.fixed(canvas, plane)
        fine, patches = self.fine.on(plane), self.patches.on(plane)
        shapes = self.frame_shapes
        # Fat between the muscles' fibres and layers.
        muscle = hu["muscle"] + 5 * fine - 55 * np.clip(patches - 1.0, 0, 1)
        fat = hu["fat"] + 3 * fine - 4 * patches
        bone = hu["cancellous"] + 22 * fine
        depth = -shapes.skin(fixed.x, fixed.y, fixed.z)
        fixed.blend(depth - np.float32(self.body.fat_mm + self.body.wall_mm), muscle)
        fixed.paint(shapes.ribs, hu["cortical"], (1.8, bone))
        fixed.blend(depth - np.float32(self.body.fat_mm), fat)
        fixed.blend(depth - np.float32(2.0), hu["skin"])
        fixed.blend(depth, hu["air"])
        for shape in shapes.muscles:
            fixed.paint(grown(shape, 1.0), fat, (1.0, muscle))
        fixed.paint(shapes.aorta, hu["aorta"] + 4 * patches)
        if shapes.calcified:
            plaque = common(grown(shapes.aorta, 0.8), outside(grown(shapes.aorta, -1.0)))
            fixed.paint(plaque, hu["aorta"] + np.clip(patches - 1.1, 0, 0.5) * 2 * (hu["plaque"] - hu["aorta"]))
        fixed.paint(shapes.column, hu["disc"])
        for piece in shapes.bones:
            fixed.paint(piece, hu["cortical"] + 60 * fine, (1.3, bone))
        fixed.paint(shapes.canal, hu["fat"] + 60, (2.0, hu["cord"]))

    def canvas(self, plane: Plane, hu: Image) -> Canvas:
        """Coordinates as organs see them: drawn towards the adrenal from which a mass pushed them away."""
        x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
        bend = [3.5 * wide.on(plane) + 0.9 * small.on(plane) for wide, small in zip(self.bend, self.bump, strict=True)]
        near, (ax, ay, az) = self._drawn_in(x, y, plane.z_mm)
        sx, sy = self.body.scale
        return Canvas(
            hu=np.asarray(hu, np.float32),
            lesions=np.zeros((0, *x.shape), np.float32),
            x=np.asarray((ax + near * (x - ax + bend[0])) / sx, np.float32),
            y=np.asarray((ay + near * (y - ay + bend[1])) / sy, np.float32),
            z=np.asarray(az + near * np.float32(plane.z_mm - az), np.float32),
        )

    def _drawn_in(self, x: Image, y: Image, z_mm: float) -> tuple[Image, Point]:
        """How near to a point everything else is drawn (1: not at all), and that point."""
        if self.push is None:
            return np.ones_like(x), (0.0, 0.0, 0.0)
        radius = self.push.mass.radius(x, y, z_mm)
        # Tissue that gives way keeps its volume: what was at r' lies at r, r^3 = r'^3 + 1 (in radii of mass and rim).
        cubed = (radius / np.float32(RIM)) ** 3
        near = np.cbrt(np.clip(1 - 1 / np.maximum(cubed, np.float32(1e-6)), 0, 1))
        return np.asarray(near, np.float32), adrenal_mm(self.push.side, self.body)

    def fixed(self, canvas: Canvas, plane: Plane) -> Canvas:
        """`canvas` in the coordinates of what does not give way."""
        x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
        bend = [1.5 * field.on(plane) for field in self.bend]
        return Canvas(canvas.hu, canvas.lesions, x + bend[0], y + bend[1], np.full_like(x, plane.z_mm))


def _paint_kidney(canvas: Canvas, kidney: Kidney, hu: dict[str, float], patches: Image) -> None:
    parenchyma: Shape = common(kidney.outer, outside(kidney.sinus))
    columns = np.clip(patches - 0.4, 0, 1)  # of cortex between the pyramids
    canvas.paint(parenchyma, hu["cortex"], (6.0, hu["medulla"] + columns * (hu["cortex"] - hu["medulla"])))
    canvas.paint(common(kidney.sinus, kidney.outer), hu["sinus"] + 45 * np.clip(patches, -1, 2))


def _paint_hollow(canvas: Canvas, loop: Hollow, hu: dict[str, float], grain: Image) -> None:
    inside = grown(loop.outer, -loop.wall_mm)
    contents = hu[loop.contents] + (3.0 if loop.contents == "faeces" else 0.3) * grain
    canvas.paint(loop.outer, hu["bowel_wall"], (loop.wall_mm, contents))

    def gas(x: Image, y: Image, z: Image) -> Image:
        return np.asarray(np.maximum(inside(x, y, z), y - np.float32(loop.gas_mm)))

    canvas.paint(gas, hu["gas"])
