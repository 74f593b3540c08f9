"""Planes of numbers that pictures without outlines are made of: smooth noise, blobs, mosaics, light on a relief."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.spatial import KDTree

Plane = NDArray[np.float64]
"""Shape (rows, columns)."""
Colours = NDArray[np.float64]
"""Shape (rows, columns, 3), 0 to 255."""
Shape = tuple[int, int]
Colour = Sequence[float]


def cloud(shape: Shape, grain_px: float, rng: np.random.Generator) -> Plane:
    """Noise of mean 0 and standard deviation 1, smooth over `grain_px`."""
    noise = rng.standard_normal(shape)
    if grain_px > 0:
        noise = gaussian_filter(noise, grain_px, mode="wrap")
    return np.asarray((noise - noise.mean()) / (noise.std() + 1e-9), np.float64)


def smooth(plane: Plane, grain_px: float) -> Plane:
    """A plane out of focus."""
    return np.asarray(gaussian_filter(plane, grain_px), np.float64)


def places(shape: Shape) -> tuple[Plane, Plane]:
    """Row and column of every pixel, each -1 at one edge and 1 at the other."""
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    return rows, columns


def blob(
    shape: Shape,
    centre: tuple[float, float],
    radii: tuple[float, float],
    rng: np.random.Generator,
    wobble: float = 0.1,
    turn: float = 0.0,
    edge_px: float = 0.7,
) -> Plane:
    """1 inside an ellipse (row, column; pixels; `turn` in radians) whose outline wobbles by a share of its radius."""
    harmonics = [(order, wobble * rng.normal() / order, rng.uniform(0, 2 * np.pi)) for order in range(2, 6)]
    reach = max(radii) * (1 + sum(abs(size) for _, size, _ in harmonics)) + edge_px + 1  # nothing lies further out
    top, left = (int(np.clip(at - reach, 0, side)) for at, side in zip(centre, shape, strict=True))
    bottom, right = (int(np.clip(at + reach + 2, 0, side)) for at, side in zip(centre, shape, strict=True))
    rows, columns = np.ogrid[top:bottom, left:right]
    y, x = rows - centre[0], columns - centre[1]
    v, u = (y * np.cos(turn) - x * np.sin(turn)) / radii[0], (y * np.sin(turn) + x * np.cos(turn)) / radii[1]
    radius = np.hypot(u, v)
    if wobble > 0:
        angle = np.arctan2(v, u)
        limit = 1 + sum(size * np.cos(order * angle + phase) for order, size, phase in harmonics)
        radius = radius / np.maximum(limit, 0.2)
    whole = np.zeros(shape)
    whole[top:bottom, left:right] = sharp((1 - radius) * min(radii), edge_px)
    return whole


def sharp(depth: Plane, edge_px: float) -> Plane:
    """1 where `depth` is positive, 0 where it is negative, and a slope in between."""
    return np.clip(0.5 + depth / (2 * edge_px), 0.0, 1.0)


def mosaic(shape: Shape, seeds: NDArray[np.float64], neighbours: int = 2) -> tuple[Plane, NDArray[np.intp]]:
    """Distances of every pixel to its nearest seeds (row, column), and which: shape (rows, columns, neighbours)."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    distance, index = KDTree(seeds).query(np.stack([rows, columns], axis=-1), k=neighbours)
    return np.asarray(distance, np.float64), np.asarray(index, np.intp)


def spread_out(shape: Shape, gap_px: float, rng: np.random.Generator, jitter: float = 0.35) -> NDArray[np.float64]:
    """Points on an uneven lattice about `gap_px` apart: rows of (row, column)."""
    rows, columns = np.mgrid[0 : shape[0] + gap_px : gap_px, 0 : shape[1] + gap_px : gap_px]
    points = np.stack([rows.ravel(), columns.ravel()], axis=-1)
    return np.asarray(points + rng.normal(scale=jitter * gap_px, size=points.shape), np.float64)


def plain(shape: Shape, colour: Colour) -> Colours:
    """One colour."""
    return np.broadcast_to(np.asarray(colour, np.float64), (*shape, 3)).copy()


def over(ground: Colours, colour: Colour | Colours, mask: Plane) -> Colours:
    """`ground` with a colour laid over it as far as `mask`, 0 to 1, lets it."""
    return np.asarray(ground + (np.asarray(colour, np.float64) - ground) * mask[..., None], np.float64)


def ramp(plane: Plane, stops: Sequence[Colour]) -> Colours:
    """Colours that go evenly from the first stop at 0 to the last at 1."""
    at = np.linspace(0.0, 1.0, len(stops))
    channels = np.asarray(stops, np.float64).T
    return np.stack([np.interp(np.clip(plane, 0, 1), at, channel) for channel in channels], axis=-1)


def lit(height: Plane, rng: np.random.Generator, relief: float = 1.0) -> tuple[Plane, Plane]:
    """Light that a relief (height in pixels) throws back, 0 to 1: matt and mirrored."""
    slope_y, slope_x = np.gradient(height * relief)
    upward = 1 / np.sqrt(1 + slope_x**2 + slope_y**2)
    turn = rng.uniform(-2.4, -0.7)  # from above, as editors of journals like it
    y, x, z = 0.6 * np.sin(turn), 0.6 * np.cos(turn), 0.8
    matt = np.clip((-slope_x * x - slope_y * y + z) * upward, 0, 1)
    return matt, np.clip(2 * matt * upward - z, 0, 1) ** 12


def grey_image(plane: Plane) -> Image.Image:
    """A grey image of 0 to 255."""
    return Image.fromarray(np.rint(np.clip(plane, 0, 255)).astype(np.uint8), "L")


def colour_image(colours: Colours) -> Image.Image:
    """A colour image of 0 to 255."""
    return Image.fromarray(np.rint(np.clip(colours, 0, 255)).astype(np.uint8), "RGB")
