"""Trees of vessels."""

from __future__ import annotations

import numpy as np

from lesionary.subfigures.drawing.dice import between, chance, one_of, whole
from lesionary.subfigures.drawing.fields import Plane, Shape
from lesionary.subfigures.drawing.sheet import BLACK, FINENESS, Sheet


def draw_tree(shape: Shape, rng: np.random.Generator) -> Plane:
    """How much contrast medium lies in the way of the beam, 0 to about 1: one or two trees that fork from an edge."""
    depth = np.zeros(shape)
    for _ in range(whole(rng, 1, 2)):
        edge, at = one_of(rng, ((0.0, 1.0), (1.0, -1.0))), between(rng, 0.3, 0.7)
        start = (at * shape[1], edge[0] * shape[0])
        depth += grow(shape, rng, start, np.pi / 2 * edge[1] + rng.normal(scale=0.3), between(rng, 3.0, 5.5))
    if chance(rng, 0.3):  # an aneurysm
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        y, x = (value[int(rng.integers(len(value)))] for value in np.nonzero(depth > 0.5 * depth.max()))
        depth += np.exp(-((((rows - y) ** 2 + (columns - x) ** 2) / between(rng, 12, 40)) ** 2))
    return depth


def grow(
    shape: Shape,
    rng: np.random.Generator,
    start: tuple[float, float],
    angle: float,
    width: float,
    thinnest: float = 0.55,
) -> Plane:
    """One tree, 0 to 1: from a point (x, y; pixels) in a direction (radians, y downwards), so many pixels wide."""
    sheet = Sheet(*shape, BLACK)
    branches = [(start[0], start[1], angle, width)]
    strokes: list[tuple[float, list[tuple[float, float]]]] = []
    while branches and len(strokes) < 90:
        x, y, turn, wide = branches.pop(0)
        path, bend = [(x, y)], rng.normal(scale=0.06)
        for _ in range(whole(rng, 5, 12)):
            turn += bend + rng.normal(scale=0.12)
            x, y = x + 3 * np.cos(turn), y + 3 * np.sin(turn)
            path.append((float(x), float(y)))
        strokes.append((wide, path))
        if not (0 <= x < shape[1] and 0 <= y < shape[0]):
            continue
        # Murray: the cubes of the branches' radii add up to the cube of the stem's.
        share = between(rng, 0.25, 0.5)
        side = one_of(rng, (-1, 1))
        for part, away in ((share, side * between(rng, 0.5, 0.95)), (1 - share, -side * between(rng, 0.1, 0.4))):
            thinner = wide * part ** (1 / 3)
            if thinner > thinnest:
                branches.append((float(x), float(y), turn + away, thinner))
    for wide, path in sorted(strokes):
        shade = int(255 * min(1.0, 0.3 + 0.7 * wide / max(width, 1e-6)))
        sheet.line(path, (shade, shade, shade), max(wide, 1 / FINENESS))
    return np.asarray(sheet.finished().convert("L"), np.float64) / 255
