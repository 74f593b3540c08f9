"""Stomach and bowel: hollow organs of the abdomen, in reference millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.canvas import Canvas, Ellipsoid, Point, Shape, Tube, union
from lesionary.phantom.texture import Grain, Image


@dataclass(frozen=True)
class Hollow:
    """Stomach or a loop of bowel: a wall around contents, with gas on top of them above the level `gas_mm` (y)."""

    outer: Shape
    wall_mm: float
    contents: str
    gas_mm: float


@dataclass(frozen=True)
class Bowel:
    """From the stomach down."""

    stomach: Hollow
    small: tuple[Hollow, ...]
    colon: tuple[Hollow, ...]
    """Ascending, transverse, descending, sigmoid; the flexures between."""

    @property
    def all(self) -> tuple[Hollow, ...]:
        """In the order of painting: what lies in front comes last."""
        return (*self.small, *self.colon, self.stomach)


COLON: tuple[tuple[tuple[Point, ...], float], ...] = (
    (((-84, -22, -212), (-94, -2, -180), (-98, 8, -140), (-96, 0, -104), (-84, -36, -78)), 22.0),
    (((-84, -40, -78), (-48, -66, -62), (10, -72, -58), (60, -62, -34), (98, -34, -10)), 16.0),
    (((98, -30, -12), (106, 2, -36), (108, 14, -100), (104, 10, -150), (96, -8, -198)), 14.0),
    (((96, -8, -198), (84, -30, -226), (48, -34, -240), (14, -18, -234), (6, 22, -240), (2, 42, -252)), 13.0),
)
SMALL_BOWEL_MM = ((-66.0, 74.0), (-66.0, -14.0), (-232.0, -66.0))  # the room for its loops
LOOP_MM = 25.0  # from one loop to the next


def lay_bowel(rng: np.random.Generator) -> Bowel:
    """The bowel of one patient."""

    def about(centre: Point, radii: Point) -> Ellipsoid:
        x, y, z = np.add(centre, rng.normal(0, 4, 3) * (1, 1, 2))
        rx, ry, rz = np.multiply(radii, rng.uniform(0.88, 1.12, 3))
        return Ellipsoid((x, y, z), (rx, ry, rz), float(rng.normal(0, 8)))

    stomach = union(
        about((54, -46, 22), (44, 30, 54)), about((65, -2, 60), (44, 46, 48)), about((16, -58, -8), (34, 17, 22))
    )
    fixed = [_hollow(about((-36, -24, -34), (14, 12, 34)), "fluid", rng)]  # duodenum
    small = [_hollow(about(centre, radii), "fluid", rng) for centre, radii in _loops(rng)]
    colon = [
        _hollow(Tube(_moved(points, rng), radius * rng.uniform(0.85, 1.15)), "faeces", rng) for points, radius in COLON
    ]
    return Bowel(_hollow(stomach, "fluid", rng), (*fixed, *small), tuple(colon))


def _loops(rng: np.random.Generator) -> list[tuple[Point, Point]]:
    """Centres and half axes of loops of small bowel, packed at random."""
    x, y, z = (np.arange(low, high, LOOP_MM) for low, high in SMALL_BOWEL_MM)
    loops: list[tuple[Point, Point]] = []
    for cx in x:
        for cy in y:
            for cz in z:
                if rng.random() < 0.2:
                    continue
                long = int(rng.integers(3))
                radii = [float(r) for r in rng.uniform(10.5, 13.5, 3)]
                radii[long] *= 1.7
                moved = np.add((cx, cy, cz), rng.uniform(0, 0.7 * LOOP_MM, 3))
                loops.append(((moved[0], moved[1], moved[2]), (radii[0], radii[1], radii[2])))
    return loops


def _moved(points: tuple[Point, ...], rng: np.random.Generator) -> tuple[Point, ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in points + rng.normal(0, 3, (len(points), 3)))


def _hollow(outer: Shape, contents: str, rng: np.random.Generator) -> Hollow:
    gas = float(rng.uniform(-75, -15)) if contents == "faeces" else float(rng.uniform(-95, -35))
    return Hollow(outer, float(rng.uniform(1.8, 3.2)), contents, gas)


def paint_bowel(canvas: Canvas, bowel: Bowel, hu: dict[str, float], grain: Grain) -> None:
    """Paint stomach and bowel."""
    coarse = 12 * grain.patches + 10 * grain.fine
    for loop in bowel.all:
        paint_hollow(canvas, loop, hu, coarse)


def paint_hollow(canvas: Canvas, loop: Hollow, hu: dict[str, float], grain: Image) -> None:
    """Paint a wall, what it holds, and the gas above that."""
    window = canvas.window(loop.outer)
    if window is None:
        return
    x, y, z = canvas.at(window)
    distance = loop.outer(x, y, z)
    inside = distance + np.float32(loop.wall_mm)
    contents = hu[loop.contents] + (3.0 if loop.contents == "faeces" else 0.3) * grain[window]
    canvas.blend(distance, hu["bowel_wall"], window)
    canvas.blend(inside, contents, window)
    canvas.blend(np.maximum(inside, y - np.float32(loop.gas_mm)), hu["gas"], window)
