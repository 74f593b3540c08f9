"""From stored values to Hounsfield units."""

from __future__ import annotations

import numpy as np
import pydicom
from numpy.typing import NDArray

AIR_HU = -1024
"""What voxels outside the reconstructed circle (PixelPaddingValue) are given."""
LOWEST, HIGHEST = -32768, 32767

Padding = tuple[int, int]
"""PixelPaddingValue and PixelPaddingRangeLimit, in any order; the same number twice where there is no limit."""


def padding_of(data: pydicom.Dataset) -> Padding | None:
    """What a header calls padding."""
    if "PixelPaddingValue" not in data:
        return None
    return int(data.PixelPaddingValue), int(data.get("PixelPaddingRangeLimit", data.PixelPaddingValue))


def to_hu(stored: NDArray[np.integer], slope: float, intercept: float, padding: Padding | None) -> NDArray[np.int16]:
    """Stored values as HU, rounded to whole ones; padding becomes air.

    PixelPaddingValue fills what lies outside the reconstructed circle, so it becomes -1024, air, whatever the
    rescale makes of it: a scanner's -2000 or -3024 would count as a tissue of its own.

    >>> to_hu(np.array([0, 24, 2000], np.uint16), 1, -1024, (2000, 2000)).tolist()
    [-1024, -1000, -1024]
    """
    hu = _shifted(stored, slope, intercept)
    if hu is None:
        scaled = stored.astype(np.float64) * slope + intercept  # PS3.3 C.11.1.1.2
        hu = np.clip(np.rint(scaled), LOWEST, HIGHEST).astype(np.int16)
    if padding is not None:
        # PS3.3 C.7.5.1.1.2. Some headers have it unsigned where pixels are signed: 63536 is -2000 then.
        low, high = sorted(np.array(padding).astype(stored.dtype))
        np.copyto(hu, AIR_HU, where=stored == low if low == high else (stored >= low) & (stored <= high))
    return hu


def _shifted(stored: NDArray[np.integer], slope: float, intercept: float) -> NDArray[np.int16] | None:
    """The same in whole numbers, where that is exact: nearly all CT, in a thirtieth of the time; else None."""
    if stored.dtype.itemsize != 2 or slope != 1 or intercept % 1 or not LOWEST <= intercept <= HIGHEST:
        return None
    if int(stored.min()) + intercept < LOWEST or int(stored.max()) + intercept > HIGHEST:
        return None
    hu: NDArray[np.int16] = stored.astype(np.int16)  # unsigned values above 32767 wrap round here, and back below
    hu += np.int16(intercept)
    return hu
