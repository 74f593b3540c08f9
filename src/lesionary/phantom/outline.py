"""The outline of a mass: an ellipsoid or several that merged, waves on its surface, spicules that radiate from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.canvas import Point
from lesionary.phantom.texture import Field, Image, Plane

SURFACE = 1.6  # the waving surface never lies further out than this many radii
SPICULES = 22
SPICULE_MM = 1.5  # half width where a spicule leaves the surface; it ends in a point
Bounds = tuple[Point, Point]


@dataclass(frozen=True)
class Ball:
    """One of the bodies that a mass merged from, in the space where the whole mass has radius 1."""

    centre: Point
    radius: float


ALONE = (Ball((0.0, 0.0, 0.0), 1.0),)


@dataclass(frozen=True)
class Form:
    """Where a mass lies and its form; radii along its own axes, turned about the body axis."""

    centre_mm: Point
    radii_mm: Point
    tilt_deg: float
    lobulation: float
    """Waves of the outline, part of the radius."""
    roughness: float
    """Small ones."""
    spicules: float = 0.0
    """Their length, in radii."""
    balls: tuple[Ball, ...] = ALONE

    @property
    def reach_mm(self) -> float:
        """Geometric mean of the radii."""
        return float(np.prod(self.radii_mm) ** (1 / 3))

    @property
    def margin(self) -> float:
        """No part of the outline lies further out than this many of the longest radius."""
        return max(SURFACE, 1.1 + self.spicules)

    def axes(self, x: Image, y: Image, z: Image | float) -> tuple[Image, Image, Image]:
        """Points in patient mm along the axes of the mass, from its centre, in its radii."""
        cos, sin = np.cos(np.radians(self.tilt_deg)), np.sin(np.radians(self.tilt_deg))
        dx, dy, dz = x - self.centre_mm[0], y - self.centre_mm[1], z - self.centre_mm[2]
        rx, ry, rz = self.radii_mm
        along = (dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry, np.broadcast_to(dz / rz, np.shape(x))
        u, v, w = (np.asarray(axis, np.float32) for axis in along)
        return u, v, w

    def radius(self, x: Image, y: Image, z: Image | float) -> Image:
        """Distance from the centre in radii: 1 on the ellipsoid. Any points in patient mm."""
        u, v, w = self.axes(x, y, z)
        return np.asarray(np.sqrt(u * u + v * v + w * w), np.float32)


class Outline:
    """The surface of one form; everything random about it is settled here."""

    def __init__(self, form: Form, rng: np.random.Generator) -> None:
        self.form = form
        self.lobes = Field(rng, 0.45 * form.reach_mm, 16)
        self.ripples = Field(rng, max(2.5, 0.15 * form.reach_mm), 32)
        self.directions = _directions(rng) if form.spicules else ()

    def depth(self, plane: Plane) -> Image:
        """Signed distance to the surface in mm, positive inside."""
        form = self.form
        u, v, w = form.axes(*_points(plane))
        waves = form.lobulation * self.lobes.on(plane) + form.roughness * self.ripples.on(plane)
        surface = np.clip(1 + waves, 0.5, SURFACE)
        deep = np.maximum.reduce([_deep(ball, surface, u, v, w) for ball in form.balls])
        deep *= np.float32(form.reach_mm)
        for direction, length in self.directions:
            np.maximum(deep, self._spicule(direction, length, u, v, w), out=deep)
        return np.asarray(deep, np.float32)

    def _spicule(self, direction: Point, length: float, u: Image, v: Image, w: Image) -> Image:
        along = u * np.float32(direction[0]) + v * np.float32(direction[1]) + w * np.float32(direction[2])
        across = np.sqrt(np.maximum(u * u + v * v + w * w - along * along, 0)) * np.float32(self.form.reach_mm)
        tapering = 1 - np.clip((along - 0.9) / (0.1 + length * self.form.spicules), 0, None)
        return np.where(along > 0, SPICULE_MM * tapering - across, np.float32(-99))

    def survey(self, points: int = 49) -> list[Plane]:
        """Planes of points all over the mass."""
        steps = np.linspace(-self.form.margin, self.form.margin, points) * max(self.form.radii_mm)
        x, y, z = (steps + centre for centre in self.form.centre_mm)
        return [Plane(x, y, float(height)) for height in z]


def bounds_of(planes: list[Plane], depths: list[Image]) -> Bounds:
    """Lowest and highest corner (mm) of what lies deeper than 0 on planes of equal columns and rows."""
    inside = np.stack(depths) > 0
    x, y, z = planes[0].x_mm, planes[0].y_mm, np.array([plane.z_mm for plane in planes])
    step = float(x[1] - x[0])
    where = [np.flatnonzero(inside.any(axis=axes)) for axes in ((0, 1), (0, 2), (1, 2))]
    low = tuple(float(axis[hit[0]]) - step / 2 for axis, hit in zip((x, y, z), where, strict=True))
    high = tuple(float(axis[hit[-1]]) + step / 2 for axis, hit in zip((x, y, z), where, strict=True))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def merged(count: int, rng: np.random.Generator) -> tuple[Ball, ...]:
    """`count` bodies of similar size, each grown into one of the others; together they have radius 1."""
    centres, radii = [np.zeros(3)], [1.0]
    while len(centres) < count:
        other, radius = int(rng.integers(len(centres))), float(rng.uniform(0.65, 1.1))
        away = rng.standard_normal(3) * (1, 1, 0.6)
        centre = centres[other] + away / np.linalg.norm(away) * (radius + radii[other]) * rng.uniform(0.7, 0.85)
        if all(np.linalg.norm(centre - each) > 0.6 * (radius + its) for each, its in zip(centres, radii, strict=True)):
            centres.append(centre)
            radii.append(radius)
    middle = np.mean(centres, axis=0)
    whole = max(float(np.linalg.norm(c - middle)) + r for c, r in zip(centres, radii, strict=True))
    places = [(c - middle) / whole for c in centres]
    return tuple(Ball((float(x), float(y), float(z)), r / whole) for (x, y, z), r in zip(places, radii, strict=True))


def _deep(ball: Ball, surface: Image, u: Image, v: Image, w: Image) -> Image:
    x, y, z = (np.float32(part) for part in ball.centre)
    away = np.sqrt((u - x) ** 2 + (v - y) ** 2 + (w - z) ** 2)
    return np.asarray(surface * np.float32(ball.radius) - away, np.float32)


def _directions(rng: np.random.Generator) -> tuple[tuple[Point, float], ...]:
    """Directions of the spicules, most of them near the axial plane, and their share of the full length."""
    around = (np.arange(SPICULES) + rng.uniform(-0.4, 0.4, SPICULES)) * 2 * np.pi / SPICULES
    up, lengths = rng.uniform(-0.4, 0.4, SPICULES), rng.uniform(0.4, 1.0, SPICULES)
    flat = np.sqrt(1 - up**2)
    return tuple(
        ((float(f * np.cos(a)), float(f * np.sin(a)), float(z)), float(length))
        for a, z, f, length in zip(around, up, flat, lengths, strict=True)
    )


def _points(plane: Plane) -> tuple[Image, Image, float]:
    x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
    return x, y, plane.z_mm
