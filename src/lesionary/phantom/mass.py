"""A mass of tissue: its outline and what lies in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.canvas import Point
from lesionary.phantom.texture import Field, Image, Plane

BOUNDS_MARGIN = 1.6  # the outline never lies further out than this many radii


@dataclass(frozen=True)
class Inclusion:
    """Something in a mass that is not its solid tissue: necrosis, fat, calcification.

    It fills `share` of the volume, in islands of about `grain_mm`; `central` draws them towards the middle and
    `soft` is how gradually they pass into the tissue (0.1 sharp, 1 washed out).
    """

    share: float
    hu: float
    grain_mm: float
    central: float
    soft: float


@dataclass(frozen=True)
class Mass:
    """Traits of one mass (`masses.yaml` explains them); radii along its own axes, turned about the body axis."""

    centre_mm: Point
    radii_mm: Point
    tilt_deg: float
    lobulation: float
    roughness: float
    edge_mm: float
    hu: float
    arterial_hu: float
    texture_hu: float
    grain_mm: float
    rim_hu: float
    inclusions: tuple[Inclusion, ...]

    @property
    def reach_mm(self) -> float:
        """Geometric mean of the radii."""
        return float(np.prod(self.radii_mm) ** (1 / 3))

    @property
    def fat(self) -> float:
        """Share of the volume that is macroscopic fat (below -30 HU)."""
        return sum(part.share for part in self.inclusions if part.hu < -30)

    @property
    def necrosis(self) -> float:
        """Share of the volume that is cyst or necrosis (about the density of fluid)."""
        return sum(part.share for part in self.inclusions if 0 <= part.hu < 50)

    def radius(self, x: Image, y: Image, z: Image | float) -> Image:
        """Distance from the centre in radii: 1 on the ellipsoid. Any points in patient mm."""
        cos, sin = np.cos(np.radians(self.tilt_deg)), np.sin(np.radians(self.tilt_deg))
        dx, dy, dz = x - self.centre_mm[0], y - self.centre_mm[1], z - self.centre_mm[2]
        rx, ry, rz = self.radii_mm
        u, v, w = (dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry, dz / rz
        return np.asarray(np.sqrt(u * u + v * v + w * w), np.float32)


class MassPainter:
    """Paints one mass, plane by plane; everything random about its inside is settled here."""

    def __init__(self, mass: Mass, rng: np.random.Generator) -> None:
        self.mass = mass
        self.lobes = Field(rng, 0.45 * mass.reach_mm, 16)
        self.ripples = Field(rng, max(2.5, 0.15 * mass.reach_mm), 32)
        self.tissue = (Field(rng, mass.grain_mm, 32), Field(rng, max(2.0, mass.grain_mm / 3), 64))
        self.ragged = Field(rng, 4.0, 64)
        self.islands = [(part, Field(rng, part.grain_mm, 32)) for part in mass.inclusions]
        inside, scores = self._survey()
        self.bounds_mm = inside
        # The quantile of a survey of the whole mass gives each inclusion exactly its share.
        self.limits = [
            float(np.quantile(score, 1 - part.share)) for part, score in zip(mass.inclusions, scores, strict=True)
        ]

    def window(self, plane: Plane) -> tuple[slice, slice] | None:
        """Rows and columns of a plane that the mass can touch."""
        reach = BOUNDS_MARGIN * max(self.mass.radii_mm) + self.mass.edge_mm
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
        radius = self.mass.radius(*_points(plane))
        outline = 1 + self.mass.lobulation * self.lobes.on(plane) + self.mass.roughness * self.ripples.on(plane)
        return (np.clip(outline, 0.5, BOUNDS_MARGIN) - radius) * np.float32(self.mass.reach_mm)

    def paint(self, plane: Plane, portal: float) -> tuple[Image, Image]:
        """HU as if the mass filled the plane, and how much of each point it fills (0 to 1)."""
        mass, depth = self.mass, self.depth(plane)
        cover = np.clip(np.float32(0.5) + depth / np.float32(mass.edge_mm), 0, 1)
        if not cover.any():
            return np.zeros_like(cover), cover
        coarse, fine = (field.on(plane) for field in self.tissue)
        hu = mass.hu + (1 - portal) * mass.arterial_hu + mass.texture_hu * (0.8 * coarse + 0.6 * fine)
        hu += mass.rim_hu * np.exp(-np.clip(depth, 0, None) / np.float32(3.0))
        for (part, field), limit in zip(self.islands, self.limits, strict=True):
            filled = np.clip((self._score(part, field, plane, depth) - limit) / np.float32(part.soft) + 0.5, 0, 1)
            hu += filled * (part.hu + 0.3 * mass.texture_hu * fine - hu)
        return np.asarray(hu, np.float32), np.asarray(cover, np.float32)

    def _score(self, part: Inclusion, field: Field, plane: Plane, depth: Image) -> Image:
        ragged = 0.85 * field.on(plane) + 0.5 * self.ragged.on(plane)
        return np.asarray(ragged + np.float32(part.central / self.mass.reach_mm) * depth, np.float32)

    def _survey(self) -> tuple[tuple[Point, Point], list[Image]]:
        """Lowest and highest corner of the mass (mm), and every inclusion's score at points all over it."""
        steps = np.linspace(-BOUNDS_MARGIN, BOUNDS_MARGIN, 49) * max(self.mass.radii_mm)
        x, y, z = (steps + centre for centre in self.mass.centre_mm)
        planes = [Plane(x, y, float(height)) for height in z]
        depths = [self.depth(plane) for plane in planes]
        inside = np.stack(depths) > 0
        scores = [
            np.concatenate([self._score(part, field, p, d)[d > 0] for p, d in zip(planes, depths, strict=True)])
            for part, field in self.islands
        ]
        step = float(steps[1] - steps[0])
        where = [np.flatnonzero(inside.any(axis=axes)) for axes in ((0, 1), (0, 2), (1, 2))]
        low = tuple(float(axis[hit[0]]) - step / 2 for axis, hit in zip((x, y, z), where, strict=True))
        high = tuple(float(axis[hit[-1]]) + step / 2 for axis, hit in zip((x, y, z), where, strict=True))
        return ((low[0], low[1], low[2]), (high[0], high[1], high[2])), scores


def _points(plane: Plane) -> tuple[Image, Image, float]:
    x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
    return x, y, plane.z_mm
