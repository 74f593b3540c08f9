"""Masks beside NIfTI images: one lesion a value, or a connected part of one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lesionary.base.errors import FileError, LesionError
from lesionary.cohorts.images.nifti import mask_beside, open_image, read_affine
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.given import in_volume
from lesionary.cohorts.indexing.regions.region import Region, boxes_of

SAME_MM = 0.1
"""How far apart mask and image may lie."""
MOST_VALUES = 10_000
"""Lesions in a mask: more is an image."""


def read_regions(image: Path, series: Series, name: str, corrections: Corrections) -> Iterator[Region]:
    """Lesions in the mask beside `image`, named by value (`2`) or by value and component (`2.1`).

    `LesionError` or `FileError` if the mask cannot be used.
    """
    path = mask_beside(image)
    if open_image(path).shape != open_image(image).shape:
        shape = open_image(path).shape
        raise LesionError(str(path), f"its mask has shape {shape}, not the image's", "draw it on this image")
    corners = np.array([[0, 0, 0], np.array(open_image(path).shape) - 1])
    mine, theirs = (read_affine(one, corrections.affines)[0] for one in (path, image))
    apart = np.abs((corners @ (mine - theirs)[:3, :3].T) + (mine - theirs)[:3, 3]).max()
    if apart > SAME_MM:
        reason = f"its mask lies {apart:.1f} mm beside the image"
        raise LesionError(str(path), reason, "draw it on this image, or write both with one affine")
    found = boxes_of(_values(path), corrections.masked)
    if not found:
        raise LesionError(str(path), "its mask is empty", "draw the lesion, or remove its row")
    for key, box in found.items():
        yield Region(name, (".".join(map(str, key)),), in_volume(box, series))


def _values(path: Path) -> NDArray[np.integer]:
    """Whole values of a mask, `[z, y, x]`."""
    try:
        values = np.asanyarray(open_image(path).dataobj)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise FileError(str(path), f"its voxels cannot be read ({type(error).__name__})", "copy it again") from None
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= MOST_VALUES):  # not a number is neither
        reason = f"its mask has values from {low} to {high}"
        raise LesionError(str(path), reason, "write 0 outside and a whole number for each lesion")
    if np.issubdtype(values.dtype, np.floating) and not np.array_equal(values, np.rint(values)):
        raise LesionError(str(path), "its mask has fractions", "resample masks by nearest neighbour")
    return values.astype(np.uint16).transpose(2, 1, 0)
