"""Smooth random functions of space, and the planes on which the phantom is painted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Plane:
    """An axial plane of sampling points: patient coordinates (LPS, mm) of its columns and rows, and its height."""

    x_mm: NDArray[np.float64]
    y_mm: NDArray[np.float64]
    z_mm: float

    def cropped(self, window: tuple[slice, slice]) -> Plane:
        """A window of it: rows, columns."""
        return Plane(self.x_mm[window[1]], self.y_mm[window[0]], self.z_mm)


@dataclass(frozen=True)
class Grain:
    """Random functions on one plane that textures are made of, each of standard deviation 1."""

    fine: Image
    patches: Image
    strand: Image
    """Distance from the axes of branching vessels: 0 on them, about 1 between."""

    def cropped(self, window: tuple[slice, slice]) -> Grain:
        """On a window of the plane."""
        return Grain(self.fine[window], self.patches[window], self.strand[window])


class Field:
    """A stationary random function: mean 0, standard deviation 1, smooth over `grain_mm`.

    A cubic B-spline over a lattice of standard-normal nodes. The lattice repeats after `nodes` grains, so that the
    function is defined everywhere; choose `nodes` such that one period is longer than what is looked at.
    """

    def __init__(self, rng: np.random.Generator, grain_mm: float, nodes: int = 32) -> None:
        self.grain_mm = grain_mm
        self.nodes = rng.standard_normal((nodes, nodes, nodes), dtype=np.float32)
        # The mean square of a cubic B-spline's weights is 151/315 along each axis.
        self.nodes /= np.float32((151 / 315) ** 1.5)

    def on(self, plane: Plane) -> Image:
        """Values on a plane, shape (rows, columns)."""
        lattice = self.nodes.shape[0]
        index, weight = _spline(np.array([plane.z_mm]) / self.grain_mm, lattice)
        sheet = (weight @ self.nodes[index[0]].reshape(4, -1)).reshape(lattice, lattice)
        columns = _weights(plane.x_mm.tobytes(), self.grain_mm, lattice)
        rows = _weights(plane.y_mm.tobytes(), self.grain_mm, lattice)
        return np.asarray(rows @ sheet @ columns.T, np.float32)


def _spline(at: NDArray[np.float64], lattice: int) -> tuple[NDArray[np.intp], Image]:
    first = np.floor(at)
    t = (at - first)[:, None]
    weight = np.concatenate([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], axis=1)
    index = (first[:, None].astype(np.intp) + np.arange(-1, 3)) % lattice
    return index, (weight / 6).astype(np.float32)


@lru_cache(maxsize=128)  # the planes of a series share their columns and rows
def _weights(at_mm: bytes, grain_mm: float, lattice: int) -> Image:
    at = np.frombuffer(at_mm) / grain_mm
    index, weight = _spline(at, lattice)
    matrix = np.zeros((len(at), lattice), np.float32)
    np.put_along_axis(matrix, index, weight, axis=1)
    return matrix
