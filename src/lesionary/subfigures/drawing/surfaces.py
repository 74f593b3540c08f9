"""Shaded surfaces computed from volumes (D3DR)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.fields import (
    Colours,
    Plane,
    Shape,
    cloud,
    colour_image,
    lit,
    over,
    plain,
    sharp,
    smooth,
)

BONE = ((238, 226, 196), (225, 205, 165), (240, 236, 225))
ORGANS = ((190, 60, 50), (200, 150, 60), (80, 150, 90), (90, 120, 200), (220, 160, 150), (170, 90, 160), (60, 180, 190))
GROUNDS = ((0, 0, 0), (0, 0, 0), (255, 255, 255), (60, 60, 110), (200, 205, 215))


def paint_rendering(rng: np.random.Generator) -> Image.Image:
    """A skull, a spine, vessels, organs in colours, or a folded molecule, lit from one side."""
    shape = format_px(rng, (85, 120), (0.8, 1.3))
    colours = plain(shape, one_of(rng, GROUNDS))
    for depth, colour in one_of(rng, (_skull, _spine, _vessels, _organs, _organs, _ribbon))(shape, rng):
        colours = _shaded(colours, depth, colour, rng)
    return colour_image(colours)


Bodies = list[tuple[Plane, tuple[float, ...]]]
"""Depth maps (pixels towards the viewer; NaN where there is nothing) with their colours, the hindmost first."""


def _shaded(ground: Colours, depth: Plane, colour: tuple[float, ...], rng: np.random.Generator) -> Colours:
    """A body over what lies behind it."""
    inside = np.isfinite(depth)
    if not inside.any():
        return ground
    relief = np.where(inside, depth, depth[inside].min() - 3)
    fixed = np.random.default_rng(int(rng.integers(4)))  # few lamps, so that bodies of an image are lit alike
    matt, mirrored = lit(smooth(relief, 0.7), fixed)
    light = 0.22 + 0.85 * matt
    body = light[..., None] * np.asarray(colour) + 120 * mirrored[..., None]
    return over(ground, np.clip(body, 0, 255), smooth(inside.astype(np.float64), 0.5))


def _balls(shape: Shape, points: np.ndarray, radii: np.ndarray) -> Plane:
    """The front of a union of balls at (row, column, depth)."""
    front = np.full(shape, -np.inf)
    for (row, column, depth), radius in zip(points, radii, strict=True):
        top, left = max(int(row - radius), 0), max(int(column - radius), 0)
        bottom, right = int(row + radius) + 2, int(column + radius) + 2
        window = front[top:bottom, left:right]
        if window.size:
            y, x = np.ogrid[top : top + window.shape[0], left : left + window.shape[1]]
            under = radius**2 - (y - row) ** 2 - (x - column) ** 2
            np.maximum(window, np.where(under > 0, depth + np.sqrt(np.maximum(under, 0)), -np.inf), out=window)
    return np.where(np.isfinite(front), front, np.nan)


def _tube(shape: Shape, path: np.ndarray, radii: np.ndarray | float) -> Plane:
    """A tube along points (row, column, depth)."""
    fine = np.linspace(0, len(path) - 1, len(path) * 6)
    dense = np.stack([np.interp(fine, np.arange(len(path)), path[:, axis]) for axis in range(3)], axis=-1)
    widths = np.interp(fine, np.arange(len(path)), np.broadcast_to(radii, len(path)))
    return _balls(shape, dense, widths)


def _ellipsoid(
    shape: Shape, centre: tuple[float, float, float], radii: tuple[float, float, float], rough: Plane
) -> Plane:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    under = 1 - ((rows - centre[0]) / radii[0]) ** 2 - ((columns - centre[1]) / radii[1]) ** 2
    under = under + 0.06 * rough
    return np.where(under > 0, centre[2] + radii[2] * np.sqrt(np.maximum(under, 0)), np.nan)


def _skull(shape: Shape, rng: np.random.Generator) -> Bodies:
    """A skull from the front: vault, orbits, nose, teeth."""
    h, w = shape
    rough, size = cloud(shape, 6, rng), min(h, w * 1.2)
    vault = _ellipsoid(shape, (h * 0.42, w / 2, 0), (size * 0.38, size * 0.32, size * 0.3), rough)
    jaw = _ellipsoid(shape, (h * 0.68, w / 2, 0), (size * 0.26, size * 0.21, size * 0.27), rough)
    depth = np.fmax(vault, jaw)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    holes = [(0.47, -0.13, 0.075, 0.085), (0.47, 0.13, 0.075, 0.085), (0.6, 0.0, 0.07, 0.035)]
    for row, column, tall, wide in holes:
        y, x = (rows - h / 2 - (row - 0.5) * size) / (tall * size), (columns - w / 2 - column * size) / (wide * size)
        depth = depth - size * 0.16 * sharp(1 - np.hypot(y, x), 0.25)
    teeth = np.abs(rows - h / 2 - 0.22 * size) < size * 0.05
    gaps = np.abs(np.sin((columns - w / 2) / size * 55)) < 0.35
    depth = depth - 2.5 * (teeth & gaps & (np.abs(columns - w / 2) < size * 0.13))
    depth = depth - 3 * (np.abs(rows - h / 2 - 0.22 * size) < 0.8) * (np.abs(columns - w / 2) < size * 0.13)
    return [(depth, one_of(rng, BONE))]


def _spine(shape: Shape, rng: np.random.Generator) -> Bodies:
    """A stack of vertebrae, at times with ribs or screws."""
    h, w = shape
    bodies: Bodies = []
    colour, count = one_of(rng, BONE), whole(rng, 5, 8)
    bend, ribs = rng.normal(scale=0.1) * w, chance(rng, 0.5)
    depth = np.full(shape, np.nan)
    for index in range(count):
        row, tall = (index + 0.5) * h / count, h / count
        column = w / 2 + bend * np.sin(index * 0.7)
        depth = np.fmax(depth, _ellipsoid(shape, (row, column, 5), (tall * 0.47, w * 0.14, 12), cloud(shape, 2, rng)))
        for side in (-1, 1):
            reach = w * (0.42 if ribs else 0.24)
            steps = np.linspace(0, 1, 9)
            path = np.stack(
                [row + tall * 0.9 * steps**2 * ribs, column + side * steps * reach, 4 - 10 * steps**2], axis=-1
            )
            depth = np.fmax(depth, _tube(shape, path, tall * (0.13 if ribs else 0.17)))
        depth = np.fmax(
            depth, _ellipsoid(shape, (row + tall * 0.2, column, 14), (tall * 0.4, w * 0.035, 8), cloud(shape, 2, rng))
        )
    bodies.append((depth, colour))
    if chance(rng, 0.3):
        for off in (-0.1, 0.1):
            column = w / 2 + off * w
            path = np.array([(h * at, column, 24.0) for at in np.linspace(0.25, 0.75, 9)])
            bodies.append((_tube(shape, path, 2.2), (150, 165, 190)))
    return bodies


def _vessels(shape: Shape, rng: np.random.Generator) -> Bodies:
    """A branching tree of vessels, at times with an aneurysm in another colour."""
    w = shape[1]
    colour, front = one_of(rng, ((200, 50, 40), (215, 120, 90), (230, 200, 170))), np.full(shape, np.nan)
    branches = [(np.array([0.0, w / 2, 0.0]), np.array([1.0, 0.0, 0.0]), between(rng, 5, 8))]
    tips: list[np.ndarray] = []
    for _ in range(22):
        if not branches:
            break
        at, way, wide = branches.pop(0)
        path = [at]
        for _ in range(whole(rng, 4, 8)):
            way = way + rng.normal(scale=0.25, size=3)
            way = way / np.linalg.norm(way)
            path.append(path[-1] + 5 * way)
        front = np.fmax(front, _tube(shape, np.array(path), np.linspace(wide, wide * 0.85, len(path))))
        tips.append(path[-1])
        for turn in (0.8, -0.6):
            if wide * 0.75 > 1.3:
                branches.append((path[-1], way + np.array([0, turn, rng.normal() * 0.4]), wide * 0.75))
    bodies: Bodies = [(front, colour)]
    if chance(rng, 0.4):
        bodies.append(
            (_balls(shape, np.array([one_of(rng, tips[:4])]), np.array([between(rng, 6, 11)])), (240, 200, 60))
        )
    return bodies


def _organs(shape: Shape, rng: np.random.Generator) -> Bodies:
    """Several organs or parts, each in its colour, as a segmentation shows them; the brain's surface, too."""
    h, w = shape
    if chance(rng, 0.3):
        folds = np.abs(cloud(shape, between(rng, 3, 4.5), rng))
        brain = _ellipsoid(shape, (h * 0.5, w / 2, 0), (h * 0.38, w * 0.42, 30), cloud(shape, 8, rng))
        bodies: Bodies = [(brain - 4 * np.exp(-((folds / 0.25) ** 2)), (220, 180, 170))]
        if chance(rng, 0.6):
            spot = np.hypot(
                *(np.mgrid[:h, :w] - np.array([h * between(rng, 0.35, 0.6), w * between(rng, 0.3, 0.7)])[:, None, None])
            )
            bodies.append((np.where(spot < between(rng, 8, 16), bodies[0][0] + 0.5, np.nan), (230, 90, 20)))
        return bodies
    bodies = []
    for index in range(whole(rng, 2, 5)):
        centre = (h * between(rng, 0.3, 0.7), w * between(rng, 0.25, 0.75), 4.0 * index)
        radii = (h * between(rng, 0.12, 0.3), w * between(rng, 0.12, 0.3), between(rng, 12, 25))
        bodies.append((_ellipsoid(shape, centre, radii, 2.5 * cloud(shape, 9, rng)), one_of(rng, ORGANS)))
    return bodies


def _ribbon(shape: Shape, rng: np.random.Generator) -> Bodies:
    """A protein's chain: helices and loops along a path that stays in the middle."""
    h, w = shape
    bodies: Bodies = []
    at = np.array([h / 2, w / 2, 0.0])
    for part in range(whole(rng, 6, 11)):
        goal = np.array([h * between(rng, 0.15, 0.85), w * between(rng, 0.15, 0.85), rng.uniform(-20, 20)])
        steps = np.linspace(0, 1, 40)[:, None]
        path, way = at + steps * (goal - at), (goal - at) / max(np.linalg.norm(goal - at), 1)
        helix = part % 2 == 0
        if helix:
            side = np.array([-way[1], way[0], 0])
            turns = steps * np.linalg.norm(goal - at) / 1.8
            path = path + 4.5 * (np.cos(turns) * side + np.sin(turns) * np.array([0, 0, 1]))
        bodies.append((_tube(shape, path, 2.4 if helix else 1.3), one_of(rng, ORGANS)))
        at = goal
    return sorted(bodies, key=lambda body: float(np.nanmean(body[0])) if np.isfinite(body[0]).any() else 0.0)
