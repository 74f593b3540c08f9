"""What a header must say to be that of a CT slice with a place in the patient."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from operator import mul
from pathlib import Path

import numpy as np
import pydicom
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless

from lesionary.base.errors import FileError
from lesionary.cohorts.images.decoders import PLUGIN
from lesionary.cohorts.images.elements import Elements
from lesionary.cohorts.images.limits import check_size

UNREADABLE = (
    InvalidDicomError, BytesLengthException, EOFError, OSError, ValueError, RuntimeError, AttributeError,
    NotImplementedError, KeyError, TypeError, IndexError, struct.error, zlib.error,
)  # fmt: skip
"""What pydicom and its decoders raise on broken files."""
HU = {"", "HU", "US"}
"""Rescale types that count as HU; scanners write US, unspecified, for plain CT, too (PS3.3 C.11.1.1.2)."""
RIGHT_ANGLE = 1e-3
"""How far the two directions of an image may be from unit length and from a right angle; headers round them."""

ALWAYS_LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless)
"""Transfer syntaxes without a lossless mode; of JPEG 2000 the header alone tells."""

_DELIMITER = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"  # sequence delimitation item, PS3.5 A.4


def check_image(path: Path, data: pydicom.Dataset | Elements) -> None:
    """`FileError` for an image of another sort: a localiser, a picture of a screen, colours, another unit than HU."""
    check_size(path, int(data.Columns), int(data.Rows), int(data.get("NumberOfFrames") or 1))
    kind = {str(value).upper() for value in data.get("ImageType") or ()}
    if "LOCALIZER" in kind:
        raise FileError(str(path), "is a localiser", "none is needed: it is no slice of a volume")
    if "SCREEN SAVE" in kind or data.get("BurnedInAnnotation") == "YES":
        raise FileError(str(path), "is a picture with text burnt in", "take the images as the scanner wrote them")
    if int(data.get("SamplesPerPixel") or 1) != 1:
        raise FileError(str(path), "is in colour", "take the images as the scanner wrote them")
    if str(data.get("RescaleType") or "").upper() not in HU:
        raise FileError(str(path), "its values are not in HU (RescaleType)", "take the series in HU")


def directions(path: Path, values: list[float]) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Unit vectors of growing x and y; `FileError` where they are no unit vectors at a right angle."""
    row, column = values[:3], values[3:]
    products = [sum(map(mul, *pair)) for pair in ((row, row), (column, column), (row, column))]
    off = [abs(product - wanted) for product, wanted in zip(products, (1, 1, 0), strict=True)]
    if len(values) != 6 or not all(one <= RIGHT_ANGLE for one in off):  # NaN is no direction either
        reason = f"its ImageOrientationPatient is no pair of right-angled unit vectors: {values}"
        raise FileError(str(path), reason, "correct it")
    return (values[0], values[1], values[2]), (values[3], values[4], values[5])


def point(path: Path, values: pydicom.multival.MultiValue[float]) -> tuple[float, float, float]:
    """ImagePositionPatient in mm; `FileError` where it is no point."""
    x, y, z = (float(v) for v in values)
    if not np.isfinite([x, y, z]).all():
        raise FileError(str(path), f"its ImagePositionPatient is no point: {[x, y, z]}", "correct it")
    return x, y, z


def pixel_spacing(path: Path, values: pydicom.multival.MultiValue[float]) -> tuple[float, float]:
    """Distance of pixels along x and y in mm; `FileError` where it is none."""
    between_rows, between_columns = (float(v) for v in values)  # PS3.3 10.7.1.3: rows first, so y, then x
    if not (0 < between_rows < np.inf and 0 < between_columns < np.inf):
        raise FileError(str(path), f"its PixelSpacing is no distance: {[between_rows, between_columns]}", "correct it")
    return between_columns, between_rows


def rescale(path: Path, data: pydicom.Dataset | Elements) -> tuple[float, float]:
    """Slope and intercept, 1 and 0 where they are not given; `FileError` where they are no usable numbers."""
    slope, intercept = data.get("RescaleSlope"), data.get("RescaleIntercept")
    numbers = float(1 if slope is None else slope), float(0 if intercept is None else intercept)
    if not np.isfinite(numbers).all() or not numbers[0]:
        raise FileError(str(path), f"its rescale cannot be used: {list(numbers)}", "correct it")
    return numbers


def named(data: pydicom.Dataset | Elements, name: str) -> str:
    """SOPClassUID or SOPInstanceUID; where it was blanked, the copy that stands before the dataset (PS3.10 7.1)."""
    return str(data.get(name) or data.file_meta.get(f"MediaStorage{name}") or "")


def is_lossy(data: pydicom.Dataset | Elements) -> bool:
    """Whether pixels lost something in compression: the header says so (PS3.3 C.7.6.1.1.5), or how they are packed."""
    return data.get("LossyImageCompression") == "01" or data.file_meta.get("TransferSyntaxUID") in ALWAYS_LOSSY


def instance(path: Path, data: pydicom.Dataset | Elements) -> str:
    """SOPInstanceUID; `FileError` where there is none: two slices could not be told from one that is there twice."""
    uid = named(data, "SOPInstanceUID")
    if not uid:
        raise FileError(str(path), "has no SOPInstanceUID", "anonymise it with new UIDs instead of empty ones")
    return uid


def whole(data: pydicom.Dataset | Elements, name: str) -> int | None:
    """A number that may be missing, or no number; nothing but a report's references needs it."""
    try:
        return int(data.get(name))
    except (TypeError, ValueError):
        return None


def check_end(path: Path) -> None:
    """`FileError` for encapsulated pixels without their end mark."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4096))
        if _DELIMITER not in stream.read():
            reason = "is truncated: its compressed pixels have no end mark"
            raise FileError(str(path), reason, "copy it again from its source")


@contextmanager
def panics_told() -> Iterator[None]:
    """A panic of pylibjpeg-rle, which is no `Exception` and which pydicom lets through, as a `RuntimeError`."""
    try:
        yield
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise RuntimeError(f"the decoder panicked: {error}") from None


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """`FileError` for pixels that no decoder takes, with what a decoder says of them."""
    try:
        yield
    except UNREADABLE as error:
        told = str(error).partition(f"{PLUGIN}: ")[2]  # as pydicom strings it together
        reason = f"its pixels cannot be decoded ({told or type(error).__name__})"
        raise FileError(str(path), reason, "copy it again, or convert its transfer syntax") from None
