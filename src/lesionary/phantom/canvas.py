"""Painting shapes onto a plane with soft edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from lesionary.phantom.texture import Image

Point = tuple[float, float, float]
Shape = Callable[[Image, Image, Image], Image]
"""Signed distance in mm, negative inside, of the points x, y, z (arrays that broadcast).

A shape that ends along the body says so in `z_mm`, and planes it cannot touch do not look at it (`heights`).
"""

Heights = tuple[float, float]
ANYWHERE: Heights = -np.inf, np.inf
ENDLESS = 2000.0  # mm; a half axis from which on an ellipsoid counts as a cylinder along the body
Density = float | NDArray[np.floating]
Window = tuple[slice, slice]
Pixels = tuple[NDArray[np.intp], ...]
EVERYWHERE = slice(None), slice(None)
SOFT_MM = 1.2
STRIDE = 8  # pixels between the points that decide where a shape is worth evaluating
REACH_MM = 14.0  # a shape further than this from all of them cannot touch the pixels between (250 mm / 256 * 8 * 1.5)


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid, turned by `tilt_deg` about the body axis (positive: from patient left towards posterior)."""

    centre_mm: Point
    radii_mm: Point
    tilt_deg: float = 0.0

    @property
    def z_mm(self) -> Heights:
        """Lowest and highest point."""
        return self.centre_mm[2] - self.radii_mm[2], self.centre_mm[2] + self.radii_mm[2]

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        u, v = turned(x - np.float32(self.centre_mm[0]), y - np.float32(self.centre_mm[1]), self.tilt_deg)
        rx, ry, rz = self.radii_mm
        square = np.square(u * np.float32(1 / rx))
        slope = square * np.float32(1 / rx**2)
        part = np.square(v * np.float32(1 / ry))
        square += part
        slope += part * np.float32(1 / ry**2)
        if rz < ENDLESS:
            part = np.square((z - np.float32(self.centre_mm[2])) * np.float32(1 / rz))
            square += part
            slope += part * np.float32(1 / rz**2)
        slope += np.float32(1e-12)
        # First-order distance to the surface: the implicit function over its gradient.
        return np.asarray((square - np.sqrt(square)) / np.sqrt(slope), np.float32)


@dataclass(frozen=True)
class Tube:
    """A round tube along straight pieces from point to point."""

    points_mm: tuple[Point, ...]
    radius_mm: float

    @property
    def z_mm(self) -> Heights:
        """Lowest and highest point."""
        heights = [z for _, _, z in self.points_mm]
        return min(heights) - self.radius_mm, max(heights) + self.radius_mm

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        pieces = zip(self.points_mm[:-1], self.points_mm[1:], strict=True)
        nearest = reduce(np.minimum, (to_piece((x, y, z), start, end)[0] for start, end in pieces))
        return np.asarray(np.sqrt(nearest) - self.radius_mm, np.float32)


@dataclass(frozen=True)
class Sheet:
    """An upright sheet over a straight line in the axial plane: a limb of the adrenal, a crus of the diaphragm."""

    start_mm: tuple[float, float]
    end_mm: tuple[float, float]
    half_thickness_mm: float
    z_mm: tuple[float, float]

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        start, end = (*self.start_mm, 0.0), (*self.end_mm, 0.0)
        across = np.sqrt(to_piece((x, y, np.zeros_like(z)), start, end)[0]) - self.half_thickness_mm
        return np.asarray(np.maximum(across, np.maximum(self.z_mm[0] - z, z - self.z_mm[1])), np.float32)


@dataclass(frozen=True)
class Made:
    """A shape made of others."""

    distance: Shape
    z_mm: Heights

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        return self.distance(x, y, z)


def heights(shape: Shape) -> Heights:
    """Lowest and highest body height that a shape reaches.

    >>> heights(grown(common(Ellipsoid((0, 0, 10), (5, 5, 5)), outside(Ellipsoid((0, 0, 0), (9, 9, 9)))), 1.0))
    (4.0, 16.0)
    """
    low, high = getattr(shape, "z_mm", ANYWHERE)
    return float(low), float(high)


def grown(shape: Shape, mm: float) -> Shape:
    """`shape` with its surface moved outwards (inwards if negative)."""
    low, high = heights(shape)
    return Made(lambda x, y, z: shape(x, y, z) - np.float32(mm), (low - mm, high + mm))


def outside(shape: Shape) -> Shape:
    """Everything but `shape`."""
    return lambda x, y, z: -shape(x, y, z)


def union(*shapes: Shape) -> Shape:
    """What lies in any of `shapes`."""
    reach = [heights(shape) for shape in shapes]

    def nearest(x: Image, y: Image, z: Image) -> Image:
        """Parts that end well below or above are left out."""
        low, high = float(z.min()) - REACH_MM, float(z.max()) + REACH_MM
        near = [shape for shape, (bottom, top) in zip(shapes, reach, strict=True) if bottom < high and top > low]
        if not near:
            return np.full(np.broadcast_shapes(x.shape, z.shape), REACH_MM, np.float32)
        return reduce(np.minimum, (each(x, y, z) for each in near))

    return Made(nearest, (min(low for low, _ in reach), max(high for _, high in reach)))


def common(*shapes: Shape) -> Shape:
    """What lies in all of `shapes`."""
    low, high = zip(*map(heights, shapes), strict=True)
    return Made(lambda x, y, z: reduce(np.maximum, (each(x, y, z) for each in shapes)), (max(low), min(high)))


def between(low_mm: float, high_mm: float) -> Shape:
    """What lies between two body heights."""
    middle, half = np.float32((low_mm + high_mm) / 2), np.float32((high_mm - low_mm) / 2)
    return Made(lambda x, y, z: np.abs(z - middle) - half, (low_mm, high_mm))


def beyond(side: float, x_mm: float) -> Shape:
    """What lies beyond a sagittal plane: to the patient's left of it if `side` is positive."""
    return lambda x, y, z: np.float32(side) * (np.float32(x_mm) - x)


def in_front_of(y_mm: float) -> Shape:
    """What lies in front of a coronal plane."""
    return lambda x, y, z: y - np.float32(y_mm)


def turned(x: Image, y: Image, deg: float) -> tuple[Image, Image]:
    """Coordinates along axes that are turned from x towards y."""
    if not deg:
        return x, y
    cos, sin = np.float32(np.cos(np.radians(deg))), np.float32(np.sin(np.radians(deg)))
    return x * cos + y * sin, y * cos - x * sin


def to_piece(at: tuple[Image, Image, Image], start: Point, end: Point) -> tuple[Image, Image]:
    """Squared distance of points to the straight piece from `start` to `end`, and how far along it (0 to 1)."""
    along = np.subtract(end, start).astype(np.float32)
    dx, dy, dz = (v - np.float32(s) for v, s in zip(at, start, strict=True))
    share = dx * along[0] + dy * along[1] + dz * along[2]
    share /= along @ along
    clamp(share)
    dx, dy, dz = dx - share * along[0], dy - share * along[1], dz - share * along[2]
    dx *= dx
    dx += dy * dy
    dx += dz * dz
    return np.asarray(dx, np.float32), np.asarray(share, np.float32)


def clamp(share: Image) -> None:
    """Cut `share` off at 0 and 1, in place; most arrays are so small that np.clip's preparation would cost more."""
    np.maximum(share, np.float32(0), out=share)
    np.minimum(share, np.float32(1), out=share)


@dataclass
class Canvas:
    """HU of a plane under construction, and the body coordinates (mm) at which shapes see each of its pixels.

    Where the plane is level in them, `z` is a single number (shape (1, 1)), which makes most shapes much cheaper.
    `lesions` is the share of each pixel that each lesion fills (0 to 1), shape (lesions, rows, columns); whatever is
    painted over a lesion takes it away.
    """

    hu: Image
    lesions: Image
    x: Image
    y: Image
    z: Image

    def __post_init__(self) -> None:
        self.lowest_mm, self.highest_mm = float(self.z.min()), float(self.z.max())

    def paint(self, shape: Shape, hu: Density, *inner: tuple[float, Density]) -> None:
        """Replace what lies inside `shape` by `hu`, then by each of `inner` what lies deeper than its depth in mm."""
        window = self.window(shape)
        if window is None:
            return
        distance = shape(*self.at(window))
        for depth_mm, density in ((0.0, hu), *inner):
            self.blend(distance + np.float32(depth_mm), density, window)

    def at(self, window: Window = EVERYWHERE) -> tuple[Image, Image, Image]:
        """The coordinates of the pixels of a window."""
        return self.x[window], self.y[window], self.z if self.z.size == 1 else self.z[window]

    def box(self, half_x_mm: float, y_mm: tuple[float, float]) -> Window | None:
        """The window of all pixels within |x| and between two y, as this canvas sees them; None if there is none."""
        y = self.y[:, ::STRIDE]
        columns = np.flatnonzero((np.abs(self.x[::STRIDE]) < half_x_mm).any(axis=0))
        rows = np.flatnonzero(((y > y_mm[0]) & (y < y_mm[1])).any(axis=1))
        if not len(rows) or not len(columns):
            return None
        return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)

    def cropped(self, window: Window) -> Canvas:
        """A window as a canvas: what is painted on it is painted on this one."""
        x, y, z = self.at(window)
        return Canvas(self.hu[window], self.lesions[(slice(None), *window)], x, y, z)

    def blend(self, distance: Image, hu: Density, window: Window | Pixels = EVERYWHERE) -> None:
        """Replace what has a negative `distance` (mm) by `hu` (of the window or the plane); the edge fades."""
        cover = np.float32(0.5) - distance * np.float32(1 / SOFT_MM)
        clamp(cover)
        value = hu if isinstance(hu, float | int) or hu.shape == cover.shape else hu[window]
        self.hu[window] += cover * (value - self.hu[window])
        for lesion in self.lesions:
            if (here := lesion[window]).any():  # few lesions reach into a window
                lesion[window] = here * (1 - cover)

    def window(self, shape: Shape) -> Window | None:
        """The rectangle of pixels that `shape` can touch: most organs fill a small part of a plane."""
        low, high = heights(shape)
        if self.highest_mm < low - SOFT_MM or self.lowest_mm > high + SOFT_MM:
            return None
        coarse = self.at((slice(None, None, STRIDE), slice(None, None, STRIDE)))
        near = np.broadcast_to(shape(*coarse) < REACH_MM, coarse[0].shape)
        rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        if not len(rows):
            return None
        return _span(rows), _span(columns)


def _span(where: np.ndarray[tuple[int], np.dtype[np.intp]]) -> slice:
    return slice(max(0, int(where[0] - 1) * STRIDE), int(where[-1] + 2) * STRIDE)
