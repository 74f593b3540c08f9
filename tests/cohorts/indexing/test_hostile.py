"""Files that lie, break or lead astray: each is set aside with a reason and changes nothing else."""

from __future__ import annotations

import gzip
import resource
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
from ct import edit, lesion, uid, volume, write_cohort, write_lesions, write_series
from multiframe import enhanced, write_enhanced
from pydicom.uid import RLELossless

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import Index, index_cohort

MEMORY = 3 * 2**30
"""Bytes of address space beyond what is there already that a test may take; the lies below are of 43 TB."""


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def index(cohort: Path) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path / "cohort", ["bert", "carl"], images="dicom, nifti")


def giant_slice(folder: Path) -> None:
    write_series(folder, "eve", depth=2)
    edit(next(folder.glob("*-0.dcm")), Rows=65_535, Columns=65_535, NumberOfFrames=10_000)
    edit(next(folder.glob("*-1.dcm")), Rows=65_535, Columns=65_535)


def giant_run_lengths(folder: Path) -> None:
    (path,) = write_series(folder, "eve", depth=1)
    data = pydicom.dcmread(path)
    data.compress(RLELossless)
    data.Rows = data.Columns = 65_535
    data.save_as(path)


def giant_enhanced(folder: Path) -> None:
    data = enhanced("eve")
    data.Rows, data.Columns, data.NumberOfFrames = 65_535, 65_535, 10_000
    write_enhanced(folder / "a.dcm", data)


def many_frames(folder: Path) -> None:
    data = enhanced("eve")
    data.Rows, data.Columns, data.NumberOfFrames = 4096, 4096, 10_000
    write_enhanced(folder / "a.dcm", data)


def giant_nifti(folder: Path) -> None:
    folder.mkdir()
    header = nib.Nifti2Header()
    header.set_data_dtype(np.int16)
    header.set_data_shape((65_535, 65_535, 10_000))
    (folder / "a.nii.gz").write_bytes(gzip.compress(header.binaryblock + bytes(4 + 1000)))


def long_nifti(folder: Path) -> None:
    folder.mkdir()
    header = nib.Nifti2Header()
    header.set_data_dtype(np.float64)
    header.set_data_shape((4096, 4096, 10_000))
    (folder / "a.nii.gz").write_bytes(gzip.compress(header.binaryblock + bytes(4 + 1000)))
    (folder / "b.nii").write_bytes(header.binaryblock + bytes(4 + 1000))


def nifti_cut_short(folder: Path) -> None:
    folder.mkdir()
    noise = np.random.default_rng(1).integers(-1000, 1000, (64, 64, 20)).astype(np.int16)
    nib.save(nib.Nifti1Image(noise, np.eye(4)), folder / "a.nii.gz")
    whole = (folder / "a.nii.gz").read_bytes()
    (folder / "a.nii.gz").write_bytes(whole[: len(whole) // 3])


def no_images(folder: Path) -> None:
    folder.mkdir()
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "zeros.dcm").write_bytes(bytes(10_000))
    (folder / "noise.dcm").write_bytes(np.random.default_rng(2).bytes(10_000))
    (folder / "preamble.dcm").write_bytes(bytes(128) + b"DICM")
    (folder / "promise.dcm").write_bytes(bytes(128) + b"DICM" + struct.pack("<HH2sHI", 2, 2, b"OB", 0, 2**31))
    (folder / "text.nii.gz").write_text("no gzip")
    (folder / "zip.nii.gz").write_bytes(gzip.compress(b"no header"))


def nameless(folder: Path) -> None:
    for path in write_series(folder, "eve"):
        data = pydicom.dcmread(path)
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = ""
        data.save_as(path)


def nonsense(folder: Path) -> None:
    tags = [{"Rows": 0}, {"ImagePositionPatient": [0, 0]}, {"BitsAllocated": None}, {"PixelSpacing": [1]}]
    for path, tag in zip(write_series(folder, "eve", depth=4), tags, strict=True):
        edit(path, **tag)


HOSTILE = [
    giant_slice,
    giant_run_lengths,
    giant_enhanced,
    many_frames,
    giant_nifti,
    long_nifti,
    nifti_cut_short,
    no_images,
    nameless,
    nonsense,
]


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom says of some that they are odd
def test_it_is_set_aside_and_changes_nothing_else(cohort: Path, make: Callable[[Path], None]) -> None:
    before = index(cohort)
    make(cohort / "images" / "zzz")  # the last in the listing: the numbers of other files stay
    after = index(cohort)
    assert len(before.set_aside.problems) == 0
    assert len(after.set_aside.problems) >= len(list((cohort / "images" / "zzz").iterdir()))
    assert after.series_table().equals(before.series_table())
    assert after.lesion_table().equals(before.lesion_table())
    series = after.series[uid("carl", "series")]
    np.testing.assert_array_equal(series.read(after.cohort.files, range(6)), volume("carl"))


def test_names_that_climb_write_nowhere_else(cohort: Path, tmp_path: Path) -> None:
    climbing = "../../../climbed"
    for path in write_series(cohort / "images" / "eve", "eve"):
        edit(path, PatientID=climbing)
    write_lesions(cohort, [
        lesion("bert"), lesion("carl"), lesion("eve", patient=climbing, lesion=climbing, study=climbing),
        lesion("dave", series="../../../../etc/passwd"), lesion("fay", series="/etc/passwd"),
    ])  # fmt: skip
    listing = {path for path in tmp_path.rglob("*")}
    found = index(cohort)
    out = tmp_path / "index"
    out.mkdir()
    found.series_table().write_parquet(out / "series.parquet")
    found.set_aside.write(out / "set_aside.csv")
    found.adjusted.write(out / "adjusted.csv")
    new = {path for path in tmp_path.rglob("*")} - listing
    assert new == {out, out / "series.parquet", out / "set_aside.csv", out / "adjusted.csv"}
    assert len(found.lesions) == 3
    assert [problem.reason for problem in found.set_aside.problems] == ["its series is not among the usable ones"] * 2
    text = found.lesion_table().write_json() + (out / "set_aside.csv").read_text()
    assert "climbed" not in text
    assert ".." not in text
