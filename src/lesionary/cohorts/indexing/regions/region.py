"""What RTSTRUCT, SEG, SR and masks have in common: named boxes on a series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionary.base.errors import LesionError
from lesionary.cohorts.images.reading import Series
from lesionary.imaging.geometry import Box
from lesionary.params.images import Masked

NEAREST = 3
"""Decimals of a voxel that a box keeps after its way through millimetres."""


@dataclass(frozen=True)
class Region:
    """One drawn lesion. `names` are what a row of lesions.csv may call it; the first stands where no row does."""

    series: str
    names: tuple[str, ...]
    box: Box
    key_slice: int | None = None
    long_axis_mm: float | None = None
    short_axis_mm: float | None = None
    by_name_alone: bool = False
    """Whether another region of its file could not be used: then a row that does not name this one may mean that."""


@dataclass(frozen=True)
class Places:
    """What drawings refer to: usable series, and the stored slice (from 0, by position) of each of their images.

    An image is named by its SOPInstanceUID, followed by a space and the frame's number from 0 in a multi-frame file.
    """

    series: Mapping[str, Series]
    slices: Mapping[str, tuple[str, int]]

    def usable(self, name: str, path: Path, frame_of_reference: str) -> Series:
        """The series that a drawing refers to; `LesionError` if it is not there, or lies in another space."""
        series = self.series.get(name)
        if series is None:
            cure = "add the series, or see why it was set aside"
            raise LesionError(str(path), "was drawn on a series that is not among the usable ones", cure)
        theirs = series.frame_of_reference
        if frame_of_reference and theirs and frame_of_reference != theirs:
            reason = "was drawn in another frame of reference than that of its series"
            raise LesionError(str(path), reason, "register it, or draw it on this series")
        return series


def boxes_of(values: NDArray[np.integer], masked: Masked) -> dict[tuple[int, ...], Box]:
    """Boxes in a mask `values[z, y, x]`, 0 outside: by value, or by value and component (1 the largest).

    Voxels that touch at a corner are connected. Equal components are counted in the order in which they lie.
    """
    found: dict[tuple[int, ...], Box] = {}
    for value, where in enumerate(ndimage.find_objects(values), start=1):
        if where is None:
            continue
        if masked is Masked.VALUES:
            found[value,] = _box(where)
            continue
        labels, _ = ndimage.label(values[where] == value, np.ones((3, 3, 3)))
        sizes = np.bincount(labels.ravel())[1:]
        inner = ndimage.find_objects(labels)
        for number, component in enumerate(np.argsort(-sizes, kind="stable"), start=1):
            found[value, number] = _box(inner[component], [one.start for one in where])
    return found


def check_inside(region: Region, series: Series, path: Path) -> None:
    """`LesionError` for a region outside its series."""
    if not region.box.inside(series.geometry.size):
        edges = tuple(round(edge, 1) for edge in vars(region.box).values())
        reason = f"a region of it, box {edges}, lies outside its series of {series.geometry.size} voxels"
        raise LesionError(str(path), reason, "draw it on this series")


def rounded(box: Box) -> Box:
    """Edges without the last digits of the way through millimetres."""
    return Box(*(round(edge, NEAREST) + 0.0 for edge in vars(box).values()))


def _box(where: tuple[slice, ...], start: list[int] | None = None) -> Box:
    z, y, x = start or (0, 0, 0)
    depth, rows, columns = where
    return Box(
        float(x + columns.start), float(y + rows.start), float(z + depth.start),
        float(x + columns.stop), float(y + rows.stop), float(z + depth.stop),
    )  # fmt: skip
