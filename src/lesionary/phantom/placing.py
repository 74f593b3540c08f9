"""Where in a body there is room for a lesion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.canvas import Canvas, Point, Shape, union
from lesionary.phantom.lesion import Lesion, Shaped
from lesionary.phantom.places import Place
from lesionary.phantom.regions import region
from lesionary.phantom.texture import Image, Plane

TRIES = 10
STEP_MM = 3.0  # between the points looked at
APART_MM = 6.0  # between two lesions
WITHIN_MM = 8.0  # between a lesion and the edge of the image


@dataclass(frozen=True)
class Slab:
    """What is scanned: a cylinder along the body, from the middle of its lowest slice to that of its highest."""

    centre_mm: tuple[float, float]
    radius_mm: float
    low_mm: float
    high_mm: float
    thickness_mm: float


def find_room(
    lesion: Shaped, place: Place, anatomy: Anatomy, slab: Slab, others: Sequence[Lesion], rng: np.random.Generator
) -> Point | None:
    """A centre for `lesion` in `place`, inside `slab` and clear of `others`; None if none was found."""
    reach = lesion.radii_mm[2]
    low, high = slab.low_mm + reach, slab.high_mm - reach
    for _ in range(TRIES):
        height = float(rng.uniform(low, high)) if low < high else (low + high) / 2
        if reach < slab.thickness_mm:  # between two slices it would be lost
            height = slab.low_mm + round((height - slab.low_mm) / slab.thickness_mm) * slab.thickness_mm
        plane = _points(slab, height)
        free = _inside(slab, plane, lesion.radius_mm) & _clear(others, plane, lesion.radius_mm)
        free &= _fits(anatomy, place, plane, lesion.radius_mm, lesion.depth)
        rows, columns = np.nonzero(free)
        if len(rows):
            chosen = int(rng.integers(len(rows)))
            return float(plane.x_mm[columns[chosen]]), float(plane.y_mm[rows[chosen]]), height
    return None


def _points(slab: Slab, height: float) -> Plane:
    steps = np.arange(-slab.radius_mm, slab.radius_mm, STEP_MM)
    return Plane(steps + slab.centre_mm[0], steps + slab.centre_mm[1], height)


def _inside(slab: Slab, plane: Plane, radius_mm: float) -> NDArray[np.bool_]:
    x, y = plane.x_mm - slab.centre_mm[0], plane.y_mm - slab.centre_mm[1]
    return np.asarray(np.hypot(x[None], y[:, None]) <= slab.radius_mm - radius_mm - WITHIN_MM)


def _clear(others: Sequence[Lesion], plane: Plane, radius_mm: float) -> NDArray[np.bool_]:
    clear = np.ones((len(plane.y_mm), len(plane.x_mm)), bool)
    for other in others:
        x, y, z = other.mass.centre_mm
        gap = np.sqrt((plane.x_mm[None] - x) ** 2 + (plane.y_mm[:, None] - y) ** 2 + (plane.z_mm - z) ** 2)
        clear &= gap > max(other.mass.radii_mm) + radius_mm + APART_MM
    return clear


def _fits(
    anatomy: Anatomy, place: Place, plane: Plane, radius_mm: float, depth: tuple[float, float]
) -> NDArray[np.bool_]:
    """Points that lie `depth` radii deep in `place`, and where no more than a rim would be painted over."""
    canvas = anatomy.canvas(plane, np.zeros((len(plane.y_mm), len(plane.x_mm)), np.float32))
    fixed = anatomy.fixed(canvas, plane)
    where = region(anatomy, place)
    if where is None or not where.z_mm[0] <= plane.z_mm <= where.z_mm[1]:
        return np.zeros(canvas.x.shape, bool)
    deep = -_seen_by(where.shape, fixed if where.fixed else canvas)
    fits = deep >= 0 if where.along else (deep >= depth[0] * radius_mm) & (deep <= depth[1] * radius_mm)
    if where.along or not where.fixed:
        wall = np.float32(anatomy.body.fat_mm + anatomy.body.wall_mm)
        fits &= -_seen_by(anatomy.frame_shapes.skin, fixed) > wall + 0.7 * radius_mm
        fits &= _seen_by(anatomy.frame_shapes.column, fixed) > 0.6 * radius_mm
    if where.along:  # nodes lie beside vessels, not in them
        fits &= _seen_by(anatomy.layout.ivc, canvas) > 0.6 * radius_mm
        fits &= _seen_by(anatomy.frame_shapes.aorta, fixed) > 0.7 * radius_mm
    elif not where.fixed or place is Place.RIB:  # muscles are painted over organs and ribs
        fits &= _seen_by(union(*anatomy.frame_shapes.muscles), fixed) > 0.7 * radius_mm
    return np.asarray(fits)


def _seen_by(shape: Shape, canvas: Canvas) -> Image:
    return shape(canvas.x, canvas.y, canvas.z)
