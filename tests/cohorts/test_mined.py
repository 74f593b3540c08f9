"""Labels that were mined elsewhere: sound tables and broken ones."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from ct import uid, write_cohort

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.mined import MinedElsewhere, read_mined
from lesionary.cohorts.texts import Texts

ANNA, BERT = (uid(name, "study") for name in ("anna", "bert"))
HEADER = ("lesion", "study", "label", "relation", "split")
SOUND = (
    ("1", ANNA, "cyst", "relevant", "train"),
    ("1", ANNA, "mass", "irrelevant", ""),
    ("1", BERT, "cyst", "uncertain", "test"),
)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path / "cohort", ["anna", "bert"])


def write(cohort: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> None:
    with (cohort / "mined.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def mined(cohort: Path) -> tuple[MinedElsewhere | None, list[tuple[str, str, str]]]:
    """What is read, and what is set aside: kind, subject and reason."""
    opened, set_aside = Cohort.open(cohort), SetAside()
    lesions = index_cohort(opened, max_gap_mm=0, tilt_deg=0.5).lesion_table()
    found = read_mined(opened, lesions, set_aside)
    return found, [(one.kind.value, one.subject, one.reason) for one in set_aside.problems]


def named(cohort: Path, study: str) -> str:
    return pseudonym(Cohort.open(cohort).key, Entity.LESION, f"{study}\0001")


def test_a_cohort_need_not_have_the_table(cohort: Path) -> None:
    assert mined(cohort) == (None, [])


def test_lesions_are_named_by_pseudonym_and_patients_have_the_split_that_a_row_names(cohort: Path) -> None:
    write(cohort, *SOUND)
    found, problems = mined(cohort)
    assert found is not None
    anna, bert = (named(cohort, study) for study in (ANNA, BERT))
    assert found.labels.rows() == [
        (2, anna, "cyst", "relevant"), (3, anna, "mass", "irrelevant"), (4, bert, "cyst", "uncertain")
    ]  # fmt: skip
    assert sorted(found.splits.values()) == ["test", "train"]
    assert all(patient.startswith("P-") for patient in found.splits)
    assert problems == []


def test_the_split_may_be_left_out(cohort: Path) -> None:
    write(cohort, *(row[:4] for row in SOUND), header=HEADER[:4])
    found, problems = mined(cohort)
    assert found is not None
    assert (len(found.labels), found.splits, problems) == (3, {}, [])


def test_a_row_that_stands_twice_counts_once(cohort: Path) -> None:
    write(cohort, *SOUND, SOUND[0])
    found, problems = mined(cohort)
    assert found is not None
    assert (len(found.labels), problems) == (3, [])


BAD = {
    "another lesion": (("7", ANNA, "cyst", "relevant", ""), "its lesion is not among the usable ones"),
    "a climbing name": (("../../evil", ANNA, "cyst", "relevant", ""), "its lesion is not among the usable ones"),
    "another study": (("1", "../s", "cyst", "relevant", ""), "its lesion is not among the usable ones"),
    "no label": (("1", ANNA, " ", "relevant", ""), "column label is empty"),
    "no relation": (("1", ANNA, "fat", "", ""), "relation is none of ours"),
    "another relation": (("1", ANNA, "fat", "maybe", ""), "relation is none of ours"),
    "a contradiction": (("1", ANNA, "cyst", "uncertain", ""), "a row before gives its label another relation"),
    "another split": (("1", ANNA, "fat", "relevant", "tset"), "column split is none of train, val, test"),
    "too many fields": (("1", ANNA, "fat", "relevant", "", "?"), "has more fields than the table has columns"),
}


@pytest.mark.parametrize(("row", "reason"), BAD.values(), ids=BAD)
def test_a_bad_row_is_set_aside_by_its_line_and_the_rest_goes_on(
    cohort: Path, row: tuple[str, ...], reason: str
) -> None:
    write(cohort, SOUND[0], row, *SOUND[1:])
    found, problems = mined(cohort)
    assert problems == [("mined label", "line 3", reason)]
    assert found is not None
    assert found.labels["line"].to_list() == [2, 4, 5]


def test_a_row_in_another_encoding_is_set_aside_and_the_rest_goes_on(cohort: Path) -> None:
    write(cohort, *SOUND)
    with (cohort / "mined.csv").open("ab") as file:
        file.write(f"1,{ANNA},cyst\xe9,relevant,\r\n".encode("latin-1"))
    found, problems = mined(cohort)
    assert problems == [("mined label", "line 5", "column label has bytes that are no UTF-8")]
    assert found is not None
    assert len(found.labels) == 3


def test_of_many_rows_of_unusable_lesions_the_first_is_named_and_all_are_counted(
    cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lesionary.cohorts.mined.LISTED", 1)
    write(cohort, *SOUND, *(("7", ANNA, label, "relevant", "") for label in ("cyst", "fat")))
    _, problems = mined(cohort)
    reason = "2 rows, this one the first, are of lesions that are not among the usable ones"
    assert problems == [("mined label", "line 5", reason)]


def test_a_patient_in_two_splits_stops_everything(cohort: Path) -> None:
    write(cohort, *SOUND, ("1", ANNA, "fat", "relevant", "val"))
    with pytest.raises(CohortError, match=r"line 5: puts a patient into val whom a row before puts into train"):
        mined(cohort)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"lesion;study;label;relation\n1;s;cyst;relevant\n", "is separated by semicolons"),
        ("lesion,study,label,relation\n".encode("utf-16"), "is no CSV table in UTF-8"),
        (b"lesion,label,relation\n1,cyst,relevant\n", r"lacks the columns \['study'\]"),
        (b'lesion,study,label,relation\n1,s,"cyst,relevant\n', r"line 2: is no CSV from here on"),
    ],
)
def test_a_table_that_is_no_such_table_is_refused_with_its_reason(cohort: Path, content: bytes, reason: str) -> None:
    (cohort / "mined.csv").write_bytes(content)
    with pytest.raises(CohortError, match=reason):
        mined(cohort)


def test_it_stands_for_the_reports(cohort: Path) -> None:
    opened = Cohort.open(cohort)
    texts = Texts(opened, index_cohort(opened, max_gap_mm=0, tilt_deg=0.5).lesion_table(), SetAside())
    with pytest.raises(CohortError, match=r"reports.csv: is missing"):
        list(texts.reports())
    write(cohort, *SOUND)
    assert (list(texts.reports()), list(texts.patients())) == ([], [])
    assert texts.judged().is_empty()
    assert isinstance(texts.labelled(), pl.DataFrame)
