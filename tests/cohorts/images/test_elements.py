"""The short way to a header gives what pydicom's own way gives, or leaves the file to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from ct import ct_slice, volume
from drawings import item
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from lesionary.base.errors import FileError
from lesionary.cohorts.images import dicom
from lesionary.cohorts.images.dicom import Companion, Header, read_header
from lesionary.cohorts.images.elements import read_head

HU = volume("anna")[0]
TAGS = {0x00100020: "PatientID", 0x00080070: "Manufacturer", 0x00280010: "Rows", 0x00200032: "ImagePositionPatient"}


def written(path: Path, change: Callable[[FileDataset], None] = lambda data: None) -> Path:
    data = ct_slice("anna", 3, HU, -2.5, Manufacturer="ACME", ImageType=["ORIGINAL", "PRIMARY", "AXIAL"])
    data.file_meta.ImplementationVersionName = "TEST"
    change(data)
    little = data.file_meta.TransferSyntaxUID != ExplicitVRBigEndian
    implicit = data.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    pydicom.dcmwrite(path, data, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return path


def slowly(path: Path, monkeypatch: pytest.MonkeyPatch) -> Header | Companion | tuple[str, str]:
    with monkeypatch.context() as patch:
        patch.setattr(dicom, "read_head", lambda content, tags: None)
        return told(path)


def told(path: Path) -> Header | Companion | tuple[str, str]:
    try:
        return read_header(0, path)
    except FileError as error:
        return error.reason, error.cure


def syntax(uid: pydicom.uid.UID) -> Callable[[FileDataset], None]:
    return lambda data: setattr(data.file_meta, "TransferSyntaxUID", uid)


def named_in_cyrillic(data: Dataset) -> None:
    data.SpecificCharacterSet, data.PatientID, data.Manufacturer = "ISO_IR 144", "Анна", "Рентген"


def nested(data: Dataset) -> None:
    """Sequences of unknown length, public and private, one of which holds what the header has."""
    data.ReferencedImageSequence = Sequence([item(PatientID="another", Rows=7)])
    data["ReferencedImageSequence"].is_undefined_length = True
    data.private_block(0x0019, "ACME", create=True).add_new(1, "SQ", Sequence([item(PatientID="a third")]))


def long(data: Dataset) -> None:
    data.private_block(0x0019, "ACME", create=True).add_new(1, "OB", bytes(100_000))


PLAIN = {
    "explicit": lambda data: None,
    "implicit": syntax(ImplicitVRLittleEndian),
    "cyrillic": named_in_cyrillic,
    "nested": nested,
    "frames": lambda data: setattr(data, "NumberOfFrames", 1),
    "no patient": lambda data: delattr(data, "PatientID"),
    "no place": lambda data: delattr(data, "ImagePositionPatient"),
    "blank identifiers": lambda data: data.update({"StudyInstanceUID": "", "SeriesInstanceUID": ""}),
    "localiser": lambda data: setattr(data, "ImageType", ["ORIGINAL", "PRIMARY", "LOCALIZER"]),
    "another unit": lambda data: setattr(data, "RescaleType", "Z_EFF"),
}
UNUSUAL = {
    "big endian": syntax(ExplicitVRBigEndian),
    "deflated": syntax(DeflatedExplicitVRLittleEndian),
    "a long header": long,
}


@pytest.mark.parametrize("change", PLAIN.values(), ids=PLAIN)
def test_plain_headers_are_read_the_short_way_to_the_same_result(
    change: Callable[[FileDataset], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "slice.dcm", change)
    slow = slowly(path, monkeypatch)
    monkeypatch.setattr("pydicom.dcmread", None)
    assert told(path) == slow


@pytest.mark.parametrize("change", UNUSUAL.values(), ids=UNUSUAL)
def test_unusual_headers_are_left_to_pydicom(
    change: Callable[[FileDataset], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "slice.dcm", change)
    assert read_head(path.read_bytes()[: 1 << 16], TAGS) is None
    assert isinstance(told(path), Header)
    assert told(path) == slowly(path, monkeypatch)


def test_values_are_those_that_pydicom_makes(tmp_path: Path) -> None:
    for name, change in PLAIN.items():
        path = written(tmp_path / "slice.dcm", change)
        raw = read_head(path.read_bytes(), TAGS)
        assert raw is not None, name
        data = pydicom.dcmread(path)
        assert raw.converted().values == {word: data[word].value for word in TAGS.values() if word in data}, name
        assert path.read_bytes()[raw.end :][:4] == b"\xe0\x7f\x10\0"


@pytest.mark.filterwarnings("ignore")  # pydicom's, of what it finds
def test_a_file_that_says_one_encoding_and_does_another_is_left_to_pydicom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "slice.dcm")
    lied = path.read_bytes().replace(
        ExplicitVRLittleEndian.encode() + b"\0", ImplicitVRLittleEndian.encode() + b"\0\0\0"
    )
    path.write_bytes(lied)
    assert read_head(path.read_bytes(), TAGS) is None
    assert told(path) == slowly(path, monkeypatch)


def test_a_compressed_slice_is_looked_at_up_to_its_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def compressed(data: FileDataset) -> None:
        data.file_meta.TransferSyntaxUID = JPEG2000Lossless
        data.PixelData = pydicom.encaps.encapsulate([bytes(80)])
        data["PixelData"].is_undefined_length = True

    path = written(tmp_path / "slice.dcm", compressed)
    slow = slowly(path, monkeypatch)
    monkeypatch.setattr("pydicom.dcmread", None)
    assert isinstance(slow, Header)
    assert told(path) == slow


@pytest.mark.filterwarnings("ignore")  # pydicom's, of what it finds
def test_a_broken_header_is_told_as_pydicom_tells_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(tmp_path / "slice.dcm").read_bytes()
    header, rng, path = whole.index(b"\xe0\x7f\x10\0"), random.Random(0), tmp_path / "broken.dcm"
    seen = set()
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(rng.choice([1, 1, 2, 4])):
            content[rng.randrange(128, header)] = rng.choice([0, 1, 255, rng.randrange(256), ord("9")])
        path.write_bytes(content[: rng.choice([len(content), len(content), rng.randrange(len(content))])])
        short, slow = told(path), slowly(path, monkeypatch)
        assert short == slow
        seen.add(type(short))
    assert seen == {Header, tuple}
