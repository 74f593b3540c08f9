"""Files that cannot be used, each beside a cohort that it leaves as it is: NIfTI, masks, drawings and odd DICOM.

Each is made in `images/<patient>` of a patient that the cohort does not have. What `image_faults` breaks was sound.
"""

from __future__ import annotations

from pathlib import Path

import pydicom
from ct import edit, write_series
from drawing_faults import DRAWINGS
from multiframe import enhanced, write_enhanced
from nifti_faults import NIFTI
from own_cohort import Make, folder_of


def enhanced_in(**tags: object) -> Make:
    """A multi-frame image with other tags."""

    def make(cohort: Path, patient: str) -> None:
        data = enhanced(patient)
        for name, value in tags.items():
            setattr(data, name, value)
        write_enhanced(folder_of(cohort, patient) / "a.dcm", data)

    return make


def other_unit(cohort: Path, patient: str) -> None:
    data = enhanced(patient)
    shared = data.SharedFunctionalGroupsSequence[0]
    groups = [shared, *data.PerFrameFunctionalGroupsSequence]
    for one in groups:
        for told in one.get("PixelValueTransformationSequence", []):
            told.RescaleType = "MGML"
    write_enhanced(folder_of(cohort, patient) / "a.dcm", data)


def slices(**tags: object) -> Make:
    """A series whose first slice has other tags."""

    def make(cohort: Path, patient: str) -> None:
        edit(write_series(cohort / "images" / patient, patient)[0], **tags)

    return make


def nowhere(cohort: Path, patient: str) -> None:
    """pydicom refuses to write such a position: the file is changed byte by byte."""
    path = write_series(cohort / "images" / patient, patient)[0]
    edit(path, ImagePositionPatient=["-1234.25", "0", "0"])
    path.write_bytes(path.read_bytes().replace(b"-1234.25", b"nan     "))


def without_pixels(cohort: Path, patient: str) -> None:
    path = write_series(cohort / "images" / patient, patient)[0]
    data = pydicom.dcmread(path)
    del data.PixelData
    data.save_as(path)


def without_instance(cohort: Path, patient: str) -> None:
    """Blanked in both places where it stands."""
    path = write_series(cohort / "images" / patient, patient)[0]
    data = pydicom.dcmread(path)
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = ""
    data.save_as(path)


def without_end(cohort: Path, patient: str) -> None:
    """Compressed, and cut before the mark that ends its pixels."""
    path = write_series(cohort / "images" / patient, patient)[0]
    data = pydicom.dcmread(path)
    data.compress(pydicom.uid.RLELossless)
    data.save_as(path)
    path.write_bytes(path.read_bytes()[:-20])


def without_groups(cohort: Path, patient: str) -> None:
    data = enhanced(patient)
    del data.SharedFunctionalGroupsSequence
    write_enhanced(folder_of(cohort, patient) / "a.dcm", data)


def leaning(cohort: Path, patient: str) -> None:
    for z, path in enumerate(write_series(cohort / "images" / patient, patient)):
        edit(path, ImagePositionPatient=[0, 5.0 * z, 2.5 * z])


FILES: dict[str, tuple[Make, str]] = {
    **NIFTI,
    **DRAWINGS,
    "enhanced-unit": (other_unit, "its values are not in HU"),
    "enhanced-frames": (enhanced_in(NumberOfFrames=9), "holds 9 frames and describes"),
    "enhanced-giant": (enhanced_in(Rows=65_535, Columns=65_535, NumberOfFrames=10_000), "promises 65535 columns"),
    "enhanced-groups": (without_groups, "its functional groups cannot be used"),
    "without-instance": (without_instance, "has no SOPInstanceUID"),
    "without-end": (without_end, "its compressed pixels have no end mark"),
    "giant": (slices(Rows=65_535, Columns=65_535, NumberOfFrames=10_000), "promises 65535 columns"),
    "colour": (slices(SamplesPerPixel=3), "is in colour"),
    "nowhere": (nowhere, "its ImagePositionPatient is no point"),
    "directions": (
        slices(ImageOrientationPatient=[1, 1, 0, 0, 1, 0]), "is no pair of right-angled unit vectors"
    ),
    "no-distance": (slices(PixelSpacing=[0, 1]), "its PixelSpacing is no distance"),
    "half-a-position": (slices(ImagePositionPatient=[0, 0]), "its header cannot be used"),
    "without-pixels": (without_pixels, "is truncated: it ends before its pixels"),
    "leaning": (leaning, "its slices lean by 63.4 degrees"),
}  # fmt: skip
"""By the patient in whose folder each is made: what makes it, and what is said of it."""
