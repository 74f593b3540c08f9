"""Hand-crafted features of a slice: local binary patterns, and histograms of oriented gradients (DMRN, 2.4).

Both are laid out for squares of 224 pixels: patterns in cells of 64, of which 3 x 3 fit (the paper's 531 features;
they are centred here, which it does not say), gradients in cells of 32 and blocks of 2 x 2 (its 1,296).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.feature import hog, local_binary_pattern

from lesionary.running.parallel import in_order

PATTERNS = 59
"""Uniform patterns of eight points, told apart by their rotation, and one code for all others."""
PATTERN_CELL_PX, GRADIENT_CELL_PX = 64, 32
_BUNDLE = 64  # images handed to a worker at once


def features(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features of windowed squares, shape (images, features); 1,827 of 224 pixels."""
    return np.stack(list(in_order(_of_image, list(images), "hand-crafted features", bundle=_BUNDLE)))


def _of_image(image: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([patterns(image), gradients(image)]).astype(np.float32)


def patterns(image: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of each local binary pattern (8 points, radius 1) in every cell, cells row by row."""
    # 256 grey levels: neighbours that differ by less than the window can show are equal
    levels = np.round(image * 255).astype(np.uint8)
    codes = local_binary_pattern(levels, P=8, R=1, method="nri_uniform").astype(np.int64)  # type: ignore[no-untyped-call]
    cells, margin = divmod(len(codes), PATTERN_CELL_PX)
    if not cells:
        raise ValueError(f"an image of {len(image)} pixels holds no cell of {PATTERN_CELL_PX}")
    span = slice(margin // 2, margin // 2 + cells * PATTERN_CELL_PX)
    tiles = codes[span, span].reshape(cells, PATTERN_CELL_PX, cells, PATTERN_CELL_PX).swapaxes(1, 2)
    counts = [np.bincount(tile.ravel(), minlength=PATTERNS) for row in tiles for tile in row]
    return np.concatenate(counts) / PATTERN_CELL_PX**2


def gradients(image: NDArray[np.float32]) -> NDArray[np.float64]:
    """Histograms of oriented gradients: 9 orientations, each block of cells normalised."""
    cell = (GRADIENT_CELL_PX, GRADIENT_CELL_PX)
    return np.asarray(hog(image, orientations=9, pixels_per_cell=cell, cells_per_block=(2, 2), block_norm="L2-Hys"))
