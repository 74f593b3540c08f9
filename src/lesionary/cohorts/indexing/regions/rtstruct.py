"""Regions of interest of an RTSTRUCT (PS3.3 A.19): one lesion a region.

pydicom is the reader: it is the one that is kept, and highdicom has none for RTSTRUCT. Regions that say of themselves
that they are an organ, the body's outline or part of the table (RTROIInterpretedType) are no lesions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom

from lesionary.base.errors import FileError, ItemError, LesionError
from lesionary.cohorts.adjusted import Change
from lesionary.cohorts.images.checks import UNREADABLE
from lesionary.cohorts.indexing.regions.region import Places, Region, check_inside
from lesionary.imaging.geometry import Box, Geometry

NO_LESION = {"EXTERNAL", "ORGAN", "SUPPORT", "FIXATION", "BOLUS", "MARKER", "ISOCENTER", "REGISTRATION"}
"""RTROIInterpretedType (PS3.3 C.8.8.8) of what is no lesion."""


def read_regions(path: Path, places: Places) -> Iterator[Region | Change | ItemError]:
    """Each region of the file, or why it is left out or cannot be used; `FileError` for a file that cannot be read."""
    try:
        data = pydicom.dcmread(path)
        rois = {int(roi.ROINumber): roi for roi in data.get("StructureSetROISequence", [])}
        kinds = {
            int(seen.ReferencedROINumber): str(seen.get("RTROIInterpretedType") or "")
            for seen in data.get("RTROIObservationsSequence", [])
        }
        drawn = list(data.get("ROIContourSequence", []))
        if not drawn:
            raise FileError(str(path), "holds no contours", "draw a region, or move it out of images/")
        found = [_one(path, data, roi, rois, kinds, places) for roi in drawn]
    except UNREADABLE as error:
        reason = f"cannot be read as an RTSTRUCT ({type(error).__name__})"
        raise FileError(str(path), reason, "write it again, or move it out of images/") from None
    yield from found


def _one(
    path: Path,
    data: pydicom.Dataset,
    drawn: pydicom.Dataset,
    rois: dict[int, pydicom.Dataset],
    kinds: dict[int, str],
    places: Places,
) -> Region | Change | ItemError:
    number = int(drawn.ReferencedROINumber)
    where = f"{path}, region {number}"
    try:
        if kinds.get(number) in NO_LESION:
            return Change(f"one of its regions, of type {kinds[number]}, is no lesion and left out", "none")
        contours = [one for one in drawn.get("ContourSequence", []) if one.ContourGeometricType == "CLOSED_PLANAR"]
        if not contours:
            reason = "one of its regions has no closed contour"
            raise LesionError(where, reason, "draw it, or remove it")
        name = _series_of(where, data, contours, places)
        frame = str(rois[number].get("ReferencedFrameOfReferenceUID") or "")
        series = places.usable(name, path, frame)
        points = np.concatenate([np.asarray(one.ContourData, np.float64).reshape(-1, 3) for one in contours])
        region = Region(
            name, (str(rois[number].get("ROIName") or number), str(number)), box_of_points(points, series.geometry)
        )
        check_inside(region, series, path)
        return region
    except ItemError as error:
        return error


def _series_of(where: str, data: pydicom.Dataset, contours: list[pydicom.Dataset], places: Places) -> str:
    """The one series that the contours' images belong to, else the one that the file refers to."""
    images = {str(image.ReferencedSOPInstanceUID) for one in contours for image in one.get("ContourImageSequence", [])}
    drawn_on = {places.slices[image][0] for image in images if image in places.slices}
    if len(drawn_on) == 1:
        return drawn_on.pop()
    series = {
        str(item.SeriesInstanceUID)
        for frame in data.get("ReferencedFrameOfReferenceSequence", [])
        for study in frame.get("RTReferencedStudySequence", [])
        for item in study.get("RTReferencedSeriesSequence", [])
    }
    if len(series) != 1:
        reason = f"one of its regions refers to {len(series)} series"
        raise LesionError(where, reason, "an RTSTRUCT says on which one series a region was drawn")
    return series.pop()


def box_of_points(points: np.ndarray, geometry: Geometry) -> Box:
    """Smallest box around points in mm, shape (points, 3); whole slices along z, since a contour lies in the middle
    of its slice."""
    box = Box.around(geometry.to_voxel(points))
    z_min, z_max = float(np.floor(box.z_min)), float(np.floor(box.z_max) + 1)
    return Box(box.x_min, box.y_min, z_min, box.x_max, box.y_max, z_max)
