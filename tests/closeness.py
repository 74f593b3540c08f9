"""What the order of a sum may change: it is the batch's and the CPU's, and a result near zero shows it most."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def assert_same_sums(found: ArrayLike, expected: ArrayLike) -> None:
    """Of one shape, and nowhere further apart than a hundred-thousandth of the largest value expected."""
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())
