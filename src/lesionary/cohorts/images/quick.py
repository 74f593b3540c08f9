"""The short way to a slice's stored values, for files as most scanners and archives write them.

Of a file's elements a dozen are looked at. Whatever is unusual about it (another transfer syntax, other bits, a length
that does not fit, a header that is broken) is left to the long way, which reads it or says what is wrong with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.decoders.base import get_decoder
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLossless, JPEGLosslessSV1, RLELossless

from lesionary.cohorts.images.decoders import plugin
from lesionary.cohorts.images.elements import read_whole
from lesionary.cohorts.images.hounsfield import Padding
from lesionary.cohorts.images.limits import LARGEST_SIDE

NATIVE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian)
SYNTAXES = (*NATIVE, RLELossless, JPEGLossless, JPEGLosslessSV1)
LARGEST_BYTES = 4 * LARGEST_SIDE**2
"""Of a file, which is read at one go: twice what the largest slice takes."""

_NAMES = (
    "SamplesPerPixel", "PhotometricInterpretation", "NumberOfFrames", "Rows", "Columns", "BitsAllocated", "BitsStored",
    "HighBit", "PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit", "RescaleIntercept",
    "RescaleSlope", "PixelData",
)  # fmt: skip
_TAGS: dict[int, str] = {Tag(name): name for name in _NAMES}

Found = Mapping[str, bytes]


@dataclass(frozen=True)
class Stored:
    """`values` as stored, shape (rows, columns), and what makes HU of them; `values` may be read-only."""

    values: NDArray[np.integer]
    slope: float
    intercept: float
    padding: Padding | None


def read_stored(path: Path) -> Stored | None:
    """A slice the short way; None where it has to be the long one. Raises what pydicom raises on a broken file."""
    if path.stat().st_size > LARGEST_BYTES:
        return None
    raw = read_whole(path.read_bytes(), _TAGS, SYNTAXES)
    return _stored({name: one.value or b"" for name, one in raw.elements.items()}, raw.syntax) if raw else None


def _stored(found: Found, syntax: UID) -> Stored | None:
    needed = ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData")
    if not all(found.get(name) for name in needed) or not _is_usual(found):
        return None
    rows, columns, bits = (_whole(found, name) for name in ("Rows", "Columns", "BitsStored"))
    signed = _whole(found, "PixelRepresentation") == 1
    pixels = found["PixelData"]
    if syntax not in NATIVE:
        pixels = _unpacked(pixels, syntax, rows, columns, bits, signed)
    if len(pixels) != rows * columns * 2:
        return None
    slope, intercept = (
        _number(found, name, default) for name, default in (("RescaleSlope", 1), ("RescaleIntercept", 0))
    )
    if not slope or not math.isfinite(slope) or not math.isfinite(intercept):
        return None
    values = np.frombuffer(pixels, "<i2" if signed else "<u2").reshape(rows, columns)
    if bits < 16:  # what stands in the other bits is nobody's business (PS3.5 8.1.1)
        values = values << (16 - bits) >> (16 - bits)
    padding = None
    if "PixelPaddingValue" in found:
        first = _whole(found, "PixelPaddingValue")
        padding = first, _whole(found, "PixelPaddingRangeLimit") if "PixelPaddingRangeLimit" in found else first
    return Stored(values, slope, intercept, padding)


def _is_usual(found: Found) -> bool:
    return (
        found.get("PhotometricInterpretation", b"").strip(b"\0 ") in (b"MONOCHROME1", b"MONOCHROME2")
        and _whole(found, "SamplesPerPixel") == 1
        and _number(found, "NumberOfFrames", 1) == 1
        and _whole(found, "BitsAllocated") == 16
        and 8 < _whole(found, "BitsStored") == _whole(found, "HighBit") + 1 <= 16
        and _whole(found, "PixelRepresentation") in (0, 1)
    )


def _unpacked(pixels: bytes, syntax: str, rows: int, columns: int, bits: int, signed: bool) -> bytes:
    """Compression undone: little endian, two bytes a pixel."""
    buffer, _ = get_decoder(syntax).as_buffer(
        pixels,
        decoding_plugin=plugin(syntax),
        rows=rows,
        columns=columns,
        bits_allocated=16,
        bits_stored=bits,
        pixel_representation=int(signed),
        samples_per_pixel=1,
        planar_configuration=0,
        number_of_frames=1,
        photometric_interpretation="MONOCHROME2",
        pixel_keyword="PixelData",
    )
    return bytes(buffer)


def _whole(found: Found, name: str) -> int:
    """A value of two bytes, without sign; `ValueError` for another length."""
    value = found.get(name, b"")
    if len(value) != 2:
        raise ValueError(f"{name} has {len(value)} bytes")
    return int.from_bytes(value, "little")


def _number(found: Found, name: str, default: float) -> float:
    """A decimal string; `ValueError` where it is none, or several."""
    text = found.get(name, b"").strip(b"\0 ")
    return float(text) if text else default
