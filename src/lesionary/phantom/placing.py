"""Where in a body there is room for a lesion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.canvas import Canvas, Point
from lesionary.phantom.catalogue import Site
from lesionary.phantom.lesion import Lesion, Shaped
from lesionary.phantom.places import Place
from lesionary.phantom.regions import Region, region
from lesionary.phantom.texture import Image, Plane

TRIES = 8
STEP_MM = 2.0  # between the points looked at
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


@dataclass(frozen=True)
class Room:
    """Where a lesion fits."""

    centre_mm: Point
    over: bool
    """Whether it is painted over the frame."""


def find_room(
    lesion: Shaped,
    place: Place,
    anatomy: Anatomy,
    slab: Slab,
    others: Sequence[Lesion],
    rng: np.random.Generator,
    sites: Sequence[Site] = (),
) -> Room | None:
    """Room for `lesion` in `place` and at `sites`, inside `slab` and clear of `others`; None if none was found."""
    where = region(anatomy, place)
    if where is None:
        return None
    reach = lesion.radii_mm[2]
    low = max(slab.low_mm + reach, where.z_mm[0])
    high = min(slab.high_mm - reach, where.z_mm[1])
    if low > high:
        return None
    for _ in range(TRIES):
        height = float(rng.uniform(low, high))
        if reach < slab.thickness_mm:  # between two slices it would be lost
            height = slab.low_mm + round((height - slab.low_mm) / slab.thickness_mm) * slab.thickness_mm
        view = _View(anatomy, _points(slab, height))
        free = _inside(slab, view.plane, lesion.radius_mm) & _clear(others, view.plane, lesion.radius_mm)
        free &= view.deep_in(where, lesion)
        for site in sites:
            free &= view.at(site, place, lesion.radius_mm)
        off_frame = _off_frame(anatomy, view.plane, free, lesion.radius_mm)
        hidden = where.fixed & (off_frame <= 0)  # in muscle, bone or wall, where their own lesions lie
        if not lesion.kind.over:  # no more than a part of it may be painted over
            free &= (off_frame >= lesion.kind.clear * lesion.radius_mm) | (hidden & where.along)
        rows, columns = np.nonzero(free)
        if len(rows):
            chosen = int(rng.integers(len(rows)))
            row, column = rows[chosen], columns[chosen]
            centre = float(view.plane.x_mm[column]), float(view.plane.y_mm[row]), height
            return Room(centre, lesion.kind.over or bool(hidden[row, column]))
    return None


class _View:
    """A plane of points, as the organs see it and as the frame does."""

    def __init__(self, anatomy: Anatomy, plane: Plane) -> None:
        self.anatomy, self.plane = anatomy, plane

    @cached_property
    def organs(self) -> Canvas:
        """In the coordinates of what gives way."""
        return self.anatomy.canvas(self.plane, _blank(self.plane).hu)

    @cached_property
    def fixed(self) -> Canvas:
        """In those of what does not."""
        return self.anatomy.fixed(_blank(self.plane), self.plane)

    def deep_in(self, where: Region, lesion: Shaped) -> NDArray[np.bool_]:
        """Points as deep in a region as the lesion lies; anywhere in one that is a line or a sheet."""
        deep, (low, high) = -self.seen(where), lesion.depth
        inside = deep >= 0 if where.along else (deep >= low * lesion.radius_mm) & (deep <= high * lesion.radius_mm)
        return np.asarray(inside)

    def at(self, site: Site, place: Place, radius_mm: float) -> NDArray[np.bool_]:
        """Points at which the edge of a lesion is near enough to one of the places of `site` that is not its own."""
        near = np.zeros((len(self.plane.y_mm), len(self.plane.x_mm)), bool)
        for other in site.of:
            where = region(self.anatomy, other) if other is not place else None
            if where is not None and where.z_mm[0] <= self.plane.z_mm <= where.z_mm[1]:
                near |= self.seen(where) <= radius_mm + site.within_mm
        return near

    def seen(self, where: Region) -> Image:
        """Signed distance to a region in mm, negative inside."""
        canvas = self.fixed if where.fixed else self.organs
        return np.broadcast_to(where.shape(*canvas.at()), canvas.x.shape)


def _off_frame(anatomy: Anatomy, plane: Plane, wanted: NDArray[np.bool_], radius_mm: float) -> Image:
    """How far points lie from what is painted over a lesion (mm), negative inside of that; only near those `wanted`."""
    distance = np.zeros(wanted.shape, np.float32)
    rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
    if not len(rows):
        return distance
    around = int(np.ceil(radius_mm / STEP_MM)) + 1
    part = slice(max(0, rows[0] - around), rows[-1] + around), slice(max(0, columns[0] - around), columns[-1] + around)
    seen = Plane(plane.x_mm[part[1]], plane.y_mm[part[0]], plane.z_mm)
    canvas = _blank(seen)
    anatomy.frame(canvas, seen, 1.0)  # takes away whatever it is painted over
    free = canvas.lesions[0] > 0.5
    distance[part] = STEP_MM * (distance_transform_edt(free) - distance_transform_edt(~free))
    return distance


def _blank(plane: Plane) -> Canvas:
    """A canvas full of one lesion, which has no coordinates yet."""
    nothing = np.zeros((len(plane.y_mm), len(plane.x_mm)), np.float32)
    return Canvas(nothing, np.ones((1, *nothing.shape), np.float32), nothing, nothing, nothing[:1, :1])


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
