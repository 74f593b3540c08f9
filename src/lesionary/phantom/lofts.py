"""Shapes that change along the body: limbs and trunk, vessels that taper, blades of bone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from lesionary.phantom.canvas import Heights, Shape, to_piece, turned
from lesionary.phantom.texture import Image

Station = tuple[float, ...]
Joint = tuple[float, float, float, float]
"""x, y, z and radius of a vessel in mm."""
FAR_MM = 40.0  # a piece of vessel so far above or below a plane is not looked at


def at_height(z: Image, stations: tuple[Station, ...]) -> list[Image]:
    """Every column of a table of stations (height first, ascending) at the heights `z`.

    >>> [float(v) for v in at_height(np.array(5.0), ((0, 1, 10), (10, 3, 10)))]
    [2.0, 10.0]
    """
    table = np.asarray(stations)
    return [np.interp(z, table[:, 0], column).astype(np.float32) for column in table.T[1:]]


def mirrored(side: float, stations: tuple[Station, ...], columns: tuple[int, ...] = (1,)) -> tuple[Station, ...]:
    """Stations of the left (`side` 1) as they lie on the right (`side` -1): x, in `columns`, changes its sign."""
    return tuple(tuple(side * v if i in columns else v for i, v in enumerate(row)) for row in stations)


def roundish(u: Image, v: Image, rx: Image | float, ry: Image | float, square: Image | float = 0.0) -> Image:
    """First-order distance to the curve u^2 + v^2 - square u^2 v^2 = 1, where u, v are x / rx and y / ry.

    It is an ellipse for `square` 0 and the rectangle around it for 1 (Fernandez-Guasti's squircle).
    """
    uu, vv = u * u, v * v
    if isinstance(square, float | int) and square == 0:
        level = np.sqrt(uu + vv)
        slope = uu * (1 / np.square(rx)) + vv * (1 / np.square(ry))
    else:
        np.minimum(uu, np.float32(3.0), out=uu)  # further out the curve comes back
        np.minimum(vv, np.float32(3.0), out=vv)
        level = np.sqrt(uu + vv - square * uu * vv)
        slope = uu * np.square((1 - square * vv) / rx) + vv * np.square((1 - square * uu) / ry)
    return np.asarray(level * (level - 1) / np.sqrt(slope + np.float32(1e-9)), np.float32)


@dataclass(frozen=True)
class Loft:
    """Ellipses stacked along the body: stations of height, centre x and y, half axes x and y (mm), from below."""

    stations: tuple[Station, ...]
    tilt_deg: float = 0.0
    square: float = 0.0

    @property
    def z_mm(self) -> Heights:
        """Lowest and highest point."""
        return self.stations[0][0], self.stations[-1][0]

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        cx, cy, rx, ry = at_height(z, self.stations)
        u, v = turned(x - cx, y - cy, self.tilt_deg)
        across = roundish(u / rx, v / ry, rx, ry, self.square)
        low, high = self.z_mm
        return np.asarray(np.maximum(across, np.maximum(low - z, z - high)), np.float32)


@dataclass(frozen=True)
class Vessel:
    """A round tube along straight pieces whose radius changes: (x, y, z, radius) of each joint, in mm."""

    joints: tuple[Joint, ...]

    @property
    def z_mm(self) -> Heights:
        """Lowest and highest point."""
        return min(z - r for _, _, z, r in self.joints), max(z + r for _, _, z, r in self.joints)

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside; no more than a lower bound beyond `FAR_MM`."""
        low, high = float(z.min()) - FAR_MM, float(z.max()) + FAR_MM
        near = [
            (start, end)
            for start, end in zip(self.joints[:-1], self.joints[1:], strict=True)
            if min(start[2], end[2]) - max(start[3], end[3]) < high
            and max(start[2], end[2]) + max(start[3], end[3]) > low
        ]
        if not near:
            return np.full(np.broadcast_shapes(x.shape, z.shape), FAR_MM, np.float32)
        return np.asarray(reduce(np.minimum, (self._piece((x, y, z), *piece) for piece in near)), np.float32)

    @staticmethod
    def _piece(at: tuple[Image, Image, Image], start: Station, end: Station) -> Image:
        square, share = to_piece(at, (start[0], start[1], start[2]), (end[0], end[1], end[2]))
        return np.asarray(np.sqrt(square) - (np.float32(start[3]) + share * np.float32(end[3] - start[3])), np.float32)


@dataclass(frozen=True)
class Blade:
    """A plate whose section is a straight line: stations of height, start x and y, end x and y, half thickness."""

    stations: tuple[Station, ...]

    @property
    def z_mm(self) -> Heights:
        """Lowest and highest point."""
        return self.stations[0][0], self.stations[-1][0]

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        x0, y0, x1, y1, half = at_height(z, self.stations)
        dx, dy = x1 - x0, y1 - y0
        share = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        across = np.hypot(x - x0 - share * dx, y - y0 - share * dy) - half
        low, high = self.z_mm
        return np.asarray(np.maximum(across, np.maximum(low - z, z - high)), np.float32)


@dataclass(frozen=True)
class Bent:
    """A shape drawn about an axis that bends forward and back: `axis` holds stations of height and y (mm)."""

    shape: Shape
    axis: tuple[Station, ...]
    z_mm: Heights

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative inside."""
        return self.shape(x, y - at_height(z, self.axis)[0], z)


def scaled(stations: tuple[Station, ...], scale: tuple[float, float]) -> tuple[Station, ...]:
    """Stations of height, x, y, and lengths along x and y, in the millimetres of a body `scale` as wide and deep."""
    factors = (1.0, scale[0], scale[1], scale[0], scale[1])
    return tuple(tuple(v * f for v, f in zip(row, factors, strict=True)) for row in stations)


def vessel(*joints: Joint, scale: tuple[float, float] = (1.0, 1.0), side: float = 1.0) -> Vessel:
    """A vessel whose joints, not its radius, are scaled to a body; `side` -1 mirrors it."""
    return Vessel(tuple((side * x * scale[0], y * scale[1], z, r) for x, y, z, r in joints))
