"""The one geometric convention of the house.

A volume is `hu[z, y, x]`. x is the column of the stored image, y its row, z the slice after sorting by position
along the normal, row direction x column direction (NIfTI: axes i, j, k count as x, y, z, as stored). Voxel
coordinates are floats, 0-based: voxel i covers [i, i + 1), so its centre is i + 0.5; a box is min inclusive, max
exclusive. Patient coordinates are DICOM's (LPS, mm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Geometry:
    """Where the voxels of a volume lie in the patient.

    `size` counts voxels along x, y, z; `spacing_mm` is the distance of their centres; `origin_mm` is the centre
    of voxel (0, 0, 0) (PS3.3 C.7.6.2.1.1); `row` and `column` are the unit vectors of growing x and growing y.
    `mirrored` is true where z grows against row x column, which NIfTI allows and sorted DICOM never is.
    """

    size: tuple[int, int, int]
    spacing_mm: Vector
    origin_mm: Vector
    row: Vector
    column: Vector
    mirrored: bool = False

    @property
    def normal(self) -> Vector:
        """Unit vector of growing z."""
        x, y, z = np.cross(self.row, self.column) * (-1 if self.mirrored else 1)
        return float(x), float(y), float(z)

    def to_voxel(self, points_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """Patient coordinates, shape (points, 3) in mm, as voxel coordinates of the same shape.

        >>> Geometry((4, 4, 4), (1.0, 1.0, 2.0), (0.0, 0.0, 0.0), (1, 0, 0), (0, 1, 0)).to_voxel(np.zeros((1, 3)))
        array([[0.5, 0.5, 0.5]])
        """
        offset = np.asarray(points_mm, np.float64) - np.asarray(self.origin_mm)
        axes = np.array([self.row, self.column, self.normal])
        voxels: NDArray[np.float64] = offset @ axes.T / np.asarray(self.spacing_mm) + 0.5
        return voxels

    def to_patient(self, voxels: NDArray[np.floating]) -> NDArray[np.float64]:
        """Voxel coordinates, shape (points, 3), as patient coordinates in mm: the inverse of `to_voxel`."""
        axes = np.array([self.row, self.column, self.normal])
        offset: NDArray[np.float64] = (np.asarray(voxels) - 0.5) * np.asarray(self.spacing_mm) @ axes
        points: NDArray[np.float64] = offset + np.asarray(self.origin_mm)
        return points


@dataclass(frozen=True)
class Box:
    """An axis-parallel box in voxel coordinates, min inclusive, max exclusive."""

    x_min: float
    y_min: float
    z_min: float
    x_max: float
    y_max: float
    z_max: float

    @classmethod
    def around(cls, voxels: NDArray[np.floating]) -> Box:
        """Smallest box that holds all points, shape (points, 3) in voxel coordinates."""
        low, high = voxels.min(axis=0), voxels.max(axis=0)
        return cls(*map(float, low), *map(float, high))

    @classmethod
    def of_mask(cls, mask: NDArray[np.bool_]) -> Box:
        """Smallest box that holds every set voxel of `mask[z, y, x]`.

        >>> Box.of_mask(np.ones((1, 2, 3), bool))
        Box(x_min=0.0, y_min=0.0, z_min=0.0, x_max=3.0, y_max=2.0, z_max=1.0)
        """
        where = np.argwhere(mask)[:, ::-1]
        return cls(*map(float, where.min(axis=0)), *map(float, where.max(axis=0) + 1))

    @property
    def extent(self) -> Vector:
        """Side lengths along x, y, z in voxels."""
        return self.x_max - self.x_min, self.y_max - self.y_min, self.z_max - self.z_min

    def slices(self) -> range:
        """The slices that the box covers by more than half (at least one: that of its centre)."""
        first, last = int(np.floor(self.z_min + 0.5)), int(np.ceil(self.z_max - 0.5))
        if last <= first:
            centre = int(np.floor((self.z_min + self.z_max) / 2))
            return range(centre, centre + 1)
        return range(first, last)

    def grown(self, margin: Sequence[float]) -> Box:
        """The box with `margin` voxels (x, y, z) more on every side."""
        x, y, z = margin
        return Box(self.x_min - x, self.y_min - y, self.z_min - z, self.x_max + x, self.y_max + y, self.z_max + z)

    def inside(self, size: tuple[int, int, int], tolerance: float = 1.0) -> bool:
        """Whether the box lies in a volume of `size`, its centre too, but for `tolerance` voxels on any side."""
        low, high = (self.x_min, self.y_min, self.z_min), (self.x_max, self.y_max, self.z_max)
        return all(
            first >= -tolerance and last <= n + tolerance and 0 <= (first + last) / 2 < n
            for first, last, n in zip(low, high, size, strict=True)
        )
