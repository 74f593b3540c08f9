"""Tables of text, sound and broken."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from ct import uid, write_cohort

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import split_patients
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.texts import Report, Texts

TEXT = "FINDINGS: Cyst of 14 mm,\nunchanged. No mass."


def write(path: Path, header: str, *rows: tuple[object, ...]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    folder = write_cohort(tmp_path / "cohort", ["anna"])
    study = uid("anna", "study")
    write(
        folder / "reports.csv",
        "report,study,patient,split,text",
        ("r1", study, "", "", TEXT),
        ("r2", "s2", "p2", "test", "No."),
    )
    write(folder / "bookmarks.csv", "report,start,end,lesion", ("r1", 18, 23, "1"))
    write(folder / "relations.csv", "report,start,end,label,bookmark,relation", ("r1", 10, 14, "cyst", 18, "relevant"))
    write(folder / "labels.csv", "lesion,study,label", ("1", study, "cyst"))
    return folder


@dataclass(frozen=True)
class Read:
    """All that the tables of a cohort say."""

    reports: list[Report]
    judged: pl.DataFrame
    labelled: pl.DataFrame


def texts(folder: Path) -> tuple[Read, list[str]]:
    opened, set_aside = Cohort.open(folder), SetAside()
    lesions = index_cohort(opened, max_gap_mm=0, tilt_deg=0.5).lesion_table()
    found = Texts(opened, lesions, set_aside)
    patients = list(found.patients())
    read = Read(list(found.reports()), found.judged(), found.labelled())
    assert patients == [(report.patient, report.split) for report in read.reports]
    return read, [problem.reason for problem in set_aside.problems]


def test_a_link_points_to_its_text_and_lesion(cohort: Path) -> None:
    found, problems = texts(cohort)
    assert not problems
    report = found.reports[0]
    (link,) = report.links
    assert report.text == TEXT  # line break included
    assert report.text[link.start : link.end] == "14 mm"
    assert link.lesion == found.labelled["lesion"][0]


def test_a_study_without_image_brings_its_own_patient_and_split(cohort: Path) -> None:
    second = texts(cohort)[0].reports[1]
    assert second.split == "test"
    assert second.patient.startswith("P-")


@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("bookmarks", ("r1", 40, 99, "1"), "positions 40 to 99 do not lie in a text of 44 characters"),
        ("bookmarks", ("r1", "x", 5, "1"), "column start is no position"),
        ("bookmarks", ("r1", 5, 5, "1"), "positions 5 to 5 do not lie in a text of 44 characters"),
        ("bookmarks", ("r1", 3, 5, "7"), "its lesion is not among the usable ones of its study"),
        ("bookmarks", ("r1", 22, 30, ""), "overlaps the bookmark of line 2"),
        ("bookmarks", ("r1", 3, 5, "1", "?"), "has more fields than the table has columns"),
        ("bookmarks", ("r9", 3, 5, ""), "its report is not among the usable ones"),
        ("relations", ("r1", 10, 14, "cyst", 18, "maybe"), "relation is none of ours"),
        ("labels", ("9", "s", "cyst"), "its lesion is not among the usable ones"),
        ("reports", ("r3", "s3", "", "", " "), "its text is empty"),
        ("reports", ("r1", "s3", "", "", "Twice."), "its name stands in line 2, too"),
        ("reports", ("r3", "s3", "", "tset", "Cyst."), "column split is none of train, val, test"),
    ],
)
def test_a_bad_row_is_set_aside_and_the_rest_goes_on(
    cohort: Path, table: str, row: tuple[object, ...], reason: str
) -> None:
    with (cohort / f"{table}.csv").open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(row)
    found, problems = texts(cohort)
    assert problems == [reason]
    assert (len(found.reports), len(found.reports[0].links), len(found.judged), len(found.labelled)) == (2, 1, 1, 1)


def test_a_report_in_another_encoding_is_set_aside_and_the_rest_goes_on(cohort: Path) -> None:
    with (cohort / "reports.csv").open("ab") as file:
        file.write("r3,s3,,,2.3 × 2.1 cm\r\n".encode("latin-1"))
    found, problems = texts(cohort)
    assert problems == ["column text has bytes that are no UTF-8"]
    assert len(found.reports) == 2


def test_a_byte_order_mark_is_no_part_of_the_first_column(cohort: Path) -> None:
    path = cohort / "reports.csv"
    path.write_bytes("\ufeff".encode() + path.read_bytes())
    assert len(texts(cohort)[0].reports) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"report;study;text\nr1;s1;Cyst.\n", "is separated by semicolons"),
        ("report,study,text\nr1,s1,Cyst.\n".encode("utf-16"), "is no CSV table in UTF-8"),
        (b"report,text\nr1,Cyst.\n", r"lacks the columns \['study'\]"),
        (b'report,study,text\nr1,s1,"Cyst.\n', r"line 2: is no CSV from here on \(unexpected end of data\)"),
        (b"", "lacks the columns"),
    ],
)
def test_a_table_that_is_no_such_table_is_refused_with_its_reason(cohort: Path, content: bytes, message: str) -> None:
    (cohort / "reports.csv").write_bytes(content)
    with pytest.raises(CohortError, match=message):
        texts(cohort)


def test_texts_stay_as_written_to_the_last_character(cohort: Path) -> None:
    strange = 'A\r\nB\x00\t"C", \u2003\x0c×\U0001f600\n' + "long " * 200_000
    write(cohort / "reports.csv", "report,study,text", ("r1", "s1", strange), ("r2", "s2", "Short."))
    assert [report.text for report in texts(cohort)[0].reports] == [strange, "Short."]


def test_a_line_is_told_as_an_editor_counts_it(cohort: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(cohort / "reports.csv", "report,study,text", ("r1", "s1", "One.\nTwo."), ("r2", "s2", ""))
    texts(cohort)
    assert "reports.csv, line 4: its text is empty" in capsys.readouterr().err


def test_no_reports_at_all_is_an_error(cohort: Path) -> None:
    (cohort / "reports.csv").unlink()
    with pytest.raises(CohortError, match=r"reports.csv: is missing"):
        texts(cohort)


def test_the_split_given_is_kept_and_the_rest_is_drawn_by_share() -> None:
    rows = [("a", "test"), ("b", "val"), *((f"p{n}", None) for n in range(200))]
    drawn = split_patients(rows, seed=1)
    assert (drawn["a"], drawn["b"]) == ("test", "val")
    counts = {name: list(drawn.values()).count(name) for name in ("train", "val", "test")}
    assert counts["train"] == pytest.approx(141, abs=2)
    assert counts["val"] == pytest.approx(31, abs=2)
    assert drawn == split_patients(rows, seed=1)


def test_a_patient_in_two_splits_is_refused() -> None:
    with pytest.raises(CohortError, match="stands in test and in train"):
        split_patients([("a", "test"), ("a", "train")], seed=0)


def test_another_name_for_a_split_is_refused() -> None:
    with pytest.raises(CohortError, match="reads 'dev'"):
        split_patients([("a", "dev")], seed=0)
