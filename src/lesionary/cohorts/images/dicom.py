"""Classic CT Image Storage: headers of a folder, and slices in HU."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    UID,
    Comprehensive3DSRStorage,
    ComprehensiveSRStorage,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    EnhancedSRStorage,
    LegacyConvertedEnhancedCTImageStorage,
    RTStructureSetStorage,
    SegmentationStorage,
)

from lesionary.base.errors import FileError
from lesionary.cohorts.images.checks import (
    UNREADABLE,
    check_end,
    check_image,
    decoding,
    directions,
    instance,
    is_lossy,
    named,
    pixel_spacing,
    point,
    rescale,
    whole,
)
from lesionary.cohorts.images.decoders import plugin
from lesionary.cohorts.images.elements import Elements, read_head
from lesionary.cohorts.images.hounsfield import padding_of, to_hu
from lesionary.cohorts.images.quick import read_stored

_TAGS: dict[int, str] = {Tag(name): name for name in (
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID", "Modality", "ImageType",
    "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "Rows", "Columns",
    "BitsAllocated", "SamplesPerPixel", "NumberOfFrames", "Manufacturer", "SeriesNumber", "InstanceNumber",
    "AcquisitionNumber", "FrameOfReferenceUID", "RescaleSlope", "RescaleIntercept", "RescaleType",
    "BurnedInAnnotation", "LossyImageCompression",
)}  # fmt: skip
_PLACE = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")
_HEAD = 1 << 16
"""Bytes of a file that hold its header, as a rule."""


@dataclass(frozen=True, slots=True)  # a large cohort has millions
class Header:
    """What one CT slice says of itself; `file` is its number in the cohort's listing.

    Series, study and patient are empty where somebody blanked them.
    """

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
    """What a report calls "series 4, image 120"; of a multi-frame file, the frame's number, from 1."""
    acquisition: str = ""
    """Tells apart acquisitions that one series holds."""
    frame_of_reference: str = ""
    frame: int | None = None
    """Which frame of its file this slice is, from 0; None where a file is one slice."""
    rescaled: bool = True
    """Whether the header says how stored values become HU."""
    lossy: bool = False
    """Whether pixels were compressed with loss, now or at any time before."""


class Class(StrEnum):
    """Objects that are no classic CT slice and that other modules read."""

    ENHANCED = "enhanced CT"
    STRUCTURES = "RTSTRUCT"
    SEGMENTATION = "SEG"
    REPORT = "SR"


CLASSES = {
    EnhancedCTImageStorage: Class.ENHANCED,
    LegacyConvertedEnhancedCTImageStorage: Class.ENHANCED,
    RTStructureSetStorage: Class.STRUCTURES,
    SegmentationStorage: Class.SEGMENTATION,
    UID("1.2.840.10008.5.1.4.1.1.66.7"): Class.SEGMENTATION,  # Label Map Segmentation Storage
    EnhancedSRStorage: Class.REPORT,
    ComprehensiveSRStorage: Class.REPORT,
    Comprehensive3DSRStorage: Class.REPORT,
}


@dataclass(frozen=True)
class Companion:
    """A file of the cohort that is no classic CT slice."""

    file: int
    kind: Class
    instance: str


def read_header(file: int, path: Path) -> Header | Companion:
    """Read one file's header; `FileError` if it is no usable CT slice.

    Pixels are not decoded here, but a file that ends before its pixels do is found: by length where they are
    stored native, by the missing end mark where they are encapsulated (PS3.5 A.4).
    """
    try:
        data, start = _read_elements(path)
        kind = UID(named(data, "SOPClassUID"))
    except UNREADABLE as error:
        raise FileError(str(path), f"is no DICOM file ({type(error).__name__})", "move it out of images/") from None
    if kind in CLASSES:
        return Companion(file, CLASSES[kind], named(data, "SOPInstanceUID"))
    if kind != CTImageStorage:
        name = kind.name or "of unknown class"
        raise FileError(str(path), f"is no CT image but {name}", "only CT Image Storage is read")
    if start >= path.stat().st_size and data.file_meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        raise FileError(str(path), "is truncated: it ends before its pixels", "copy it again from its source")
    try:
        missing = [tag for tag in _PLACE if not data.get(tag)]
        if missing:
            raise FileError(str(path), f"has no {', '.join(missing)}", "a slice without a place cannot be stacked")
        check_image(path, data)
        if int(data.get("NumberOfFrames") or 1) != 1:
            reason = f"holds {int(data.NumberOfFrames)} frames, which CT Image Storage never does"
            raise FileError(str(path), reason, "convert it to Enhanced CT Image Storage, or to one file a slice")
        rescale(path, data)
        _check_length(path, data, start)
        return _header(file, path, data)
    except UNREADABLE as error:
        reason = f"its header cannot be used ({type(error).__name__})"
        raise FileError(str(path), reason, "compare it with PS3.3 A.3, or move it out of images/") from None


def _read_elements(path: Path) -> tuple[pydicom.FileDataset | Elements, int]:
    """`_TAGS` of a header, and at which byte it ends: the short way where it goes, else pydicom's."""
    with path.open("rb") as stream:
        with suppress(*UNREADABLE):
            if raw := read_head(stream.read(_HEAD), _TAGS):
                return raw.converted(), raw.end
        stream.seek(0)
        tags: list[BaseTag | int] = list(_TAGS)
        return pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=tags), stream.tell()


def _header(file: int, path: Path, data: pydicom.Dataset | Elements) -> Header:
    row, column = directions(path, [float(v) for v in data.ImageOrientationPatient])
    return Header(
        file, instance(path, data), str(data.get("SeriesInstanceUID") or ""), str(data.get("StudyInstanceUID") or ""),
        str(data.get("PatientID", "") or ""), point(path, data.ImagePositionPatient), row, column,
        pixel_spacing(path, data.PixelSpacing), float(data.get("SliceThickness") or 0),
        (int(data.Columns), int(data.Rows)), str(data.get("Manufacturer", "") or ""),
        whole(data, "SeriesNumber"), whole(data, "InstanceNumber"), str(data.get("AcquisitionNumber") or ""),
        str(data.get("FrameOfReferenceUID") or ""),
        rescaled=data.get("RescaleSlope") is not None and data.get("RescaleIntercept") is not None,
        lossy=is_lossy(data),
    )  # fmt: skip


def _check_length(path: Path, data: pydicom.FileDataset | Elements, start: int) -> None:
    size = path.stat().st_size
    cure = "copy it again from its source"
    syntax = UID(data.file_meta.get("TransferSyntaxUID") or "")
    if syntax.is_encapsulated:
        check_end(path)
        return
    wanted = int(data.Rows) * int(data.Columns) * int(data.BitsAllocated) // 8
    found = size - start
    if syntax == DeflatedExplicitVRLittleEndian:  # the place in the file tells nothing there
        found = len(pydicom.dcmread(path, specific_tags=["PixelData"]).PixelData)
    if found < wanted:
        raise FileError(str(path), f"is truncated: {found} bytes of pixels, {wanted} wanted", cure)


def read_hu(path: Path) -> NDArray[np.int16]:
    """One slice in Hounsfield units, shape (rows, columns); padding becomes air.

    `FileError` if the pixels cannot be decoded. A fractional rescale slope is rounded to whole HU. MONOCHROME1 says
    how to show values (PS3.3 C.7.6.3.1.2), not what they mean: HU are the same.
    """
    with suppress(*UNREADABLE):
        if quick := read_stored(path):
            return to_hu(quick.values, quick.slope, quick.intercept, quick.padding)
    with decoding(path):
        data = pydicom.dcmread(path)
        data.pixel_array_options(decoding_plugin=plugin(data.file_meta.TransferSyntaxUID))
        return to_hu(data.pixel_array, *rescale(path, data), padding_of(data))
