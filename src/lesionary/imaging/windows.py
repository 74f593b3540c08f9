"""Intensity windows: from Hounsfield units to what a network is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def window(hu: NDArray[np.integer] | NDArray[np.floating], low_hu: float, high_hu: float) -> NDArray[np.float32]:
    """Map [low_hu, high_hu] to [0, 1] and clip what lies outside (PS3.3 C.11.2.1.2, linear exact).

    >>> window(np.array([-500, -160, 40, 240, 900]), -160, 240).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    scaled = (np.asarray(hu, np.float32) - np.float32(low_hu)) / np.float32(high_hu - low_hu)
    return np.clip(scaled, 0, 1, out=scaled)
