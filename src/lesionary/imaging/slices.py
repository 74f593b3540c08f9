"""The slices that subtyping sees: a 3-D box cut slice by slice, each resized to a square (DMRN, 2.1)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate

from lesionary.imaging.geometry import Box


def cut(hu: NDArray[np.int16], box: Box) -> NDArray[np.int16]:
    """The columns and rows of `hu[z, y, x]` that `box` covers by more than half, and the image holds.

    >>> cut(np.zeros((2, 9, 9), np.int16), Box(1.2, 0, 0, 4.6, 2, 2)).shape
    (2, 2, 4)
    """
    x_min, x_max = _covered(box.x_min, box.x_max, hu.shape[2])
    y_min, y_max = _covered(box.y_min, box.y_max, hu.shape[1])
    return hu[:, y_min:y_max, x_min:x_max]


def _covered(low: float, high: float, size: int) -> tuple[int, int]:
    first = int(np.clip(np.floor(low + 0.5), 0, size - 1))
    last = int(np.clip(np.ceil(high - 0.5), first + 1, size))
    return first, last


def resize(hu: NDArray[np.int16], side_px: int) -> NDArray[np.int16]:
    """Every slice of `hu[z, y, x]` as a square of `side_px`, bilinear, aspect not kept, whole HU.

    Averages where it shrinks (anti-aliased); the values of a square of that side already are unchanged.
    """
    images = torch.from_numpy(np.ascontiguousarray(hu)).float()[:, None]
    square = interpolate(images, size=(side_px, side_px), mode="bilinear", align_corners=False, antialias=True)
    return torch.round(square[:, 0]).to(torch.int16).numpy()


def shrink(images: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    """Windowed squares `images[n, y, x]` brought to `side_px`, in batches to bound memory."""
    if images.shape[-1] == side_px:
        return images
    small = [
        interpolate(part[:, None], size=(side_px, side_px), mode="bilinear", align_corners=False, antialias=True)
        for part in torch.from_numpy(images).split(256)
    ]
    return torch.cat(small)[:, 0].numpy()
