"""Boxes from RTSTRUCT: the contours of a region of interest, in voxels of the series they were drawn on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom

from lesionary.errors import LesionError
from lesionary.imaging.geometry import Box, Geometry


@dataclass(frozen=True)
class Contours:
    """Regions of one RTSTRUCT: the series it was drawn on, and each region's points in mm, shape (points, 3)."""

    path: Path
    series: str
    regions: dict[str, np.ndarray]


def read_contours(path: Path) -> Contours:
    """Read closed planar contours (PS3.3 C.8.8.6); `LesionError` if there are none."""
    data = pydicom.dcmread(path)
    names = {int(roi.ROINumber): str(roi.ROIName) for roi in data.get("StructureSetROISequence", [])}
    regions: dict[str, np.ndarray] = {}
    for region in data.get("ROIContourSequence", []):
        points = [
            np.asarray(contour.ContourData, np.float64).reshape(-1, 3)
            for contour in region.get("ContourSequence", [])
            if contour.ContourGeometricType == "CLOSED_PLANAR"
        ]
        if points:
            regions[names[int(region.ReferencedROINumber)]] = np.concatenate(points)
    frames = data.get("ReferencedFrameOfReferenceSequence", [])
    series = [
        str(item.SeriesInstanceUID)
        for frame in frames
        for study in frame.get("RTReferencedStudySequence", [])
        for item in study.get("RTReferencedSeriesSequence", [])
    ]
    if not regions or len(series) != 1:
        reason = f"holds {len(regions)} regions with closed contours and refers to {len(series)} series"
        raise LesionError(str(path), reason, "an RTSTRUCT of one series with at least one region is wanted")
    return Contours(path, series[0], regions)


def box_of_contours(contours: Contours, geometry: Geometry) -> Box:
    """Smallest box around the one region; whole slices along z, since a contour lies in the middle of its slice."""
    if len(contours.regions) > 1:
        reason = f"holds {len(contours.regions)} regions of interest, so none is the lesion's"
        raise LesionError(str(contours.path), reason, "write the box into lesions.csv")
    (points,) = contours.regions.values()
    box = Box.around(geometry.to_voxel(points))
    z_min, z_max = float(np.floor(box.z_min)), float(np.floor(box.z_max) + 1)
    return Box(box.x_min, box.y_min, z_min, box.x_max, box.y_max, z_max)
