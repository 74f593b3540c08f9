"""A fold a scanner."""

from __future__ import annotations

import polars as pl
import pytest

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.subtyping.folds import studies_of
from lesionary.subtyping.scanners import fold_by_scanner, on_two_scanners, with_scanner


def lesions(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, ["study", "patient", "subtype", "manufacturer"], orient="row")


CLINIC = lesions(
    ("s1", "p1", "a", "SIEMENS"),
    ("s2", "p2", "b", "Siemens Healthineers"),
    ("s3", "p3", "a", "GE MEDICAL SYSTEMS"),
    ("s4", "p4", "b", "GE MEDICAL SYSTEMS"),
)


def drawn(table: pl.DataFrame, set_aside: SetAside) -> pl.DataFrame:
    return fold_by_scanner(on_two_scanners(with_scanner(studies_of(table), table, set_aside), set_aside))


def test_a_fold_is_one_maker_however_it_writes_its_name() -> None:
    set_aside = SetAside()
    found = drawn(CLINIC, set_aside)
    assert found.select("study", "scanner", "fold").rows() == [
        ("s1", "siemens", 1), ("s2", "siemens", 1), ("s3", "ge", 0), ("s4", "ge", 0),
    ]  # fmt: skip
    assert not set_aside.problems


def test_of_a_patient_whom_two_scanned_the_scanner_of_most_studies_keeps_them() -> None:
    set_aside = SetAside()
    more = lesions(("s5", "p1", "a", "GE"), ("s6", "p1", "a", "SIEMENS"), ("s7", "p4", "b", "SIEMENS"))
    found = drawn(pl.concat([CLINIC, more]), set_aside)
    assert found["study"].to_list() == ["s1", "s2", "s3", "s4", "s6"]  # p4: the first among equals
    assert found.group_by("patient").agg(pl.col("fold").n_unique())["fold"].max() == 1
    assert [one.subject for one in set_aside.problems] == ["s5", "s7"]
    assert "another scanner than most of its patient's studies" in set_aside.problems[0].reason


def test_a_study_without_a_scanner_or_by_two_is_set_aside() -> None:
    set_aside = SetAside()
    more = lesions(("s5", "p5", "a", ""), ("s6", "p6", "a", "GE"), ("s6", "p6", "a", "SIEMENS"))
    assert drawn(pl.concat([CLINIC, more]), set_aside)["study"].to_list() == ["s1", "s2", "s3", "s4"]
    assert {one.subject: one.reason for one in set_aside.problems} == {
        "s6": "has masses in series by several scanners",
        "s5": "does not tell its scanner",
    }


def test_a_class_of_one_scanner_is_set_aside_since_nothing_could_teach_it() -> None:
    set_aside = SetAside()
    found = drawn(pl.concat([CLINIC, lesions(("s5", "p5", "c", "GE"))]), set_aside)
    assert sorted(set(found["subtype"])) == ["a", "b"]
    (problem,) = set_aside.problems
    assert (problem.kind, problem.subject) == ("class", "c")
    assert problem.reason == "was scanned by ge alone: without it no study is left to learn from"
    for fold in set(found["fold"]):
        assert set(found.filter(pl.col("fold") != fold)["subtype"]) == {"a", "b"}


def test_one_scanner_alone_cannot_be_left_out() -> None:
    with pytest.raises(CohortError, match="has 0 classes that two scanners saw"):
        drawn(CLINIC.head(2), SetAside())
