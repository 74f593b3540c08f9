"""Volumes of an npz, sound and broken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from glands import arrays, header, write_glands

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.images import npz
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import index_cohort


def test_a_file_is_a_cohort(tmp_path: Path) -> None:
    found = index_cohort(Cohort.open(write_glands(tmp_path)), max_gap_mm=0, tilt_deg=0.5)
    assert not found.set_aside.problems
    lesions = found.lesion_table()
    assert lesions["split"].to_list() == ["train"] * 3 + ["val"] * 2 + ["test"] * 2
    assert lesions["subtype"].to_list() == ["normal", "mass", "normal", "normal", "mass", "normal", "mass"]
    assert lesions["patient"].n_unique() == lesions["study"].n_unique() == 7
    assert lesions.select("x_min", "x_max", "y_min", "y_max").unique().rows() == [(0, 8, 0, 7)]
    assert lesions.select("z_min", "z_max").rows()[:3] == [(1, 3), (1, 4), (1, 5)]
    assert found.series["glands/val/1"].geometry.spacing_mm == (0.5, 0.5, 0.5)


def test_the_last_axis_is_read_as_z(tmp_path: Path) -> None:
    found = index_cohort(Cohort.open(write_glands(tmp_path)), max_gap_mm=0, tilt_deg=0.5)
    series = Series.of_row(found.series_table().row(3, named=True))
    np.testing.assert_array_equal(
        series.read(found.cohort.files, range(1, 5)), arrays()["val_images"][0].transpose(2, 1, 0)[1:5]
    )
    alone, files = series.alone(found.cohort.files)
    np.testing.assert_array_equal(alone.read(files, range(6)), series.read(found.cohort.files, range(6)))


def test_shapes_with_as_many_voxels_are_no_copies_and_the_same_shape_is(tmp_path: Path) -> None:
    images = arrays()["test_images"].copy()
    images[1] = np.roll(images[0], 1, axis=0)
    found = index_cohort(Cohort.open(write_glands(tmp_path, {"test_images": images})), max_gap_mm=0, tilt_deg=0.5)
    assert len(found.lesions) == 7
    images[1] = images[0]
    found = index_cohort(Cohort.open(write_glands(tmp_path, {"test_images": images})), max_gap_mm=0, tilt_deg=0.5)
    assert "shows the same voxels as series" in found.set_aside.problems[0].reason
    assert len(found.lesions) == 6


def test_an_empty_volume_and_a_label_without_a_name_are_set_aside(tmp_path: Path) -> None:
    images = arrays()["train_images"].copy()
    images[1] = 0
    labels = np.array([[0], [7]], np.uint8)
    cohort = write_glands(tmp_path, {"train_images": images, "val_labels": labels})
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    assert [one.reason for one in found.set_aside.problems] == ["is empty", "its label is 7, and npz.classes names 2"]
    assert len(found.lesions) == 5


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"val_labels": None, "extra": np.zeros(1)}, "lacks val_labels, has extra"),
        ({"train_images": header("(65535, 65535, 65535)")}, r"promises 281462092005375 bytes, its file holds 0"),
        ({"train_images": header("(1, 9, 9, 9)") + bytes(10)}, "promises 729 bytes, its file holds 10"),
        ({"train_images": header("(-1, -9, 9, 9)")}, "promises 729 bytes"),
        ({"train_images": np.zeros((3, 8, 7), np.uint8)}, r"train_images: has the shape \(3, 8, 7\)"),
        ({"train_images": np.zeros((0, 8, 7, 6), np.uint8)}, "none of these 0"),
        ({"train_images": np.zeros((3, 8, 7, 6), np.float64)}, "train_images: is float64"),
        ({"test_labels": np.zeros((2, 1), np.int64)}, "test_labels: is int64"),
        ({"test_labels": np.zeros((3, 1), np.uint8)}, r"has the shape \(3, 1\)"),
        ({"test_labels": np.array([[None], ["x"]], object)}, "test_labels: is object"),
        ({"val_images": b"no array at all"}, "has no header of an array"),
        ({"val_images": b""}, "has no header of an array"),
        ({"val_images": b"\x93NUMPY\x01\x00\xff\xff{"}, "has no header of an array"),
    ],
)
def test_what_is_wrong_with_an_array_is_named(
    tmp_path: Path, changed: dict[str, np.ndarray | bytes | None], told: str
) -> None:
    with pytest.raises(CohortError, match=told):
        npz.read_volumes(write_glands(tmp_path, changed) / "images" / "glands.npz")


def test_an_array_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(npz, "LARGEST_BYTES", 1000)
    with pytest.raises(CohortError, match="takes 1008 bytes, more than 1000"):
        npz.read_volumes(write_glands(tmp_path) / "images" / "glands.npz")


def test_a_file_that_ends_early_or_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = write_glands(tmp_path) / "images" / "glands.npz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CohortError, match="is no npz"):
        npz.read_volumes(path)
    path.write_bytes(b"PK")
    with pytest.raises(CohortError, match="is no npz"):
        npz.read_volumes(path)


def test_a_file_whose_images_are_damaged_says_so_when_they_are_read(tmp_path: Path) -> None:
    path = write_glands(tmp_path) / "images" / "glands.npz"
    data = bytearray(path.read_bytes())
    start = data.index(b"train_images.npy") + 100
    data[start : start + 20] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(CohortError, match=r"train_images: (cannot be read|has no header)"):
        index_cohort(Cohort.open(tmp_path), max_gap_mm=0, tilt_deg=0.5)


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("images: [npz]", "go together"),
        ("images: [nifti]\nnpz: {classes: [a, b], spacing_mm: 1}", "go together"),
        ("images: [npz, nifti]\nnpz: {classes: [a, b], spacing_mm: 1}", "a cohort of its own"),
        ("images: [npz]\nnpz: {classes: [a], spacing_mm: 1}", "at least 2 items"),
        ("images: [npz]\nnpz: {classes: [a, b], spacing_mm: 0}", "greater than 0"),
        ("images: [npz]\nnpz: {klasses: [a, b], spacing_mm: 1}", "klasses"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(tmp_path: Path, description: str, told: str) -> None:
    with pytest.raises(CohortError, match=told):
        Cohort.open(write_glands(tmp_path, description=description))


def test_two_files_are_two_cohorts(tmp_path: Path) -> None:
    folder = write_glands(tmp_path)
    (folder / "images" / "more.npz").write_bytes((folder / "images" / "glands.npz").read_bytes())
    with pytest.raises(CohortError, match="holds 2 npz files"):
        index_cohort(Cohort.open(folder), max_gap_mm=0, tilt_deg=0.5)


def test_the_official_file_is_a_cohort_of_1584_glands(shared_data: Path) -> None:
    path = shared_data / "adrenalmnist3d" / "adrenalmnist3d_64.npz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the real data")
    volumes = npz.read_volumes(path)
    counted = pl.DataFrame({"part": [v.part for v in volumes], "label": [v.label for v in volumes]})
    assert counted.group_by("part", "label").len().sort("part", "label").rows() == [
        ("test", 0, 229), ("test", 1, 69), ("train", 0, 929), ("train", 1, 259), ("val", 0, 76), ("val", 1, 22),
    ]  # fmt: skip
    assert {volume.size for volume in volumes} == {(64, 64, 64)}


def test_a_file_with_a_broken_byte_is_refused(tmp_path: Path) -> None:
    many = {"train_images": np.zeros((9000, 2, 2, 2), np.uint8), "train_labels": np.zeros((9000, 1), np.uint8)}
    cohort = write_glands(tmp_path, many)  # so that the last label lies beyond what is read with the header
    path = cohort / "images" / "glands.npz"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "stored.npz", "w") as stored:
        for name in archive.namelist():
            stored.writestr(name, archive.read(name))
    content = bytearray((tmp_path / "stored.npz").read_bytes())
    with zipfile.ZipFile(tmp_path / "stored.npz") as archive:
        entry = archive.getinfo("train_labels.npy")
        start = entry.header_offset + 30 + len(entry.filename)
    content[start + entry.file_size - 1] ^= 1  # its last label
    path.write_bytes(content)
    with pytest.raises(CohortError, match=r"train_labels: cannot be read \(BadZipFile\)"):
        npz.read_volumes(path)


def test_an_array_that_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    path = write_glands(tmp_path) / "images" / "glands.npz"
    whole = path.read_bytes()
    start = whole.index(b"train_images.npy") + 16
    entry = whole.rindex(b"train_images.npy") - 46
    for at, value in ((start + 20, b"\xff" * 8), (entry + 10, b"\x63"), (entry + 8, b"\x41"), (entry + 8, b"\x01")):
        data = bytearray(whole)  # what is packed, how (APPNOTE.TXT, 4.4.5), and whether under a password (4.4.4)
        data[at : at + len(value)] = value
        path.write_bytes(data)
        with pytest.raises(CohortError, match="train_images: has no header of an array"):
            npz.read_volumes(path)
