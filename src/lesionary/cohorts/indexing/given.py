"""Boxes drawn on the slices that are stored, in voxels of the volume that is made of them."""

from __future__ import annotations

import numpy as np

from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.images.upright import offset
from lesionary.imaging.geometry import Box


def in_volume(box: Box, series: Series) -> Box:
    """A box in stored voxels (x column, y row, z which stored slice by position) as one in voxels of the volume.

    They are the same, but in a series with interpolated slices, or one that was set upright: there the box holds
    what the given one holds on each of its slices.
    """
    z_min, z_max = (edge_in_volume(z, series) for z in (box.z_min, box.z_max))
    if series.shift_px is None:
        return Box(box.x_min, box.y_min, z_min, box.x_max, box.y_max, z_max)
    depth = series.geometry.size[2]
    ends = (np.floor(z_min), max(np.ceil(z_max) - 1, np.floor(z_min)))
    moves = np.array([offset(series.shift_px, depth, float(z)) for z in ends])
    (left, up), (right, down) = moves.min(axis=0), moves.max(axis=0)
    return Box(box.x_min + left, box.y_min + up, z_min, box.x_max + right, box.y_max + down, z_max)


def edge_in_volume(z: float, series: Series) -> float:
    """The same for one z: middles of stored slices go to where they lie, edges between, and ends keep half a slice.

    >>> from lesionary.cohorts.contract.layout import ImageKind
    >>> from lesionary.imaging.geometry import Geometry
    >>> geometry = Geometry((4, 4, 4), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    >>> gap = Series(ImageKind.DICOM, (0, None, 1, 2), geometry, "", "", stored_at=(0.0, 2.0, 3.0))
    >>> [edge_in_volume(z, gap) for z in (0, 1, 2, 3)]
    [0.0, 1.5, 3.0, 4.0]
    """
    at = np.array(series.stored_at) + 0.5
    if not len(at):
        return z
    middle = np.arange(len(at)) + 0.5
    if z < middle[0]:
        return float(z - middle[0] + at[0])
    if z > middle[-1]:
        return float(z - middle[-1] + at[-1])
    return float(np.interp(z, middle, at))
