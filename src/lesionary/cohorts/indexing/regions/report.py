"""Measurements of a DICOM SR (TID 1500): one lesion a planar or volumetric measurement group with a region.

highdicom reads it. Coordinates in pixels (SCOORD) count from the corner of the first pixel (PS3.3 C.18.6.1.2), as
voxels do in this house; those in mm (SCOORD3D) lie in the patient. A group whose region is a segment of a SEG is set
aside here: the SEG itself gives it. Long and short axes are kept, and must fit the region.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lesionary.base.errors import FileError, ItemError, LesionError
from lesionary.cohorts.images.checks import UNREADABLE
from lesionary.cohorts.indexing.given import edge_in_volume, in_volume
from lesionary.cohorts.indexing.regions.region import Places, Region, check_inside, rounded
from lesionary.cohorts.indexing.regions.rtstruct import box_of_points
from lesionary.imaging.geometry import Box

CIRCLE, ELLIPSE, ELLIPSOID = "CIRCLE", "ELLIPSE", "ELLIPSOID"
MM = {"mm": 1.0, "cm": 10.0, "um": 0.001}
LONGER = 1.25
"""How much longer than its region's diagonal a long axis may be: outlines are drawn a little inside or outside."""


def read_regions(path: Path, places: Places) -> Iterator[Region | ItemError]:
    """Each region of the file, or why it cannot be used; `FileError` for a file that cannot be read."""
    from highdicom.sr import MeasurementReport, srread

    try:
        report = srread(path)
        content = report.content
        if not isinstance(content, MeasurementReport):
            raise FileError(str(path), "is no measurement report (TID 1500)", "move it out of images/")
        evidence = {str(series) for _, series in report.get_evidence_series()}
        groups = [*content.get_planar_roi_measurement_groups(), *content.get_volumetric_roi_measurement_groups()]
        found = [_one(path, group, number, evidence, places) for number, group in enumerate(groups, start=1)]
    except UNREADABLE as error:
        reason = f"cannot be read as a measurement report ({type(error).__name__})"
        raise FileError(str(path), reason, "write it again, or move it out of images/") from None
    if not found:
        raise FileError(str(path), "holds no measurement group with a region", "move it out of images/")
    yield from found


def _one(path: Path, group: Any, number: int, evidence: set[str], places: Places) -> Region | ItemError:
    try:
        drawn = group.roi
        if drawn is None:
            reason = "one of its groups refers to a segmentation, no region"
            raise LesionError(str(path), reason, "the SEG itself gives the lesion")
        items = [drawn] if hasattr(drawn, "GraphicData") else list(drawn)
        if all(item.ValueType == "SCOORD" for item in items):
            name, box, key_slice = _on_images(path, items, places)
        else:
            name, box, key_slice = _in_space(path, items, evidence, places)
        long, short = _axis(path, group, "LongAxis"), _axis(path, group, "ShortAxis")
        names = (str(group.tracking_identifier or number), str(group.tracking_uid or number), str(number))
        region = Region(name, names, rounded(box), key_slice, long, short)
        check_inside(region, places.series[name], path)
        _check_axis(region, places, path)
        return region
    except ItemError as error:
        return error


def _on_images(path: Path, items: list[Any], places: Places) -> tuple[str, Box, int | None]:
    """Regions on images: on how many there are, the box holds all."""
    boxes, found = [], []
    for item in items:
        image = item.ContentSequence[0].ReferencedSOPSequence[0]
        frame = image.get("ReferencedFrameNumber")
        name = str(image.ReferencedSOPInstanceUID) + ("" if frame is None else f" {int(frame) - 1}")
        if name not in places.slices:
            reason = "one of its groups refers to an image that is not among the usable ones"
            raise LesionError(str(path), reason, "add the image, or see why its series was set aside")
        found.append(places.slices[name])
        low, high = extent(item.GraphicType, np.reshape(np.asarray(item.GraphicData, np.float64), (-1, 2)))
        if (high <= low).any():
            reason = "one of its groups draws a graphic without area"
            raise LesionError(str(path), reason, "a polygon, a circle, an ellipse or crossed axes hold a box")
        z = found[-1][1]
        boxes.append(np.array([[*low, z], [*high, z + 1]]))
    if len({series for series, _ in found}) > 1:
        raise LesionError(str(path), "one of its groups draws on several series", "draw a lesion on one series")
    corners = np.concatenate(boxes)
    series = places.series[found[0][0]]
    key = sorted(z for _, z in found)[len(found) // 2]
    key_slice = int(edge_in_volume(key + 0.5, series))
    return found[0][0], in_volume(Box.around(corners), series), key_slice


def _in_space(path: Path, items: list[Any], evidence: set[str], places: Places) -> tuple[str, Box, None]:
    """Regions in the patient: of the series that the report refers to, the one in their frame of reference."""
    frames = {str(item.get("ReferencedFrameOfReferenceUID") or "") for item in items}
    seen = sorted(name for name in evidence if name in places.series)
    fitting = [name for name in seen if {places.series[name].frame_of_reference} == frames]
    if len(fitting) != 1:
        reason = f"one of its groups lies in the space of {len(fitting)} of the {len(seen)} usable series it refers to"
        raise LesionError(str(path), reason, "a report refers to the one series on which it was drawn")
    points = [
        np.array(extent(item.GraphicType, np.reshape(np.asarray(item.GraphicData, np.float64), (-1, 3))))
        if item.GraphicType in (ELLIPSE, ELLIPSOID)
        else np.reshape(np.asarray(item.GraphicData, np.float64), (-1, 3))
        for item in items
    ]
    return fitting[0], box_of_points(np.concatenate(points), places.series[fitting[0]].geometry), None


def extent(graphic: str, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest coordinates of a graphic, whose points mean what PS3.3 C.18.6.1.2 says.

    >>> extent("CIRCLE", np.array([[5.0, 5.0], [5.0, 7.0]]))
    (array([3., 3.]), array([7., 7.]))
    >>> extent("ELLIPSE", np.array([[0.0, 5.0], [10.0, 5.0], [5.0, 3.0], [5.0, 7.0]]))
    (array([0., 3.]), array([10.,  7.]))
    """
    if graphic == CIRCLE:
        radius = float(np.linalg.norm(points[1] - points[0]))
        return points[0] - radius, points[0] + radius
    if graphic in (ELLIPSE, ELLIPSOID):  # pairs of ends of the axes
        half = np.sqrt((((points[1::2] - points[::2]) / 2) ** 2).sum(axis=0))
        return points.mean(axis=0) - half, points.mean(axis=0) + half
    return points.min(axis=0), points.max(axis=0)


def _axis(path: Path, group: Any, name: str) -> float | None:
    """A length in mm, None where it was not measured."""
    from pydicom.sr.codedict import codes

    measured = group.get_measurements(getattr(codes.SCT, name))
    if not measured:
        return None
    unit = str(measured[0].unit.value)
    if unit not in MM:
        raise LesionError(str(path), f"one of its groups measures {name} in another unit than mm", "correct it")
    return float(measured[0].value) * MM[unit]


def _check_axis(region: Region, places: Places, path: Path) -> None:
    spacing = places.series[region.series].geometry.spacing_mm
    diagonal = float(np.linalg.norm(np.array(region.box.extent) * spacing))
    if region.long_axis_mm and region.long_axis_mm > LONGER * diagonal:
        reason = f"one of its groups has a long axis of {region.long_axis_mm:.1f} mm in a region of {diagonal:.1f} mm"
        raise LesionError(str(path), reason, "find out which is right")
