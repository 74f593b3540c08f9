"""Lungs above the diaphragm: lobes, fissures, and the tree of vessels and bronchi. Reference millimetres.

Lungs fill whatever lies above the diaphragm and outside the mediastinum; the wall, painted later, bounds them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.phantom.body import Side
from lesionary.phantom.canvas import Canvas, Ellipsoid, Heights, Point, Shape, Window, to_piece
from lesionary.phantom.texture import Field, Grain, Image, Plane

LUNG_Z_MM = (-20.0, 332.0)
LUNG_BOX_MM = 150.0, (-104.0, 104.0)  # |x| and y beyond which there is no lung
DOME_BASE_MM = -10.0  # from here down the diaphragm lies on the wall
MUSCLE_MM = 2.4  # thickness of the diaphragm
HILUM = {Side.RIGHT: (-44.0, 6.0, 184.0), Side.LEFT: (46.0, 8.0, 188.0)}
SEGMENTS = 16  # vessels that leave each hilum, on the way to which they divide twice
FAR = np.float32(99.0)
MARGIN_MM = 12.0  # by how much coordinates may differ from those of the plane's first row or column
FISSURE_SLOPE = 1.1  # of the oblique fissure: it rises towards the back


@dataclass(frozen=True)
class Diaphragm:
    """Two domes and the central tendon under the heart; the right dome is higher."""

    domes: tuple[Ellipsoid, ...]
    z_mm: Heights = (DOME_BASE_MM, 125.0)

    def __call__(self, x: Image, y: Image, z: Image) -> Image:
        """Signed distance in mm, negative below it."""
        lifted = np.maximum(z, np.float32(DOME_BASE_MM))
        below = self.domes[0](x, y, lifted)
        for dome in self.domes[1:]:
            below = np.minimum(below, dome(x, y, lifted))
        return np.asarray(np.minimum(below, z - np.float32(LUNG_Z_MM[0])), np.float32)


@dataclass(frozen=True)
class Fissures:
    """Of both lungs: z of the oblique ones where y = 0, and of the horizontal one."""

    oblique: dict[Side, float]
    horizontal: float
    lingula: float
    """Where the lingula begins; no fissure shows it."""

    def above_oblique(self, side: Side, x: Image, y: Image, z: Image) -> Image:
        """Distance in mm above the oblique fissure."""
        surface = np.float32(self.oblique[side]) + np.float32(FISSURE_SLOPE) * y - np.float32(0.0012) * x * x
        return np.asarray((z - surface) * np.float32(1 / np.hypot(1, FISSURE_SLOPE)), np.float32)

    def above_horizontal(self, x: Image, y: Image, z: Image) -> Image:
        """Distance in mm above the horizontal fissure, which is a little convex."""
        return np.asarray(z - np.float32(self.horizontal) + np.square(y + 20) * np.float32(0.002) + x * 0, np.float32)


@dataclass(frozen=True)
class Tree:
    """Tubes that branch: ends (pieces, 2, 3) and radii (pieces, 2) in mm."""

    ends: NDArray[np.float32]
    radii: NDArray[np.float32]

    def distance(self, canvas: Canvas) -> Image:
        """Signed distance to the nearest of them in mm, at most `FAR`; only pieces near the plane are looked at."""
        nearest = np.full(canvas.x.shape, FAR)
        low, high = canvas.lowest_mm, canvas.highest_mm
        reach = self.radii.max(axis=1) + 2.0
        near = (self.ends[:, :, 2].min(axis=1) - reach < high) & (self.ends[:, :, 2].max(axis=1) + reach > low)
        for ends, radii in zip(self.ends[near], self.radii[near], strict=True):
            window = _around(canvas, ends)
            square, share = to_piece(canvas.at(window), tuple(ends[0]), tuple(ends[1]))
            tube = np.sqrt(square) - (radii[0] + share * (radii[1] - radii[0]))
            nearest[window] = np.minimum(nearest[window], tube)
        return nearest


@dataclass(frozen=True)
class Lungs:
    """Both lungs of one body."""

    diaphragm: Diaphragm
    fissures: Fissures
    vessels: Tree
    bronchi: Tree
    twigs: tuple[Field, Field]


def lay_lungs(rng: np.random.Generator) -> Lungs:
    """The lungs of one patient."""
    lift = rng.normal(0, 5, 2)
    domes = (
        Ellipsoid((-66, -12, DOME_BASE_MM), (77, 88, 124 + lift[0])),
        Ellipsoid((69, -7, DOME_BASE_MM), (77, 88, 112 + lift[1])),
        Ellipsoid((0, -34, DOME_BASE_MM), (76, 62, 98)),
    )
    fissures = Fissures(
        {Side.RIGHT: float(rng.normal(152, 5)), Side.LEFT: float(rng.normal(158, 5))},
        float(rng.normal(172, 5)),
        float(rng.normal(170, 4)),
    )
    pieces, airways = [], []
    for hilum in HILUM.values():
        for _ in range(SEGMENTS):
            segment, airway = _segment(hilum, rng)
            pieces += segment
            airways += airway
    return Lungs(
        diaphragm=Diaphragm(domes),
        fissures=fissures,
        vessels=_tree(pieces),
        bronchi=_tree(airways),
        twigs=(Field(rng, 10.0, 40), Field(rng, 10.0, 40)),
    )


Piece = tuple[NDArray[np.float64], NDArray[np.float64], float, float]


def _segment(hilum: Point, rng: np.random.Generator) -> tuple[list[Piece], list[Piece]]:
    """An artery that leaves the hilum and divides twice, and the bronchus beside its first piece."""
    start, out = np.array(hilum), np.sign(hilum[0])
    goal = np.array([out * rng.uniform(48, 128), rng.uniform(-72, 72), rng.uniform(45, 300)])
    fork = start + 0.42 * (goal - start) + rng.normal(0, 6, 3)
    wide = float(rng.uniform(2.8, 4.4))
    pieces: list[Piece] = [(start, fork, wide, 0.75 * wide)]
    for _ in range(2):
        bend = fork + 0.6 * (goal - fork) + rng.normal(0, 13, 3)
        pieces.append((fork, bend, 0.66 * wide, 0.5 * wide))
        pieces += [(bend, bend + 0.55 * (goal - fork) + rng.normal(0, 16, 3), 0.46 * wide, 0.7) for _ in range(2)]
    side = rng.normal(0, 1, 3)
    aside = side / np.linalg.norm(side) * (1.9 * wide)
    return pieces, [(start, fork + aside, wide, 0.7 * wide)]


def _tree(pieces: list[Piece]) -> Tree:
    ends = np.array([(start, end) for start, end, _, _ in pieces], np.float32)
    return Tree(ends, np.array([(first, last) for _, _, first, last in pieces], np.float32))


def _around(canvas: Canvas, ends: NDArray[np.float32]) -> Window:
    (x0, y0), (x1, y1) = ends[:, :2].min(axis=0) - MARGIN_MM, ends[:, :2].max(axis=0) + MARGIN_MM
    columns = np.searchsorted(canvas.x[canvas.x.shape[0] // 2], (x0, x1))
    rows = np.searchsorted(canvas.y[:, canvas.y.shape[1] // 2], (y0, y1))
    return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))


def paint_lungs(
    canvas: Canvas, lungs: Lungs, mediastinum: Shape, hu: dict[str, float], grain: Grain, plane: Plane
) -> None:
    """Paint diaphragm, the fat of the mediastinum above it, and the lungs."""
    if canvas.highest_mm < LUNG_Z_MM[0] or canvas.lowest_mm > LUNG_Z_MM[1]:
        return
    box = canvas.box(*LUNG_BOX_MM)
    if box is None:
        return
    canvas, grain, plane = canvas.cropped(box), grain.cropped(box), plane.cropped(box)
    x, y, z = canvas.at()
    above = lungs.diaphragm(x, y, z)
    canvas.blend(-above - np.float32(MUSCLE_MM), hu["muscle"])
    canvas.blend(-above, hu["fat"] + 3 * grain.fine + 6 * grain.patches)
    lung = np.maximum(-above, -mediastinum(x, y, z))
    if lung.min() > 0:
        return
    gap = _to_fissure(lungs.fissures, x, y, z)
    canvas.blend(lung, _parenchyma(lungs, canvas, hu, gap, plane) + 5 * grain.patches)
    canvas.blend(np.maximum(lungs.vessels.distance(canvas), lung + 1), hu["pulmonary"] - 30)
    airways = np.maximum(lungs.bronchi.distance(canvas), lung + 1)
    canvas.blend(airways, hu["bronchus"] - 220)  # its wall is thinner than a pixel
    canvas.blend(airways + np.float32(1.1), hu["airway"] + 60)


def _parenchyma(lungs: Lungs, canvas: Canvas, hu: dict[str, float], gap: Image, plane: Plane) -> Image:
    x, y, z = canvas.at()
    hu_of = hu["lung"] + np.float32(0.28) * (y + 20)  # what lies lower is denser
    twig = np.hypot(*(field.on(plane) for field in lungs.twigs))
    inward = np.square(np.abs(x) - 45) + np.square(y) + 0.4 * np.square(z - 185)
    width = np.clip(np.float32(0.17) - inward * np.float32(1.0e-5), np.float32(0.06), None)
    bare = np.clip(gap / np.float32(9.0), 0, 1)  # no vessel crosses a fissure
    hu_of = hu_of + bare * np.clip(np.float32(1.25) - twig / width, 0, 1) * np.minimum(width * 6500, 800)
    return np.asarray(hu_of + 190 * np.clip(1 - gap / np.float32(0.9), 0, 1), np.float32)


def _to_fissure(fissures: Fissures, x: Image, y: Image, z: Image) -> Image:
    """Distance to the nearest fissure in mm."""
    right = fissures.above_oblique(Side.RIGHT, x, y, z)
    left = fissures.above_oblique(Side.LEFT, x, y, z)
    middle = np.abs(fissures.above_horizontal(x, y, z)) + np.maximum(-right, 0)
    return np.where(x < 0, np.minimum(np.abs(right), middle), np.abs(left))
