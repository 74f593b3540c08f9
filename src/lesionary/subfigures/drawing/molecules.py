"""Chemical structures as skeletal formulae (GCHE)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Face, Ink, Point, Sheet
from lesionary.subfigures.drawing.words import words

Atom = tuple[int, int]
"""A corner of the honeycomb: twelfths of a turn cannot drift apart if corners are whole numbers (see `_corner`)."""
COLOURS: dict[str, Ink] = {"O": (200, 0, 0), "N": (0, 0, 200), "S": (160, 130, 0), "F": (0, 140, 0), "C": (0, 140, 0)}


class Skeleton:
    """Atoms on the corners of a honeycomb, and bonds along its edges."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.bonds: dict[frozenset[Atom], int] = {}
        self.rings: list[Atom] = []
        cells = [(0, 0)]
        for _ in range(whole(rng, 0, 3)):
            q, r = one_of(rng, cells)
            step = one_of(rng, ((1, 0), (0, 1), (-1, 1), (1, -1), (-1, 0), (0, -1)))
            if chance(rng, 0.8):
                cells.append((q + step[0], r + step[1]))
        for cell in dict.fromkeys(cells):
            self._ring(cell)
        for _ in range(whole(rng, 2, 5)):
            self._chain(one_of(rng, sorted(self.atoms())), whole(rng, 1, 3))

    def atoms(self) -> set[Atom]:
        """Every corner that a bond ends at."""
        return {atom for bond in self.bonds for atom in bond}

    def neighbours(self, atom: Atom) -> list[Atom]:
        """Atoms bonded to one, in a fixed order."""
        return sorted(other for bond in self.bonds if atom in bond for other in bond - {atom})

    def _ring(self, cell: tuple[int, int]) -> None:
        """Six corners about a cell's middle; every other bond double where it is aromatic."""
        q, r = cell
        middle = (3 * q, 2 * r + q)  # of a honeycomb in units of half a bond along x, half a cell's height along y
        self.rings.append(middle)
        around = ((2, 0), (1, 1), (-1, 1), (-2, 0), (-1, -1), (1, -1))
        corners = [(middle[0] + x, middle[1] + y) for x, y in around]
        aromatic = chance(self.rng, 0.7)
        for index, corner in enumerate(corners):
            bond = frozenset((corner, corners[(index + 1) % 6]))
            self.bonds.setdefault(bond, 2 if aromatic and index % 2 == 0 and not self._has_double(bond) else 1)

    def _has_double(self, bond: frozenset[Atom]) -> bool:
        return any(order == 2 and bond & other for other, order in self.bonds.items())

    def _chain(self, start: Atom, length: int) -> None:
        """A zigzag away from an atom over free corners."""
        for _ in range(length):
            taken, free = self.atoms(), [(x, y) for x, y in self._around(start) if (x, y) not in self.atoms()]
            if len(self.neighbours(start)) >= 3 or not free or len(taken) > 40:
                return
            end = one_of(self.rng, free)
            self.bonds[frozenset((start, end))] = 2 if chance(self.rng, 0.12) and not self._doubled(start) else 1
            start = end

    def _doubled(self, atom: Atom) -> bool:
        return any(order == 2 and atom in bond for bond, order in self.bonds.items())

    @staticmethod
    def _around(atom: Atom) -> list[Atom]:
        """The three neighbouring corners: those of one half of the honeycomb mirror those of the other."""
        x, y = atom
        side = 1 if x % 3 == 2 else -1  # corners right of a cell's middle lie at 2 + 3q, those left of it at -2 + 3q
        return [(x + 2 * side, y), (x - side, y + 1), (x - side, y - 1)]


def paint_molecule(rng: np.random.Generator) -> Image.Image:
    """A molecule, at times two of them with an arrow between, at times numbered."""
    height, width = format_px(rng, (90, 140), (0.9, 2.0))
    sheet = Sheet(height, width)
    bold, coloured, face = (
        between(rng, 0.8, 1.5),
        chance(rng, 0.3),
        one_of(rng, (Face.SANS, Face.TIMES, Face.SANS_BOLD)),
    )
    if width > 1.55 * height and chance(rng, 0.7):
        for share in (0.23, 0.77):
            _draw(sheet, Skeleton(rng), (share * width, height / 2), (width * 0.4, height * 0.8), bold, coloured, face)
        sheet.arrow((width * 0.45, height / 2), (width * 0.55, height / 2), BLACK, 1, 4)
    else:
        room = (width * 0.9, height * between(rng, 0.7, 0.88))
        _draw(sheet, Skeleton(rng), (width / 2, height * 0.47), room, bold, coloured, face)
        if chance(rng, 0.4):
            sheet.text(
                (width / 2, height - 6), f"{whole(rng, 1, 30)}{one_of(rng, ('', 'a', 'b'))}", 8, BLACK, Face.SANS_BOLD
            )
    return sheet.finished()


def _draw(
    sheet: Sheet, skeleton: Skeleton, middle: Point, room: tuple[float, float], bold: float, coloured: bool, face: Face
) -> None:
    rng, turn = skeleton.rng, one_of(skeleton.rng, (0.0, np.pi / 6, np.pi / 2))
    atoms = sorted(skeleton.atoms())
    points = np.array([_corner(atom, turn) for atom in atoms])
    low, high = points.min(axis=0), points.max(axis=0)
    bond = min(18.0, *(np.array(room) - 12) / np.maximum(high - low, 1))
    where = {a: tuple(np.array(middle) + (p - (low + high) / 2) * bond) for a, p in zip(atoms, points, strict=True)}
    centres = [tuple(np.array(middle) + (_corner(ring, turn) - (low + high) / 2) * bond) for ring in skeleton.rings]
    wedge = chance(rng, 0.4)
    for pair, order in skeleton.bonds.items():
        a, b = sorted(pair)
        loose = len(skeleton.neighbours(a)) == 1 or len(skeleton.neighbours(b)) == 1
        if wedge and loose and order == 1 and chance(rng, 0.4):
            _wedge(sheet, where[a], where[b])
            continue
        sheet.line([where[a], where[b]], BLACK, bold)
        if order == 2:
            sheet.line(_inner(where[a], where[b], centres, bond), BLACK, bold)
    for atom in atoms:
        ends = len(skeleton.neighbours(atom)) == 1
        if chance(rng, 0.55 if ends else 0.1):
            label = one_of(rng, words("atoms")) if ends else one_of(rng, ("N", "O", "S", "N", "NH"))
            size = float(np.clip(bond * 0.62, 6, 9))
            half = sheet.length(label, size, face) / 2 + 0.5
            x, y = where[atom]
            sheet.box((x - half, y - size * 0.5, x + half, y + size * 0.5), WHITE)
            sheet.text((x, y), label, size, COLOURS.get(label[0], BLACK) if coloured else BLACK, face)


def _corner(atom: Atom, turn: float) -> np.ndarray:
    x, y = atom[0] / 2, atom[1] * np.sqrt(3) / 2
    return np.array([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)])


def _inner(a: Point, b: Point, centres: list[Point], bond: float) -> list[Point]:
    """The second stroke of a double bond: shorter, on the side of the nearest ring."""
    start, end = np.array(a), np.array(b)
    side = np.array([start[1] - end[1], end[0] - start[0]]) / max(np.linalg.norm(end - start), 1e-6)
    nearest = min((np.array(centre) for centre in centres), key=lambda c: float(np.linalg.norm(c - (start + end) / 2)))
    side = side if np.dot(nearest - start, side) > 0 else -side
    shift, along = side * bond * 0.17, (end - start) * 0.14
    return [tuple(start + shift + along), tuple(end + shift - along)]


def _wedge(sheet: Sheet, a: Point, b: Point) -> None:
    x, y = b[0] - a[0], b[1] - a[1]
    length = max((x * x + y * y) ** 0.5, 1e-6)
    sheet.area(
        [a, (b[0] - y / length * 2, b[1] + x / length * 2), (b[0] + y / length * 2, b[1] - x / length * 2)], BLACK
    )
