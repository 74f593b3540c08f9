"""Slices of a tilted gantry, moved within their planes so that the volume's axes stand at right angles.

Slice z of such a series lies z * shift pixels further along x and y than slice 0. The upright volume has room for
all of them: nothing is cut off, and what no slice covers is air.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionary.cohorts.images.hounsfield import AIR_HU

Shift = tuple[float, float]
"""Pixels along x and y from one slice to the next."""


def room(shift_px: Shift, depth: int) -> tuple[int, int]:
    """Columns and rows that the upright volume has more than a slice.

    >>> room((1.5, -0.5), 4)
    (5, 2)
    """
    x, y = (math.ceil(abs(shift) * (depth - 1)) for shift in shift_px)
    return x, y


def offset(shift_px: Shift, depth: int, z: float) -> Shift:
    """Where in the upright volume pixel (0, 0) of slice `z` lies.

    >>> offset((1.5, -0.5), 4, 0), offset((1.5, -0.5), 4, 2)
    ((0.0, 2.0), (3.0, 1.0))
    """
    x, y = (
        z * shift + (extra if shift < 0 else 0) for shift, extra in zip(shift_px, room(shift_px, depth), strict=True)
    )
    return x, y


def moved(hu: NDArray[np.int16], by: Shift, size: tuple[int, int]) -> NDArray[np.int16]:
    """A slice on a canvas of `size` (columns, rows), `by` pixels (x, y) from its corner; between pixels, linear."""
    columns, rows = size
    canvas = np.full((rows, columns), AIR_HU, np.float64)
    canvas[: hu.shape[0], : hu.shape[1]] = hu
    placed = ndimage.shift(canvas, by[::-1], order=1, mode="constant", cval=AIR_HU)
    whole: NDArray[np.int16] = np.rint(placed).astype(np.int16)
    return whole
