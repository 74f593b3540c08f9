"""Compressed frames for tests: of every kind, sound and broken."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from ct import ct_slice
from numpy.typing import NDArray
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import (
    UID,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

Samples = NDArray[np.uint16]

SIZE = 37, 48
LOSSLESS = (JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, HTJ2KLossless, RLELossless)
LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit)


def waves(bits: int, seed: int = 0) -> Samples:
    """Smooth shapes with noise, over the whole range of so many bits."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    shape = (np.sin(x / 7) + np.cos(y / 5) + 2) * (1 << bits) / 4
    noisy = shape + np.random.default_rng(seed).normal(0, (1 << bits) / 300, SIZE)
    return np.rint(noisy).clip(0, (1 << bits) - 1).astype(np.uint16)


def compressed(samples: Samples, syntax: UID, bits: int) -> bytes:
    """A frame by another hand than the one that decodes it where there is one that pydicom or imagecodecs have."""
    if syntax == RLELossless:
        told = {"rows": samples.shape[0], "columns": samples.shape[1], "samples_per_pixel": 1, "number_of_frames": 1}
        told |= {"bits_allocated": 16, "bits_stored": 16, "pixel_representation": 0}
        text = {"photometric_interpretation": "MONOCHROME2", "encoding_plugin": "pydicom"}
        return bytes(next(RLELosslessEncoder.iter_encode(samples, **told, **text)))
    if syntax in LOSSY:
        return bytes(imagecodecs.jpeg8_encode(samples.astype(np.uint8 if bits == 8 else np.uint16), 95))
    return bytes({
        JPEGLossless: lambda: of_process_14(samples, bits, predictor=6),
        JPEGLosslessSV1: lambda: of_process_14(samples, bits, predictor=1),
        JPEGLSLossless: lambda: imagecodecs.jpegls_encode(samples),
        JPEG2000Lossless: lambda: imagecodecs.jpeg2k_encode(samples, codecformat="j2k", bitspersample=bits),
        HTJ2KLossless: lambda: imagecodecs.htj2k_encode(samples, reversible=True),
    }[syntax]())  # fmt: skip


def of_process_14(samples: Samples, bits: int, predictor: int, rows_an_interval: int = 0) -> bytes:
    """JPEG lossless, sample by sample (ITU-T T.81, annex H); every category has a code of five bits."""
    rows, columns = samples.shape
    out = bytearray(b"\xff\xd8\xff\xc3\x00\x0b" + bytes([bits, *divmod(rows, 256), *divmod(columns, 256)]))
    out += b"\x01\x01\x11\x00\xff\xc4\x00\x24\x00" + bytes([0, 0, 0, 0, 17, *bytes(11), *range(17)])
    if rows_an_interval:
        out += b"\xff\xdd\x00\x04" + bytes(divmod(rows_an_interval * columns, 256))
    out += b"\xff\xda\x00\x08\x01\x01\x00" + bytes([predictor, 0, 0])
    coded = ""
    for y, x in np.ndindex(rows, columns):
        since = y % rows_an_interval if rows_an_interval else y
        if x == 0 and since == 0 and y:
            out += _filled_up(coded) + bytes([0xFF, 0xD0 + (y // rows_an_interval - 1) % 8])
            coded = ""
        coded += _code((int(samples[y, x]) - _prediction(samples, y, x, since, predictor, bits)) % 65536)
    return bytes(out + _filled_up(coded) + b"\xff\xd9")


def _prediction(samples: Samples, y: int, x: int, since: int, predictor: int, bits: int) -> int:
    if since == 0:
        return int(samples[y, x - 1]) if x else 1 << (bits - 1)
    if x == 0:
        return int(samples[y - 1, 0])
    a, b, c = int(samples[y, x - 1]), int(samples[y - 1, x]), int(samples[y - 1, x - 1])
    return (a, b, c, a + b - c, a + (b - c >> 1), b + (a - c >> 1), a + b >> 1)[predictor - 1]


def _code(difference: int) -> str:
    if difference == 32768:
        return f"{16:05b}"
    signed = difference if difference < 32768 else difference - 65536
    category = abs(signed).bit_length()
    size = signed if signed > 0 else signed + (1 << category) - 1
    return f"{category:05b}" + (f"{size:0{category}b}" if category else "")


def _filled_up(coded: str) -> bytes:
    coded += "1" * (-len(coded) % 8)
    return bytes(int(coded[at : at + 8], 2) for at in range(0, len(coded), 8)).replace(b"\xff", b"\xff\x00")


def broken(frame: bytes, rng: np.random.Generator) -> bytes:
    """One of the ways in which disks and networks break a frame, or somebody does it on purpose."""
    at, many = int(rng.integers(2, len(frame) - 2)), int(rng.integers(1, 9))
    changed = bytearray(frame)
    match rng.integers(6):
        case 0:
            del changed[at:]
        case 1:
            changed[at:] = b"\xff\xd9"
        case 2:
            del changed[at : at + many]
        case 3:
            changed[at:at] = rng.bytes(many)
        case 4:
            for place in rng.integers(2, min(len(frame), 90), many):  # the stream's header
                changed[place] = rng.integers(256)
        case _:
            for place in rng.integers(2, len(frame), many):
                changed[place] = rng.integers(256)
    return bytes(changed)


def write(path: Path, frame: bytes, syntax: UID, bits: int, **tags: object) -> Path:
    """A slice of `SIZE` that holds such a frame; its HU are the samples. `tags` override any attribute."""
    told = {"BitsAllocated": 8 if bits == 8 else 16, "BitsStored": bits, "HighBit": bits - 1, "RescaleIntercept": 0}
    data = ct_slice("anna", 1, np.zeros(SIZE, np.int16), 0.0, **{**told, **tags})
    return pack(path, data, syntax, frame)


def pack(path: Path, data: pydicom.Dataset, syntax: UID, *frames: bytes) -> Path:
    """Encapsulate frames in a dataset, and write it."""
    data.file_meta.TransferSyntaxUID, data.PixelData = syntax, encapsulate(list(frames))
    data["PixelData"].is_undefined_length = True
    data.save_as(path, enforce_file_format=True)
    return path
