"""Enhanced CT for tests, written with pydicom alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ct import ct_slice, uid, volume
from drawings import frame, item
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedCTImageStorage

ORDER = (3, 0, 5, 1, 4, 2)
"""In which order the slices of `write_enhanced` stand in the file."""


def enhanced(patient: str, z_mm: Sequence[float] = (), intercepts: Sequence[float] = ()) -> Dataset:
    """Six slices in one object, in an order that is not theirs, each with an intercept of its own."""
    hu = volume(patient)
    z_mm, intercepts = z_mm or [2.5 * z for z in range(6)], intercepts or [-1024 - 10 * z for z in range(6)]
    stored = np.stack([hu[z] - intercepts[z] for z in ORDER]).astype("<u2")
    data = ct_slice(patient, 0, hu[0], 0.0)
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "RescaleSlope",
                 "RescaleIntercept"):  # fmt: skip
        delattr(data, name)
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    data.FrameOfReferenceUID, data.SOPInstanceUID = frame(patient), uid(patient, "enhanced")
    data.NumberOfFrames, data.PixelData = len(ORDER), stored.tobytes()
    shared = item(
        PixelMeasuresSequence=Items([item(PixelSpacing=[0.8, 0.7], SliceThickness=2.5)]),
        PlaneOrientationSequence=Items([item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]),
    )
    data.SharedFunctionalGroupsSequence = Items([shared])
    data.PerFrameFunctionalGroupsSequence = Items(
        item(
            PlanePositionSequence=Items([item(ImagePositionPatient=[1, 2, z_mm[z]])]),
            PixelValueTransformationSequence=Items([
                item(RescaleSlope=1, RescaleIntercept=intercepts[z], RescaleType="HU")
            ]),
            FrameContentSequence=Items([item(FrameAcquisitionNumber=1)]),
        )
        for z in ORDER
    )  # fmt: skip
    return data


def write_enhanced(path: Path, data: Dataset) -> Path:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data.save_as(path, enforce_file_format=True)
    return path
