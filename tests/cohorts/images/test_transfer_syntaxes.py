"""Every way in which pixels are packed gives the same HU."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import gdcm
import numpy as np
import pydicom
import pytest
from ct import ct_slice, volume
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)
from streams import pack

from lesionary.base.errors import FileError
from lesionary.cohorts.images.dicom import Header, read_header, read_hu

HTJ2K = bytes.fromhex(  # 8 x 8 pixels of 37 n modulo 2000, by OpenJPH 0.26.3
    "ff4fff5100294000000000080000000800000000000000000000000800000008000000000000000000010f0101ff500008000200"
    "00000aff52000c00020001000504044001ff5c00132088909090909090909090909090888888ff64001700014f70656e4a504820"
    "56657220302e32362e332eff90000a00000000007c0001ff93c0002693fa050774000000c00012c000134000128042018774008c"
    "f903077400fb00477400c00013400015100004e006eb004154004a0f1cfd00c4b4003ddafd00825400c0002ae00015d00009c008"
    "c2a3bcfca044708276004ffdd4a796cf59fec063012cb600cee7f9e0c23400ffd9"
)
HU = volume("anna")[0]


def make(path: Path, *, signed: bool) -> pydicom.Dataset:
    data = ct_slice("anna", 1, HU, 0.0)
    if signed:
        data.PixelRepresentation, data.RescaleIntercept, data.PixelData = 1, 0, HU.astype("<i2").tobytes()
    data.save_as(path, enforce_file_format=True)
    return data


def check(path: Path, tolerance: int = 0) -> None:
    assert isinstance(read_header(0, path), Header)
    np.testing.assert_allclose(read_hu(path), HU, atol=tolerance, rtol=0)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_native_pixels(tmp_path: Path, syntax: UID, signed: bool) -> None:
    data = make(tmp_path / "a.dcm", signed=signed)
    data.file_meta.TransferSyntaxUID = syntax
    data.save_as(tmp_path / "b.dcm", enforce_file_format=True)
    check(tmp_path / "b.dcm")


@pytest.mark.parametrize("signed", [False, True])
def test_big_endian_pixels(tmp_path: Path, signed: bool) -> None:
    data = make(tmp_path / "a.dcm", signed=signed)
    data.PixelData = np.frombuffer(data.PixelData, "<u2").astype(">u2").tobytes()
    data.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    pydicom.dcmwrite(tmp_path / "b.dcm", data, implicit_vr=False, little_endian=False, enforce_file_format=True)
    check(tmp_path / "b.dcm")


@pytest.mark.parametrize("signed", [False, True])
def test_run_lengths(tmp_path: Path, signed: bool) -> None:
    data = make(tmp_path / "a.dcm", signed=signed)
    data.compress(RLELossless)
    data.save_as(tmp_path / "b.dcm", enforce_file_format=True)
    check(tmp_path / "b.dcm")


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless])
def test_jpeg_without_loss(tmp_path: Path, syntax: UID, signed: bool) -> None:
    make(tmp_path / "a.dcm", signed=signed)
    encode(tmp_path / "a.dcm", tmp_path / "b.dcm", syntax)
    check(tmp_path / "b.dcm")


def test_jpeg_ls_within_its_error(tmp_path: Path) -> None:
    data = make(tmp_path / "a.dcm", signed=False)
    data.compress(JPEGLSNearLossless, jls_error=2)
    data.save_as(tmp_path / "b.dcm", enforce_file_format=True)
    check(tmp_path / "b.dcm", tolerance=2)


def test_jpeg_of_eight_bits_is_read_and_known_to_be_lossy(tmp_path: Path) -> None:
    wanted = np.add.outer(np.arange(16), np.arange(16)) * 4  # smooth: little is lost
    stream = BytesIO()
    Image.fromarray(wanted.astype(np.uint8)).save(stream, "JPEG", quality=95)
    data = ct_slice("anna", 1, wanted, 0.0, BitsAllocated=8, BitsStored=8, HighBit=7)
    pack(tmp_path / "a.dcm", data, JPEGBaseline8Bit, stream.getvalue())
    np.testing.assert_allclose(read_hu(tmp_path / "a.dcm"), wanted - 1024, atol=4)
    assert header(tmp_path / "a.dcm").lossy


def test_jpeg_2000_with_loss_is_read_and_known_by_its_header(tmp_path: Path) -> None:
    wanted = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint16) * 40
    stream = encode_array(wanted, bits_stored=12, compression_ratios=[4], use_mct=False)
    data = ct_slice("anna", 1, wanted.astype(np.int16), 0.0, BitsStored=12, HighBit=11, LossyImageCompression="01")
    pack(tmp_path / "a.dcm", data, JPEG2000, stream)
    np.testing.assert_allclose(read_hu(tmp_path / "a.dcm"), wanted.astype(int) - 1024, atol=60)
    assert header(tmp_path / "a.dcm").lossy
    del data.LossyImageCompression
    pack(tmp_path / "b.dcm", data, JPEG2000, stream)
    assert not header(tmp_path / "b.dcm").lossy


def test_high_throughput_jpeg_2000(tmp_path: Path) -> None:
    wanted = (np.arange(64).reshape(8, 8) * 37 % 2000).astype(np.int16)
    data = ct_slice("anna", 1, wanted, 0.0)
    data.file_meta.TransferSyntaxUID, data.PixelData = HTJ2KLossless, encapsulate([HTJ2K])
    data["PixelData"].is_undefined_length = True
    data.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    np.testing.assert_array_equal(read_hu(tmp_path / "a.dcm"), wanted - 1024)


def test_a_broken_stream_is_named(tmp_path: Path) -> None:
    make(tmp_path / "a.dcm", signed=False)
    encode(tmp_path / "a.dcm", tmp_path / "b.dcm", JPEG2000Lossless)
    data = pydicom.dcmread(tmp_path / "b.dcm")
    data.PixelData = encapsulate([b"\xff\x4f\xff\x51" + bytes(60)])
    data.save_as(tmp_path / "b.dcm", enforce_file_format=True)
    with pytest.raises(FileError, match="its pixels cannot be decoded"):
        read_hu(tmp_path / "b.dcm")


def header(path: Path) -> Header:
    found = read_header(0, path)
    assert isinstance(found, Header)
    return found


def encode(source: Path, target: Path, syntax: UID) -> None:
    """With GDCM: pydicom has no encoder for two of these."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str(syntax))))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
