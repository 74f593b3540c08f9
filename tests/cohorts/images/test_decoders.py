"""Every compression is undone as another decoder undoes it; a frame that is broken or of another size is refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import imagecodecs
import numpy as np
import openjpeg
import pydicom
import pytest
import SimpleITK
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
from streams import LOSSLESS, LOSSY, SIZE, broken, compressed, of_process_14, pack, waves, write

from lesionary.base.errors import FileError
from lesionary.cohorts.images.decoders import DECODERS, install
from lesionary.cohorts.images.dicom import Header, read_header, read_hu


def frame_of(syntax: UID) -> tuple[bytes, int]:
    """A frame of waves and how many bits they have."""
    bits = 8 if syntax == JPEGBaseline8Bit else 12
    return compressed(waves(bits), syntax, bits), bits


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda uid: uid.name)
def test_a_second_decoder_gives_the_same_bits(tmp_path: Path, syntax: UID) -> None:
    frame, bits = frame_of(syntax)
    path = write(tmp_path / "a.dcm", frame, syntax, bits)
    np.testing.assert_array_equal(read_hu(path), waves(bits))
    if syntax == HTJ2KLossless:  # SimpleITK has none of it
        np.testing.assert_array_equal(openjpeg.decode(frame), waves(bits))
    else:
        np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))[0], waves(bits))


@pytest.mark.parametrize("syntax", [JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless])
def test_real_slices_are_the_same_after_compression(tmp_path: Path, shared_data: Path, syntax: UID) -> None:
    """SimpleITK is the second decoder, the file as the archive wrote it the truth."""
    for source in sorted((shared_data / "dicom" / "seg_liver" / "ct").glob("*.dcm")):
        data = pydicom.dcmread(source)
        values = data.pixel_array
        wanted = read_hu(source)
        encoded = {
            JPEGLossless: lambda values: imagecodecs.jpeg8_encode(values, lossless=True, predictor=4, bitspersample=16),
            JPEGLosslessSV1: lambda values: imagecodecs.jpeg8_encode(values, lossless=True, bitspersample=16),
        }.get(syntax, lambda values: compressed(values, syntax, 16))(values.view(np.uint16))
        path = pack(tmp_path / "a.dcm", data, syntax, encoded)
        np.testing.assert_array_equal(read_hu(path), wanted)


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("syntax", [JPEGLossless, JPEGLosslessSV1, RLELossless])
def test_values_below_nought(tmp_path: Path, syntax: UID, bits: int) -> None:
    """They are compressed as if they had no sign (PS3.5 8.2.1, 8.2.3)."""
    wanted = waves(bits).astype(np.int32) - (1 << bits - 1)
    frame = compressed((wanted & (1 << bits) - 1).astype(np.uint16), syntax, bits)
    path = write(tmp_path / "a.dcm", frame, syntax, bits, PixelRepresentation=1)
    np.testing.assert_array_equal(read_hu(path), wanted)


@pytest.mark.parametrize("rows_an_interval", [0, 7])
def test_restarts(tmp_path: Path, rows_an_interval: int) -> None:
    frame = of_process_14(waves(12), 12, 1, rows_an_interval)
    np.testing.assert_array_equal(read_hu(write(tmp_path / "a.dcm", frame, JPEGLosslessSV1, 12)), waves(12))


@pytest.mark.parametrize("syntax", LOSSY, ids=lambda uid: uid.name)
def test_jpeg_with_loss_of_eight_and_twelve_bits_is_read_and_known(tmp_path: Path, syntax: UID) -> None:
    frame, bits = frame_of(syntax)
    path = write(tmp_path / "a.dcm", frame, syntax, bits)
    lost = np.abs(read_hu(path).astype(int) - waves(bits))
    assert 0 < lost.max() < (1 << bits) / 50
    second = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))[0]
    np.testing.assert_allclose(read_hu(path), second, atol=1)  # two ways to round a cosine
    header = read_header(0, path)
    assert isinstance(header, Header)
    assert header.lossy


@pytest.mark.parametrize("rows", [SIZE[0] - 1, SIZE[0] + 1, 0xFFF])
@pytest.mark.parametrize("syntax", DECODERS, ids=lambda uid: uid.name)
def test_a_frame_of_another_size_than_its_header_promises_is_refused(tmp_path: Path, syntax: UID, rows: int) -> None:
    kind = {"1.2.840.10008.1.2.4.81": JPEGLSLossless, "1.2.840.10008.1.2.4.91": JPEG2000Lossless}.get(syntax, syntax)
    frame, bits = frame_of(HTJ2KLossless if "HTJ2K" in UID(kind).keyword else UID(kind))
    path = write(tmp_path / "a.dcm", frame, UID(syntax), bits, Rows=rows)
    said = (
        "run lengths|OUTPUT_TOO_SMALL"
        if syntax == RLELossless
        else f"37 x 48 pixels of 1 comp.*header promises {rows} x 48"
    )
    with pytest.raises(FileError, match=said):
        read_hu(path)


@pytest.mark.parametrize("syntax", [s for s in (*LOSSLESS, *LOSSY) if s != RLELossless], ids=lambda uid: uid.name)
def test_rows_and_columns_that_are_swapped_are_refused(tmp_path: Path, syntax: UID) -> None:
    frame, bits = frame_of(syntax)
    path = write(tmp_path / "a.dcm", frame, syntax, bits, Rows=SIZE[1], Columns=SIZE[0])
    with pytest.raises(FileError, match="37 x 48 pixels of 1 components, its header promises 48 x 37 of one"):
        read_hu(path)


def test_colours_in_a_frame_that_are_not_in_the_header_are_refused(tmp_path: Path) -> None:
    frame = imagecodecs.jpeg8_encode(np.zeros((*SIZE, 3), np.uint8))
    with pytest.raises(FileError, match="37 x 48 pixels of 3 components"):
        read_hu(write(tmp_path / "a.dcm", frame, JPEGBaseline8Bit, 8))


def test_another_process_than_the_transfer_syntax_has_is_refused(tmp_path: Path) -> None:
    frame, bits = frame_of(JPEGExtended12Bit)
    with pytest.raises(FileError, match="its stream is of process 0xc1"):
        read_hu(write(tmp_path / "a.dcm", frame, JPEGLosslessSV1, bits))


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLSLossless])
def test_a_stream_that_ends_early_is_refused_at_once(tmp_path: Path, syntax: UID) -> None:
    frame, bits = frame_of(syntax)
    with pytest.raises(FileError, match="its stream is broken: it has no end"):
        read_hu(write(tmp_path / "a.dcm", frame[: len(frame) // 2], syntax, bits))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("syntax", [*LOSSLESS, *LOSSY], ids=lambda uid: uid.name)
def test_broken_streams_end_no_process(tmp_path: Path, syntax: UID, seed: int) -> None:
    """GDCM dies of one in a hundred of these, which would end this process."""
    rng = np.random.default_rng(seed)
    frame, bits = frame_of(syntax)
    for _ in range(80):
        path = write(tmp_path / "a.dcm", broken(frame, rng), syntax, bits)
        with suppress(FileError):
            assert read_hu(path).shape == SIZE


def test_what_dies_of_broken_streams_is_asked_by_nobody() -> None:
    install()
    for syntax in DECODERS:
        assert "gdcm" not in pydicom.pixels.get_decoder(UID(syntax)).available_plugins
