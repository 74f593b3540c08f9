"""Classic CT Image Storage: headers of a folder, and slices in HU."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID, CTImageStorage, RTStructureSetStorage

from lesionary.errors import FileError

AIR_HU = -1024
"""What voxels outside the reconstructed circle (PixelPaddingValue) are given."""

_TAGS = [
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID", "Modality",
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "Rows", "Columns",
    "BitsAllocated", "SamplesPerPixel", "NumberOfFrames", "Manufacturer", "SeriesNumber", "InstanceNumber",
]  # fmt: skip
_DELIMITER = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"  # sequence delimitation item, PS3.5 A.4


@dataclass(frozen=True)
class Header:
    """What one CT slice says of itself; `file` is its number in the cohort's listing."""

    file: int
    instance: str
    series: str
    study: str
    patient: str
    position_mm: tuple[float, float, float]
    row: tuple[float, float, float]
    column: tuple[float, float, float]
    spacing_mm: tuple[float, float]
    thickness_mm: float
    size: tuple[int, int]
    manufacturer: str
    series_number: int | None = None
    instance_number: int | None = None
    """What a report calls "series 4, image 120"."""


@dataclass(frozen=True)
class Structures:
    """An RTSTRUCT file of the cohort."""

    file: int


def read_header(file: int, path: Path) -> Header | Structures:
    """Read one file's header; `FileError` if it is no usable CT slice.

    Pixels are not decoded here, but a file that ends before its pixels do is found: by length where they are
    stored native, by the missing end mark where they are encapsulated (PS3.5 A.4).
    """
    try:
        with path.open("rb") as stream:
            data = pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=_TAGS)
            start = stream.tell()
    except (InvalidDicomError, EOFError, OSError, ValueError, KeyError) as error:
        raise FileError(str(path), f"is no DICOM file ({type(error).__name__})", "move it out of images/") from None
    if data.get("SOPClassUID") == RTStructureSetStorage:
        return Structures(file)
    if data.get("SOPClassUID") != CTImageStorage:
        kind = UID(str(data.get("SOPClassUID", ""))).name or "of unknown class"
        raise FileError(str(path), f"is no CT image but {kind}", "only CT Image Storage is read")
    if start >= path.stat().st_size:
        raise FileError(str(path), "is truncated: it ends before its pixels", "copy it again from its source")
    missing = [tag for tag in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing") if not data.get(tag)]
    if missing:
        raise FileError(str(path), f"has no {', '.join(missing)}", "a slice without a place cannot be stacked")
    _check_length(path, data, start)
    values = [float(v) for v in data.ImageOrientationPatient]
    x, y, z = (float(v) for v in data.ImagePositionPatient)
    between_rows, between_columns = (float(v) for v in data.PixelSpacing)  # PS3.3 10.7.1.3: rows first, so y, then x
    return Header(
        file, str(data.SOPInstanceUID), str(data.SeriesInstanceUID), str(data.StudyInstanceUID),
        str(data.get("PatientID", "") or ""), (x, y, z), (values[0], values[1], values[2]),
        (values[3], values[4], values[5]), (between_columns, between_rows), float(data.get("SliceThickness") or 0),
        (int(data.Columns), int(data.Rows)), str(data.get("Manufacturer", "") or ""),
        _whole(data, "SeriesNumber"), _whole(data, "InstanceNumber"),
    )  # fmt: skip


def _whole(data: pydicom.FileDataset, name: str) -> int | None:
    """A number that may be missing, or no number; nothing but a report's references needs it."""
    try:
        return int(data.get(name))
    except (TypeError, ValueError):
        return None


def _check_length(path: Path, data: pydicom.FileDataset, start: int) -> None:
    size = path.stat().st_size
    cure = "copy it again from its source"
    if data.file_meta.TransferSyntaxUID.is_encapsulated:
        with path.open("rb") as stream:
            stream.seek(max(0, size - 4096))
            if _DELIMITER not in stream.read():
                raise FileError(str(path), "is truncated: its compressed pixels have no end mark", cure)
        return
    wanted = int(data.Rows) * int(data.Columns) * int(data.BitsAllocated) // 8
    if size - start < wanted:
        raise FileError(str(path), f"is truncated: {size - start} bytes of pixels, {wanted} wanted", cure)


def read_hu(path: Path) -> NDArray[np.int16]:
    """One slice in Hounsfield units, shape (rows, columns); padding becomes air.

    `FileError` if the pixels cannot be decoded. A fractional rescale slope is rounded to whole HU.
    """
    try:
        data = pydicom.dcmread(path)
        stored = data.pixel_array
    except (
        InvalidDicomError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        AttributeError,
        NotImplementedError,
    ) as error:
        reason = f"its pixels cannot be decoded ({type(error).__name__})"
        raise FileError(str(path), reason, "copy it again, or convert its transfer syntax") from None
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    hu = stored.astype(np.float64) * slope + intercept  # PS3.3 C.11.1.1.2
    if "PixelPaddingValue" in data:
        # PS3.3 C.7.5.1.1.2. Some headers have it unsigned where pixels are signed: 63536 is -2000 then.
        limits = np.array([data.PixelPaddingValue, data.get("PixelPaddingRangeLimit", data.PixelPaddingValue)])
        low, high = limits.astype(stored.dtype)
        hu[(stored >= min(low, high)) & (stored <= max(low, high))] = AIR_HU
    return np.clip(np.rint(hu), -32768, 32767).astype(np.int16)
