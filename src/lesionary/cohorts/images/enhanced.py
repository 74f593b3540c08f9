"""Enhanced CT Image Storage: many slices in one file, each with its own functional groups (PS3.3 A.38)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.utils import iter_pixels

from lesionary.base.errors import FileError
from lesionary.cohorts.images.checks import (
    HU,
    UNREADABLE,
    check_end,
    check_image,
    decoding,
    directions,
    instance,
    is_lossy,
    pixel_spacing,
    point,
    rescale,
    whole,
)
from lesionary.cohorts.images.decoders import plugin
from lesionary.cohorts.images.dicom import Header
from lesionary.cohorts.images.hounsfield import padding_of, to_hu
from lesionary.cohorts.images.limits import check_bytes


def read_headers(file: int, path: Path) -> list[Header]:
    """A header a frame; `FileError` if the file is no usable CT."""
    try:
        with path.open("rb") as stream:
            data = pydicom.dcmread(stream, stop_before_pixels=True)
            start = stream.tell()
        check_image(path, data)
        _check_frames(path, data, start)
        headers = [_header(file, path, data, number) for number in range(int(data.NumberOfFrames))]
    except UNREADABLE as error:
        reason = f"its functional groups cannot be used ({type(error).__name__})"
        raise FileError(str(path), reason, "compare it with PS3.3 A.38, or move it out of images/") from None
    return headers


def _check_frames(path: Path, data: pydicom.FileDataset, start: int) -> None:
    frames, described = int(data.NumberOfFrames), len(data.PerFrameFunctionalGroupsSequence)
    if frames != described:
        raise FileError(str(path), f"holds {frames} frames and describes {described}", "copy it again from its source")
    syntax = data.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated:
        check_end(path)
        return
    promised = frames * int(data.Rows) * int(data.Columns) * int(data.BitsAllocated) // 8
    if syntax.is_deflated:
        check_bytes(path, promised, deflated=True)
    else:
        check_bytes(path, start + promised)


def _header(file: int, path: Path, data: pydicom.Dataset, number: int) -> Header:
    measures = _group(data, number, "PixelMeasuresSequence")
    content = _group(data, number, "FrameContentSequence")
    row, column = directions(
        path, [float(v) for v in _group(data, number, "PlaneOrientationSequence").ImageOrientationPatient]
    )
    values = _group(data, number, "PixelValueTransformationSequence")
    rescale(path, values)
    if str(values.get("RescaleType") or "").upper() not in HU:
        raise FileError(str(path), "its values are not in HU (RescaleType)", "take the series in HU")
    told = ("FrameAcquisitionNumber", "StackID", "TemporalPositionIndex")
    return Header(
        file, f"{instance(path, data)} {number}", str(data.get("SeriesInstanceUID") or ""),
        str(data.get("StudyInstanceUID") or ""),
        str(data.get("PatientID", "") or ""),
        point(path, _group(data, number, "PlanePositionSequence").ImagePositionPatient), row, column,
        pixel_spacing(path, measures.PixelSpacing), float(measures.get("SliceThickness") or 0),
        (int(data.Columns), int(data.Rows)), str(data.get("Manufacturer", "") or ""),
        whole(data, "SeriesNumber"), number + 1, " ".join(str(content.get(name) or "") for name in told),
        str(data.get("FrameOfReferenceUID") or ""), number,
        rescaled=values.get("RescaleSlope") is not None and values.get("RescaleIntercept") is not None,
        lossy=is_lossy(data),
    )  # fmt: skip


def _group(data: pydicom.Dataset, number: int, name: str) -> pydicom.Dataset:
    """A functional group of a frame: its own, else the one that all frames share; empty where there is neither."""
    for groups in (data.PerFrameFunctionalGroupsSequence[number], *data.get("SharedFunctionalGroupsSequence", [])):
        if groups.get(name):
            item: pydicom.Dataset = groups[name].value[0]
            return item
    return pydicom.Dataset()


def read_hu(path: Path, frames: Sequence[int]) -> NDArray[np.int16]:
    """Frames in HU, shape (frames, rows, columns), one decoded at a time, each with its own rescale.

    `FileError` if the pixels cannot be decoded.
    """
    with decoding(path):
        with path.open("rb") as stream:
            data = pydicom.dcmread(stream, stop_before_pixels=True)
        # Frames are decoded from the file, one at a time; a deflated file has to be read whole.
        source = pydicom.dcmread(path) if data.file_meta.TransferSyntaxUID.is_deflated else path
        values = [_group(data, number, "PixelValueTransformationSequence") for number in frames]
        padding, by = padding_of(data), plugin(data.file_meta.TransferSyntaxUID)
        return np.stack([
            to_hu(stored, *rescale(path, told), padding)
            for stored, told in zip(iter_pixels(source, decoding_plugin=by, indices=list(frames)), values, strict=True)
        ])  # fmt: skip
