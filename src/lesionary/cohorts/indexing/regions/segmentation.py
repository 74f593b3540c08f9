"""Segments of a DICOM SEG (PS3.3 A.51): one lesion a segment, or a connected part of one.

highdicom reads it: bits, frames in any order, overlapping segments, label maps. Of a fractional segmentation, what is
more likely in than out (or more than half covered) belongs to the lesion.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from lesionary.base.errors import FileError, ItemError, LesionError
from lesionary.cohorts.images.checks import UNREADABLE, panics_told
from lesionary.cohorts.images.decoders import install
from lesionary.cohorts.images.limits import check_size
from lesionary.cohorts.indexing.regions.region import Places, Region, boxes_of, check_inside, rounded
from lesionary.imaging.geometry import Box, Geometry
from lesionary.params.images import Masked


def read_regions(path: Path, places: Places, masked: Masked) -> Iterator[Region | ItemError]:
    """Each region of the file, or why it cannot be used; `FileError` for a file that cannot be read."""
    from highdicom.seg import segread

    install()
    try:
        data = segread(path)
        _check_shape(path, data)
        name = _series_of(path, data.get("ReferencedSeriesSequence", []))
        series = places.usable(name, path, str(data.get("FrameOfReferenceUID") or ""))
        found: list[Region | ItemError] = []
        for number in data.segment_numbers:
            with panics_told():
                volume = data.get_volume(segment_numbers=[int(number)], combine_segments=False)
            inside = (volume.array[..., 0] > 0.5).astype(np.uint8)
            label = str(data.get_segment_description(number).segment_label)
            if not inside.any():
                reason = f"segment {number} of it is empty"
                found.append(LesionError(str(path), reason, "segment the lesion, or remove it"))
            for key, box in boxes_of(inside, masked).items():
                part = ".".join(map(str, (number, *key[1:])))
                names = (part, label) if masked is Masked.VALUES else (part,)
                region = Region(name, names, on_series(box, volume.affine, series.geometry))
                found.append(_checked(region, path, places))
    except UNREADABLE as error:
        reason = f"cannot be read as a DICOM SEG ({type(error).__name__})"
        raise FileError(str(path), reason, "write it again, or move it out of images/") from None
    yield from found


def _check_shape(path: Path, data: Any) -> None:
    """`FileError` for frames that are no even stack, or one larger than any CT: frames may leave room between them."""
    check_size(path, int(data.Columns), int(data.Rows), 1)
    stack = data.get_volume_geometry(allow_missing_positions=True)
    if stack is None:
        raise FileError(str(path), "its frames are no even stack", "segment one series of even slices")
    depth, rows, columns = stack.spatial_shape
    check_size(path, columns, rows, depth)


def _series_of(path: Path, referenced: list[object]) -> str:
    series = {str(getattr(item, "SeriesInstanceUID", "")) for item in referenced}
    if len(series) != 1:
        raise LesionError(str(path), f"refers to {len(series)} series", "a SEG says on which one series it was drawn")
    return series.pop()


def _checked(region: Region, path: Path, places: Places) -> Region | ItemError:
    try:
        check_inside(region, places.series[region.series], path)
    except ItemError as error:
        return error
    return region


def on_series(box: Box, affine: np.ndarray, geometry: Geometry) -> Box:
    """A box in a segmentation's own voxels as the smallest in those of its series.

    `affine` takes highdicom's indices (frame, row, column; middle of a voxel at whole numbers) to mm.
    """
    edges = ((box.z_min, box.z_max), (box.y_min, box.y_max), (box.x_min, box.x_max))
    corners = np.array([(*corner, 1.0) for corner in product(*edges)])
    corners[:, :3] -= 0.5
    return rounded(Box.around(geometry.to_voxel((corners @ affine.T)[:, :3])))
