"""Pixels to Hounsfield units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct import ct_slice, edit, volume
from pydicom.uid import RLELossless

from lesionary.base.errors import FileError
from lesionary.cohorts.images.dicom import read_header, read_hu


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ct_slice("anna", 1, volume("anna")[0], 0.0).save_as(tmp_path / "a.dcm", enforce_file_format=True)
    return tmp_path / "a.dcm"


def test_stored_values_become_hu_by_slope_and_intercept(path: Path) -> None:
    np.testing.assert_array_equal(read_hu(path), volume("anna")[0])
    edit(path, RescaleSlope=2, RescaleIntercept=-10)
    np.testing.assert_array_equal(read_hu(path), (volume("anna")[0] + 1024) * 2 - 10)


def test_padding_becomes_air(path: Path) -> None:
    stored = (volume("anna")[0] + 1024).astype("<u2")
    stored[0, :3] = 0
    edit(path, PixelData=stored.tobytes(), RescaleIntercept=-2000)
    data = pydicom.dcmread(path)
    data.add_new("PixelPaddingValue", "US", 0)
    data.save_as(path, enforce_file_format=True)
    hu = read_hu(path)
    assert (hu[0, :3] == -1024).all()
    np.testing.assert_array_equal(hu[1:], stored[1:].astype(int) - 2000)


def test_padding_that_is_unsigned_beside_signed_pixels_becomes_air_too(path: Path) -> None:
    stored = volume("anna")[0].astype("<i2")
    stored[0, :3] = -2000
    edit(path, PixelData=stored.tobytes(), PixelRepresentation=1, RescaleIntercept=0)
    data = pydicom.dcmread(path)
    data.add_new("PixelPaddingValue", "US", 63536)  # 65536 - 2000
    data.save_as(path, enforce_file_format=True)
    hu = read_hu(path)
    assert (hu[0, :3] == -1024).all()
    np.testing.assert_array_equal(hu[1:], stored[1:])


def test_a_compressed_file_without_its_end_is_named(path: Path, tmp_path: Path) -> None:
    data = ct_slice("anna", 1, volume("anna")[0], 0.0)
    data.compress(RLELossless)
    data.save_as(tmp_path / "rle.dcm", enforce_file_format=True)
    np.testing.assert_array_equal(read_hu(tmp_path / "rle.dcm"), volume("anna")[0])
    (tmp_path / "rle.dcm").write_bytes((tmp_path / "rle.dcm").read_bytes()[:-60])
    with pytest.raises(FileError, match="truncated: its compressed pixels have no end mark"):
        read_header(0, tmp_path / "rle.dcm")


def test_another_modality_is_named(path: Path) -> None:
    edit(path, SOPClassUID="1.2.840.10008.5.1.4.1.1.4")
    with pytest.raises(FileError, match="is no CT image but MR Image Storage"):
        read_header(0, path)


def test_a_slice_without_a_place_is_refused(path: Path) -> None:
    edit(path, ImagePositionPatient=None)
    with pytest.raises(FileError, match="has no ImagePositionPatient"):
        read_header(0, path)


def test_spacing_is_x_then_y(path: Path) -> None:
    edit(path, PixelSpacing=[0.7, 0.9])
    header = read_header(0, path)
    assert header.spacing_mm == (0.9, 0.7)
