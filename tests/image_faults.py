"""Faults of images."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from ct import edit, uid, write_series
from drawings import frame, square, write_rtstruct, write_seg
from faults import Fault


def slice_of(cohort: Path, patient: str, z: int = 2) -> Path:
    return next((cohort / "images" / patient).glob(f"*-{z}.dcm"))


def header(**tags: object) -> Callable[..., None]:
    """Change one slice."""
    return lambda cohort, patient="anna": edit(slice_of(cohort, patient), **tags)


def headers(**tags: object) -> Callable[..., None]:
    """Change every slice."""

    def make(cohort: Path, patient: str = "anna") -> None:
        for path in (cohort / "images" / patient).iterdir():
            edit(path, **tags)

    return make


def placed(place: Callable[[int], list[float]]) -> Callable[..., None]:
    """Put slice z at place(z)."""

    def make(cohort: Path, patient: str = "anna") -> None:
        for z in range(6):
            edit(slice_of(cohort, patient, z), ImagePositionPatient=place(z))

    return make


def truncated(cohort: Path, patient: str = "anna") -> None:
    path = slice_of(cohort, patient)
    path.write_bytes(path.read_bytes()[:-20])


def undecodable(cohort: Path, patient: str = "anna") -> None:
    """A compressed slice outside the middle of its series, where no fingerprint looks."""
    path = slice_of(cohort, patient, 1)
    data = pydicom.dcmread(path)
    data.compress(pydicom.uid.RLELossless)
    pixels = bytearray(data.PixelData)
    pixels[20:60] = b"\xff" * 40
    data.PixelData = bytes(pixels)
    data.save_as(path)


def one_uid(cohort: Path, patient: str = "anna") -> None:
    """Two slices at different places."""
    edit(slice_of(cohort, patient, 3), SOPInstanceUID=pydicom.dcmread(slice_of(cohort, patient, 2)).SOPInstanceUID)


def copied(cohort: Path, patient: str = "anna") -> None:
    shutil.copytree(cohort / "images" / patient, cohort / "images" / "copy")
    for path in (cohort / "images" / "copy").iterdir():
        edit(path, SeriesInstanceUID=uid("copy"), SOPInstanceUID=uid(path.name), PatientID="zoe",
             StudyInstanceUID=uid("zoe"))  # fmt: skip


def drawn_elsewhere(cohort: Path) -> None:
    shutil.rmtree(cohort / "images" / "anna")
    write_series(cohort / "images" / "anna", "anna", FrameOfReferenceUID=frame("anna"))
    regions = {"1": square(3, 6, 2.5, 5.0)}
    write_rtstruct(cohort / "images" / "anna.dcm", "anna", regions, frame_of_reference=uid("another"))


def segmented_elsewhere(cohort: Path) -> None:
    folder = cohort / "images" / "zoe"
    write_series(folder, "zoe", FrameOfReferenceUID=frame("zoe"), Manufacturer="test")
    mask = np.zeros((6, 12, 12), np.uint8)
    mask[2:4, 3:6, 3:6] = 1
    write_seg(cohort / "images" / "zoe.dcm", folder, mask)
    shutil.rmtree(folder)


def foreign(cohort: Path) -> None:
    (cohort / "images" / "notes.txt").write_text("not an image", "utf-8")


ANNA_FILE, ANNA_SERIES = "file anna/", f"series {uid('anna', 'series')}, patient anna"
IMAGES = {
    "no DICOM": Fault(foreign, "is no DICOM file", "file notes.txt"),
    "another class": Fault(
        header(SOPClassUID=pydicom.uid.SecondaryCaptureImageStorage), "Secondary Capture", ANNA_FILE
    ),
    "truncated": Fault(truncated, "is truncated", ANNA_FILE),
    "without a place": Fault(header(ImagePositionPatient=None), "has no ImagePositionPatient", ANNA_FILE),
    "localiser": Fault(header(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), "is a localiser", ANNA_FILE),
    "burnt in": Fault(header(BurnedInAnnotation="YES"), "text burnt in", ANNA_FILE),
    "no HU": Fault(header(RescaleType="MGML"), "not in HU", ANNA_FILE),
    "many frames": Fault(header(NumberOfFrames=3), "holds 3 frames", ANNA_FILE),
    "a giant of many frames": Fault(
        header(Rows=65_535, Columns=65_535, NumberOfFrames=10_000), "promises 65535 columns", ANNA_FILE
    ),
    "a giant": Fault(header(Rows=65_535, Columns=65_535), "promises 65535 columns", ANNA_FILE),
    "rescale": Fault(header(RescaleSlope=0), "rescale cannot be used", ANNA_FILE),
    "missing slice": Fault(lambda c, patient="anna": slice_of(c, patient).unlink(), "1 missing", ANNA_SERIES),
    "uneven": Fault(placed(lambda z: [0, 0, 2.5 * z + (z > 2)]), "uneven", ANNA_SERIES),
    "tilted": Fault(placed(lambda z: [0, 0.8 * z, 2.5 * z]), "gantry is tilted by 17.7 degrees", ANNA_SERIES),
    "beside the line": Fault(placed(lambda z: [3.0 * (z == 2), 0, 2.5 * z]), "beside the line", ANNA_SERIES),
    "two slices in one place": Fault(placed(lambda z: [0, 0, 2.5 * max(z, 1)]), "at the same place", ANNA_SERIES),
    "mixed": Fault(header(PixelSpacing=[2, 2]), "slices differ in pixel spacing", ANNA_SERIES),
    "anisotropic": Fault(headers(PixelSpacing=[9, 1]), "its pixels measure", ANNA_SERIES),
    "two owners": Fault(header(PatientID="zoe"), "name 2 patients", ANNA_SERIES.split(",", maxsplit=1)[0]),
    "one UID": Fault(one_uid, "slices at different places have one SOPInstanceUID", ANNA_SERIES),
    "copy": Fault(copied, "shows the same voxels as series E-", f"series {uid('copy')}"),
    "undecodable": Fault(undecodable, "cannot be decoded", "lesion 1 of patient anna"),
    "another frame of reference": Fault(drawn_elsewhere, "another frame of reference", "file anna.dcm"),
    "SEG of another series": Fault(segmented_elsewhere, "a series that is not among the usable ones", "file zoe.dcm"),
}
