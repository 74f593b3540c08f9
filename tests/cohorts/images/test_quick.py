"""The short way to a slice gives what pydicom's own way gives, or leaves the file to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct import ct_slice, volume
from drawings import item
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import RLELosslessDecoder
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLosslessSV1,
    RLELossless,
)
from streams import of_process_14, pack

from lesionary.base.errors import FileError
from lesionary.cohorts.images.checks import UNREADABLE, panics_told
from lesionary.cohorts.images.dicom import read_hu
from lesionary.cohorts.images.hounsfield import to_hu
from lesionary.cohorts.images.quick import read_stored

HU = volume("anna")[0]
SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless, JPEGLosslessSV1)


def slow(path: Path) -> np.ndarray:
    """The obvious way: all of the header, pydicom's own array, floating point."""
    data = pydicom.dcmread(path)
    stored = data.pixel_array
    hu = stored.astype(float) * float(data.get("RescaleSlope") or 1) + float(data.get("RescaleIntercept") or 0)
    if "PixelPaddingValue" in data:
        ends = [data.PixelPaddingValue, data.get("PixelPaddingRangeLimit", data.PixelPaddingValue)]
        low, high = sorted(np.array(ends).astype(stored.dtype).tolist())
        hu[(stored >= low) & (stored <= high)] = -1024
    return np.clip(np.rint(hu), -32768, 32767).astype(np.int16)


def signed(data: Dataset) -> None:
    data.PixelRepresentation, data.RescaleIntercept, data.PixelData = 1, 0, HU.astype("<i2").tobytes()


def filled(data: Dataset) -> None:
    stored = (HU + 1024).astype("<u2")
    stored[:3] = 63536
    data.PixelData = stored.tobytes()
    data.add_new("PixelPaddingValue", "US", 63536)


def filled_below(data: Dataset) -> None:
    signed(data)
    stored = HU.copy()
    stored[:3], stored[3] = -2000, -1990
    data.PixelData = stored.tobytes()
    data.add_new("PixelPaddingValue", "SS", -2000)
    data.add_new("PixelPaddingRangeLimit", "SS", -1990)


def twelve_bits_and_rubbish(data: Dataset) -> None:
    """An overlay may stand in the four bits that pixels leave (PS3.5 8.1.1, retired)."""
    data.BitsStored, data.HighBit = 12, 11
    data.PixelData = ((HU + 1024).astype("<u2") | 0xA000).tobytes()


def twelve_bits_signed_and_rubbish(data: Dataset) -> None:
    signed(data)
    data.BitsStored, data.HighBit = 12, 11
    data.PixelData = ((HU.astype("<i2").view("<u2") & 0x0FFF) | 0x5000).tobytes()


def rescaled(data: Dataset, slope: float | None, intercept: float | None) -> None:
    data.RescaleSlope, data.RescaleIntercept = slope, intercept


def icon(data: Dataset) -> None:
    """Pixels inside of a sequence, before those of the image, and lengths that are told by end marks."""
    small = item(Rows=2, Columns=2, BitsAllocated=8, BitsStored=8, HighBit=7, PixelRepresentation=0, SamplesPerPixel=1,
                 PhotometricInterpretation="MONOCHROME2", PixelData=b"\x01\x02\x03\x04")  # fmt: skip
    small["PixelData"].VR = "OB"
    data.IconImageSequence = Sequence([small])
    data["IconImageSequence"].is_undefined_length = True
    data.IconImageSequence[0].is_undefined_length_sequence_item = True


def private(data: Dataset) -> None:
    """What looks like the start of pixels inside of a private element."""
    block = data.private_block(0x0029, "LESIONARY TEST", create=True)
    block.add_new(0x01, "OB", b"\xe0\x7f\x10\x00OW\x00\x00\x10\x00\x00\x00" * 3)
    block.add_new(0x02, "UN", bytes(70_000))
    data.add_new(0x00081049, "LO", "odd")
    data.ImageComments = "x" * 9001


ORDINARY: list[Callable[[Dataset], None]] = [
    signed,
    filled,
    filled_below,
    icon,
    private,
    lambda data: setattr(data, "PhotometricInterpretation", "MONOCHROME1"),
    lambda data: rescaled(data, 2, -1000),
    lambda data: rescaled(data, 0.5, -1000.3),
    lambda data: rescaled(data, 1, -40000),
    lambda data: rescaled(data, None, None),
    lambda data: setattr(data, "NumberOfFrames", 1),
]


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.name)
@pytest.mark.parametrize("change", [*ORDINARY, twelve_bits_and_rubbish, twelve_bits_signed_and_rubbish])
def test_the_short_way_is_taken_and_tells_the_same(
    tmp_path: Path, syntax: pydicom.uid.UID, change: Callable[[Dataset], None]
) -> None:
    path = write(tmp_path, syntax, change)
    found = read_stored(path)
    assert found is not None
    np.testing.assert_array_equal(found.values, pydicom.dcmread(path).pixel_array)
    np.testing.assert_array_equal(read_hu(path), slow(path))


def longer(data: Dataset) -> None:
    data.PixelData += bytes(10)


def deflated(data: Dataset) -> None:
    data.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian


def eight_bits(data: Dataset) -> None:
    data.BitsAllocated, data.BitsStored, data.HighBit = 8, 8, 7
    data.PixelData = bytes(range(144))


def high(data: Dataset) -> None:
    data.BitsStored, data.HighBit = 12, 15


@pytest.mark.filterwarnings("ignore:The pixel data is")
@pytest.mark.parametrize("change", [longer, deflated, eight_bits, high])
def test_what_is_unusual_is_left_to_pydicom(tmp_path: Path, change: Callable[[Dataset], None]) -> None:
    path = write(tmp_path, ExplicitVRLittleEndian, change)
    assert read_stored(path) is None
    np.testing.assert_array_equal(read_hu(path), slow(path))


@pytest.mark.filterwarnings("ignore:End of file reached")
@pytest.mark.parametrize(
    ("syntax", "share"),
    [
        (syntax, share)
        for syntax in SYNTAXES
        for share in (0.1, 0.5, 0.9, 0.999)
        if not syntax.is_encapsulated or share < 0.9
    ],
)
def test_a_file_that_ends_early_is_named(tmp_path: Path, syntax: pydicom.uid.UID, share: float) -> None:
    path = write(tmp_path, syntax, signed)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileError, match="its pixels cannot be decoded"):
        read_hu(path)


@pytest.mark.parametrize("seed", range(40))
def test_broken_run_lengths_stop_nothing(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    path = write(tmp_path, RLELossless, signed)
    data = pydicom.dcmread(path)
    frame = bytearray(data.PixelData[16:])
    for place in rng.integers(0, len(frame), 4):
        frame[place] = rng.integers(256)
    data.PixelData = encapsulate([bytes(frame[: rng.integers(64, len(frame))])])
    data.save_as(path, enforce_file_format=True)
    with suppress(FileError):
        assert read_hu(path).shape == HU.shape


def test_a_panic_is_an_error_like_others() -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with pytest.raises(RuntimeError, match="index out of bounds"), panics_told():
        raise panic("index out of bounds")
    with pytest.raises(KeyboardInterrupt), panics_told():
        raise KeyboardInterrupt
    assert RuntimeError in UNREADABLE


@pytest.mark.parametrize("plugin", RLELosslessDecoder.available_plugins)
def test_decoders_of_run_lengths_agree(tmp_path: Path, plugin: str) -> None:
    path = write(tmp_path, RLELossless, signed)
    data = pydicom.dcmread(path)
    data.pixel_array_options(decoding_plugin=plugin)
    np.testing.assert_array_equal(data.pixel_array, HU)


@pytest.mark.parametrize("dtype", [np.int16, np.uint16])
@pytest.mark.parametrize("intercept", [-32768, -1024, 0, 7, 32767, 40000, 0.5])
def test_every_stored_value_becomes_the_hu_that_floating_point_gives(dtype: type, intercept: float) -> None:
    stored = np.arange(np.iinfo(dtype).min, np.iinfo(dtype).max + 1).astype(dtype)
    for part in (stored, stored[20000:40000], stored[:30000], stored[-30000:]):
        wanted = np.clip(np.rint(part.astype(float) + intercept), -32768, 32767)
        np.testing.assert_array_equal(to_hu(part, 1, intercept, None), wanted)


def write(folder: Path, syntax: pydicom.uid.UID, change: Callable[[Dataset], None]) -> Path:
    data = ct_slice("anna", 1, HU, 0.0)
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian if syntax.is_encapsulated else syntax
    change(data)
    if syntax == RLELossless:
        data.compress(RLELossless, encoding_plugin="pydicom")
    if syntax == JPEGLosslessSV1:
        samples = np.frombuffer(data.PixelData, "<u2").reshape(data.Rows, data.Columns)
        return pack(folder / "a.dcm", data, syntax, of_process_14(samples, 16, predictor=1))
    data.save_as(folder / "a.dcm", enforce_file_format=True)
    return folder / "a.dcm"
