"""A list of images stands for a folder of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from ct import lesion, write_cohort, write_lesions

from lesionary.base.errors import CohortError, FileError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.manifest import MANIFEST, Listed, write_manifest
from lesionary.cohorts.indexing.index import Index, index_cohort


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cohort whose images lie in it."""
    made = write_cohort(tmp_path / "cohort", ["anna", "bert"])
    write_lesions(made, [lesion("anna"), lesion("bert")])
    return made


def indexed(cohort: Path) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0.0, tilt_deg=0.5)


def move_out(cohort: Path) -> Path:
    """Its images to where a list has to lead."""
    images = (cohort / "images").rename(cohort.parent / "archive")
    write_manifest(cohort, images.rglob("*.dcm"))
    return images


def test_listed_images_are_indexed_as_if_they_lay_in_the_cohort(folder: Path) -> None:
    before = indexed(folder)
    move_out(folder)
    after = indexed(folder)
    assert after.series_table().equals(before.series_table())
    assert after.lesion_table().equals(before.lesion_table())
    assert after.set_aside.problems == before.set_aside.problems == []


def test_a_line_tells_place_size_and_content(folder: Path) -> None:
    images = move_out(folder)
    first = min(images.rglob("*.dcm"), key=lambda path: path.relative_to(images).as_posix())
    line = (folder / MANIFEST).read_text("utf-8").splitlines()[1]
    content = first.read_bytes()
    name = f"../archive/{first.relative_to(images).as_posix()}"
    assert line == f"{name},{len(content)},{hashlib.sha256(content).hexdigest()}"


def test_a_changed_and_a_missing_image_are_set_aside_and_the_rest_goes_on(folder: Path) -> None:
    images = move_out(folder)
    first, second = (next((images / "anna").glob(f"*-{z}.dcm")) for z in (2, 3))
    first.write_bytes(first.read_bytes() + b"\0")
    second.unlink()
    found = indexed(folder)
    assert [row.patient for row, _, _ in found.lesions] == ["bert"]
    reasons = [problem.reason for problem in found.set_aside.problems]
    assert any("bytes; images.csv says" in reason for reason in reasons)
    assert any("is missing; images.csv says" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,size\na.dcm,1\n", r"has the columns \['file', 'size'\]"),
        ("file,bytes,sha256\na.dcm,1,x\nb.dcm,-1,x\n", "line 3: file 'b.dcm', bytes '-1'"),
        ("file,bytes,sha256\n,1,x\n", "line 2: file"),
        ("file,bytes,sha256\na,b,c,d\n", "no CSV table"),
    ],
)
def test_a_list_that_cannot_be_used_names_the_line(folder: Path, text: str, message: str) -> None:
    (folder / "images").rename(folder.parent / "archive")
    (folder / MANIFEST).write_text(text)
    with pytest.raises(CohortError, match=message):
        Cohort.open(folder)


def test_a_folder_and_a_list_are_one_too_many(folder: Path) -> None:
    write_manifest(folder, (folder / "images").rglob("*.dcm"))
    with pytest.raises(CohortError, match=r"both images/ and images\.csv"):
        Cohort.open(folder)


def test_an_image_that_may_not_be_read_is_told_apart_from_one_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"ab")
    image = Listed("a", tmp_path / "a", 2)
    image.check()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileError, match=r"may not be read; images\.csv says 2"):
        image.check()
    with pytest.raises(FileError, match=r"is missing; images\.csv says 2"):
        Listed("b", tmp_path / "b", 2).check()
