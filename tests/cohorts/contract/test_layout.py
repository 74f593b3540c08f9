"""The cohort folder and its tables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ct import close, lesion, write_cohort, write_lesions

from lesionary.base.errors import CohortError, LesionError
from lesionary.cohorts.contract.layout import Cohort, files_below, parse_row


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path / "cohort", ["anna"])


def parsed(cohort: Path) -> object:
    row = Cohort.open(cohort).lesions().row(0, named=True)
    return parse_row(row, f"line {row['line']}")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"x_min": "left"}, "line 2, 'left': column x_min is no number"),
        ({"x_min": "nan"}, "column x_min is not finite"),
        ({"z_max": ""}, "the box is incomplete"),
        ({"z_max": 1}, "the box has no thickness"),
        ({"patient": ""}, "column patient is empty"),
    ],
)
def test_a_bad_value_is_named_with_its_line_and_column(cohort: Path, values: dict[str, object], message: str) -> None:
    write_lesions(cohort, [lesion("anna", **values)])
    with pytest.raises(LesionError, match=message):
        parsed(cohort)


def test_a_missing_column_is_named(cohort: Path) -> None:
    (cohort / "lesions.csv").write_text("lesion,patient,series\n1,a,b\n")
    with pytest.raises(CohortError, match=r"lacks the columns \['study'\]"):
        Cohort.open(cohort).lesions()


def test_an_unknown_column_is_named(cohort: Path) -> None:
    (cohort / "lesions.csv").write_text("lesion,patient,study,series,sub_type\n1,a,b,c,d\n")
    with pytest.raises(CohortError, match=r"unknown columns \['sub_type'\]"):
        Cohort.open(cohort).lesions()


@pytest.mark.parametrize("name", ["cohort.yaml", "pseudonym.key"])
def test_a_missing_file_says_how_to_make_it(cohort: Path, name: str) -> None:
    (cohort / name).unlink()
    with pytest.raises(CohortError, match=f"{name}: is missing"):
        Cohort.open(cohort)


def test_a_kind_of_image_that_is_not_known_is_refused(cohort: Path) -> None:
    (cohort / "cohort.yaml").write_text("name: a\nabout: b\nimages: [dicm]\n")
    with pytest.raises(CohortError, match="'dicom', 'nifti', 'deeplesion' or 'npz'"):
        Cohort.open(cohort)


def test_a_byte_order_mark_does_no_harm(cohort: Path) -> None:
    path = cohort / "lesions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert parsed(cohort) is not None


def test_linked_folders_are_gone_through_once_and_a_pipe_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    for name in ("real/a", "real/deep/b", "elsewhere/c", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "real" / "again").symlink_to(tmp_path / "real" / "deep")  # beside what it names
    (tmp_path / "real" / "loop").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "real" / "a_link").symlink_to(tmp_path / "elsewhere" / "c")
    (tmp_path / "real" / "nowhere").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "real" / "pipe")
    found = sorted(path.relative_to(tmp_path / "real").as_posix() for path in files_below(tmp_path / "real"))
    assert found == ["a", "a_link", "deep/b", "nowhere", "out/c"]


def test_a_folder_that_may_not_be_looked_into_stands_for_what_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"")
    close(tmp_path / "closed", monkeypatch)
    assert sorted(files_below(tmp_path)) == [tmp_path / "closed", tmp_path / "open" / "a"]
