"""The patch that annotation sees: 120 mm around a lesion, three slices (LesaNet, 5.2; DeepLesion's released code).

In-plane the image is resampled to `spacing_mm` by linear interpolation and cut around the rounded centre of the
lesion's box; where the patch runs over the border, the border is replicated. The channels are the key slice and one
neighbour on each side at `slice_gap_mm`, interpolated between the two nearest slices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.imaging.geometry import Box, Geometry

WINDOW_HU = (-1024.0, 3071.0)
"""Mapped to 0 .. 255, less 50, over 255: the released code's normalisation."""


@dataclass(frozen=True)
class Patch:
    """`hu` int16 (3, side, side); `box` in patch pixels (x_min, y_min, x_max, y_max), 0-based edges, never below 0."""

    hu: NDArray[np.int16]
    box: tuple[float, float, float, float]


def cut_patch(
    read: Callable[[range], NDArray[np.int16]],
    geometry: Geometry,
    box: Box,
    key_slice: int,
    *,
    side_mm: float,
    spacing_mm: float,
    slice_gap_mm: float,
) -> Patch:
    """Cut a lesion's patch; `read(slices)` gives HU of shape (z, y, x).

    Slices beyond the stack are replaced by its last one; where the distance of slices is unknown (not positive), the
    key slice is taken three times.
    """
    side = round(side_mm / spacing_mm)
    scale_x, scale_y = geometry.spacing_mm[0] / spacing_mm, geometry.spacing_mm[1] / spacing_mm
    centre_x = round((box.x_min + box.x_max) / 2 * scale_x)
    centre_y = round((box.y_min + box.y_max) / 2 * scale_y)
    left, top = centre_x - side // 2, centre_y - side // 2
    columns = np.clip((np.arange(left, left + side) + 0.5) / scale_x - 0.5, 0, geometry.size[0] - 1)
    rows = np.clip((np.arange(top, top + side) + 0.5) / scale_y - 0.5, 0, geometry.size[1] - 1)
    # Pixels that the patch needs none of are left out before anything is computed; whole numbers taken from a position
    # leave its fraction as it is, so no value changes.
    x, y = int(columns[0]), int(rows[0])
    window = (slice(None), slice(y, int(rows[-1]) + 2), slice(x, int(columns[-1]) + 2))
    slices = channels(lambda wanted: read(wanted)[window], geometry, key_slice, slice_gap_mm)
    hu = _linear(_linear(slices, rows - y, axis=1), columns - x, axis=2)
    edges = (
        box.x_min * scale_x - left,
        box.y_min * scale_y - top,
        box.x_max * scale_x - left,
        box.y_max * scale_y - top,
    )
    x_min, y_min, x_max, y_max = (float(max(0.0, edge)) for edge in edges)
    return Patch(np.rint(hu).astype(np.int16), (x_min, y_min, x_max, y_max))


def channels(
    read: Callable[[range], NDArray[np.int16]], geometry: Geometry, key_slice: int, slice_gap_mm: float
) -> NDArray[np.float64]:
    """The key slice between its two neighbours, shape (3, y, x)."""
    spacing, depth = geometry.spacing_mm[2], geometry.size[2]
    step = slice_gap_mm / spacing if spacing > 0 else 0.0
    at = np.clip([key_slice - step, key_slice, key_slice + step], 0, depth - 1)
    first, last = int(np.floor(at[0])), int(np.ceil(at[2]))
    return _linear(read(range(first, last + 1)).astype(np.float64), at - first, axis=0)


def _linear(
    values: NDArray[np.floating] | NDArray[np.integer], at: NDArray[np.floating], axis: int
) -> NDArray[np.float64]:
    """Values at fractional positions along an axis; beyond its ends the end."""
    last = values.shape[axis] - 1
    place = np.clip(at, 0, last)
    low = np.floor(place).astype(np.int64)
    share = (place - low).reshape([-1 if n == axis else 1 for n in range(values.ndim)])
    below = np.take(values, low, axis=axis).astype(np.float64)
    above = np.take(values, np.minimum(low + 1, last), axis=axis).astype(np.float64)
    return np.asarray(below * (1 - share) + above * share)


def normalise(hu: NDArray[np.integer]) -> NDArray[np.float32]:
    """HU as the network is given it.

    >>> normalise(np.array([-1024, 3071])).tolist() == [np.float32(-50 / 255), np.float32(205 / 255)]
    True
    """
    low, high = WINDOW_HU
    grey = np.clip((np.asarray(hu, np.float32) - low) / (high - low), 0, 1) * 255
    return np.asarray((grey - 50) / 255, np.float32)
