"""A mass of tissue: its form (`outline`) and what lies in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.outline import Form, Outline, bounds_of
from lesionary.phantom.texture import Field, Image, Plane

BRANCH_MM = 9.0  # from one bend of a strand to the next
PATCH_MM = 9.0  # of what an infiltrate fills more and less
MESH_MM = 7.0  # of a net of thickened septa
SEPTUM = 0.22  # half their thickness, in standard deviations of the field whose zeros they are


@dataclass(frozen=True)
class Inclusion:
    """Something in a mass that is not its solid tissue: necrosis, fat, calcification, gas.

    It fills `share` of the volume, in islands of about `grain_mm`; `central` draws them towards the middle (towards
    the surface if negative) and `soft` is how gradually they pass into the tissue (0.1 sharp, 1 washed out). A
    `branching` one runs in strands, as bronchi do.
    """

    share: float
    hu: float
    grain_mm: float
    central: float
    soft: float
    branching: bool = False


@dataclass(frozen=True)
class Mass(Form):
    """Traits of one mass (`masses.yaml` and `findings/looks.yaml` explain them)."""

    edge_mm: float = 1.2
    hu: float = 0.0
    arterial_hu: float = 0.0
    texture_hu: float = 0.0
    grain_mm: float = 5.0
    rim_hu: float = 0.0
    rim_gaps: float = 0.0
    """How much of the rim is left out: it becomes a row of nodules."""
    inclusions: tuple[Inclusion, ...] = ()
    opacity: float = 1.0
    """How much of what was there it replaces: all, or, as ground glass, a part."""
    patchy: float = 0.0
    """How unevenly it does."""
    reticular: float = 0.0
    """How much of it is a net of lines."""

    @property
    def fat(self) -> float:
        """Share of the volume that is macroscopic fat (below -30 HU, and no gas)."""
        return sum(part.share for part in self.inclusions if -200 < part.hu < -30)

    @property
    def necrosis(self) -> float:
        """Share of the volume that is cyst or necrosis (about the density of fluid)."""
        return sum(part.share for part in self.inclusions if 0 <= part.hu < 50)


class MassPainter:
    """Paints one mass, plane by plane; everything random about its inside is settled here."""

    def __init__(self, mass: Mass, rng: np.random.Generator) -> None:
        self.mass, self.outline = mass, Outline(mass, rng)
        self.tissue = (Field(rng, mass.grain_mm, 32), Field(rng, max(2.0, mass.grain_mm / 3), 64))
        self.ragged = Field(rng, 4.0, 64)
        self.course = Field(rng, BRANCH_MM, 32) if any(part.branching for part in mass.inclusions) else None
        self.islands = [(part, Field(rng, part.grain_mm, 32)) for part in mass.inclusions]
        self.patches = Field(rng, PATCH_MM, 32) if mass.patchy or mass.rim_gaps else None
        self.mesh = (Field(rng, MESH_MM, 32), Field(rng, MESH_MM, 32)) if mass.reticular else None
        planes = self.outline.survey()
        depths = [self.depth(plane) for plane in planes]
        self.bounds_mm = bounds_of(planes, depths)
        # The quantile of a survey of the whole mass gives each inclusion exactly its share.
        self.limits = [
            float(np.quantile(np.concatenate(scores), 1 - part.share))
            for part, field in self.islands
            for scores in [[self._score(part, field, p, d)[d > 0] for p, d in zip(planes, depths, strict=True)]]
        ]

    def window(self, plane: Plane) -> tuple[slice, slice] | None:
        """Rows and columns of a plane that the mass can touch."""
        reach = self.mass.margin * max(self.mass.radii_mm) + self.mass.edge_mm
        x, y, z = self.mass.centre_mm
        if abs(plane.z_mm - z) > reach:
            return None
        rows = np.searchsorted(plane.y_mm, (y - reach, y + reach))
        columns = np.searchsorted(plane.x_mm, (x - reach, x + reach))
        if rows[0] == rows[1] or columns[0] == columns[1]:
            return None
        return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))

    def depth(self, plane: Plane) -> Image:
        """Signed distance to the outline in mm, positive inside."""
        return self.outline.depth(plane)

    def paint(self, plane: Plane, portal: float) -> tuple[Image, Image]:
        """HU as if the mass filled the plane, and how much of each point it fills (0 to 1)."""
        mass, depth = self.mass, self.depth(plane)
        cover = np.clip(np.float32(0.5) + depth / np.float32(mass.edge_mm), 0, 1)
        if not cover.any():
            return np.zeros_like(cover), cover
        coarse, fine = (field.on(plane) for field in self.tissue)
        hu = mass.hu + (1 - portal) * mass.arterial_hu + mass.texture_hu * (0.8 * coarse + 0.6 * fine)
        hu += self._rim(plane, depth)
        for (part, field), limit in zip(self.islands, self.limits, strict=True):
            filled = np.clip((self._score(part, field, plane, depth) - limit) / np.float32(part.soft) + 0.5, 0, 1)
            hu += filled * (part.hu + 0.3 * mass.texture_hu * fine - hu)
        return np.asarray(hu, np.float32), np.asarray(cover, np.float32)

    def lay(self, under: Image, plane: Plane, portal: float, confined: Image | None = None) -> Image:
        """Paint over `under` (HU of the plane, changed in place); how much of each point the mass fills is returned.

        `confined` is the signed distance (mm, negative inside) of what it does not grow beyond.
        """
        tissue, cover = self.paint(plane, portal)
        if confined is not None:
            cover = cover * np.clip(np.float32(0.5) - confined / np.float32(self.mass.edge_mm), 0, 1)
        under += cover * self._replaced(plane) * (tissue - under)
        return np.asarray(cover, np.float32)

    def _rim(self, plane: Plane, depth: Image) -> Image:
        rim = self.mass.rim_hu * np.exp(-np.clip(depth, 0, None) / np.float32(3.0))
        if self.mass.rim_gaps and self.patches is not None:
            rim = rim * (1 - self.mass.rim_gaps * np.clip(0.6 - 1.5 * self.patches.on(plane), 0, 1))
        return np.asarray(rim, np.float32)

    def _replaced(self, plane: Plane) -> Image | float:
        """How much of what was there gives way, where the mass fills everything."""
        mass, replaced = self.mass, np.asarray(self.mass.opacity, np.float32)
        if mass.patchy and self.patches is not None:
            replaced = replaced * np.clip(1 + mass.patchy * (1.5 * self.patches.on(plane) - 0.3), 0, 1.4)
        if self.mesh is not None:
            septa = np.minimum.reduce([np.abs(field.on(plane)) for field in self.mesh])
            lines = np.clip(1.5 - septa / np.float32(SEPTUM), 0, 1)
            replaced = replaced * (1 - mass.reticular) + mass.reticular * lines
        return np.clip(replaced, 0, 1)

    def _score(self, part: Inclusion, field: Field, plane: Plane, depth: Image) -> Image:
        if part.branching and self.course is not None:
            return np.asarray(-np.hypot(field.on(plane), self.course.on(plane)), np.float32)  # 0 on the axes
        ragged = 0.85 * field.on(plane) + 0.5 * self.ragged.on(plane)
        return np.asarray(ragged + np.float32(part.central / self.mass.reach_mm) * depth, np.float32)
