"""Small CT series and cohorts for tests, written with pydicom alone."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

BOX = {"x_min": 2, "y_min": 3, "z_min": 1, "x_max": 8, "y_max": 9, "z_max": 4}


def uid(*names: object) -> str:
    """A UID that names always give again."""
    return generate_uid(entropy_srcs=[str(name) for name in names])


def ct_slice(patient: str, number: int, hu: np.ndarray, z_mm: float, **tags: object) -> FileDataset:
    """One axial slice, 1 x 1 mm pixels, HU stored with an intercept of -1024; `tags` override any attribute."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid(patient, number)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.PatientID, data.PatientName = "CT", patient, f"Name^{patient}"
    data.StudyInstanceUID, data.SeriesInstanceUID = uid(patient, "study"), uid(patient, "series")
    data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, z_mm], [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness, data.InstanceNumber = [1, 1], 2.5, number
    data.Rows, data.Columns = hu.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.RescaleSlope, data.RescaleIntercept = 1, -1024
    data.PixelData = (hu + 1024).astype("<u2").tobytes()
    for name, value in tags.items():
        setattr(data, name, value)
    return data


def volume(patient: str, depth: int = 6, side: int = 12) -> np.ndarray:
    """HU of a patient, `[z, y, x]`, unlike any other patient's."""
    seed = int.from_bytes(patient.encode(), "big") % 2**32
    return np.random.default_rng(seed).integers(-200, 300, (depth, side, side)).astype(np.int16)


def write_series(folder: Path, patient: str, depth: int = 6, spacing_mm: float = 2.5, **tags: object) -> list[Path]:
    """Write a series, its slices in an order that the file names do not tell; the files by growing z."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for z, hu in enumerate(volume(patient, depth)):
        path = folder / f"{(z * 7) % 11:02d}-{z}.dcm"
        ct_slice(patient, z, hu, z * spacing_mm, **tags).save_as(path, enforce_file_format=True)
        paths.append(path)
    return paths


def lesion(patient: str, /, subtype: str = "A", **values: object) -> dict[str, object]:
    """A row of lesions.csv for the series of `write_series`."""
    row = {"lesion": "1", "patient": patient, "study": uid(patient, "study"), "series": uid(patient, "series")}
    return {**row, **BOX, "subtype": subtype, **values}


def write_lesions(cohort: Path, rows: Sequence[dict[str, object]]) -> None:
    """Write lesions.csv."""
    with (cohort / "lesions.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_cohort(folder: Path, patients: Sequence[str], images: str = "dicom") -> Path:
    """A cohort of one lesion a patient."""
    for patient in patients:
        write_series(folder / "images" / patient, patient)
    (folder / "cohort.yaml").write_text(f"name: test\nabout: made by a test\nimages: [{images}]\n", "utf-8")
    (folder / "pseudonym.key").write_text("secret\n", "utf-8")
    write_lesions(folder, [lesion(patient) for patient in patients])
    return folder


def close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody look into a folder: its own rights would let whoever may do everything."""
    look = os.scandir

    def scandir(path: str) -> Any:
        if Path(path) == folder:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)


def edit(path: Path, **tags: object) -> None:
    """Change attributes of a file in place."""
    data = pydicom.dcmread(path)
    for name, value in tags.items():
        setattr(data, name, value)
    data.save_as(path, enforce_file_format=True)
