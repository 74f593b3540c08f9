"""Noise with the grain of filtered backprojection."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter


def draw_noise(shape: tuple[int, ...], blur_px: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of mean 0 and standard deviation 1, shape (rows, columns); `blur_px` is the kernel's: its grain."""
    white = rng.standard_normal(shape, dtype=np.float32)
    return np.asarray(_grain(white, blur_px) / _grain_deviation(blur_px), np.float32)


def _grain(white: NDArray[np.float32], blur_px: float) -> NDArray[np.float32]:
    """A band of frequencies: backprojection leaves no low ones, the kernel few high ones."""
    return np.asarray(gaussian_filter(white, blur_px) - gaussian_filter(white, 3 * blur_px), np.float32)


@cache
def _grain_deviation(blur_px: float) -> float:
    """Standard deviation of `_grain` of white noise: the norm of its impulse response."""
    impulse = np.zeros((65, 65), np.float32)
    impulse[32, 32] = 1
    return float(np.linalg.norm(_grain(impulse, blur_px)))
