"""A check of labels that were mined elsewhere: what annotation can use of them, and each fault with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ct import uid, write_lesions
from own_cohort import PATIENTS, params, read_table, rows, write_own, write_table

from lesionary.checking.checking import check
from lesionary.checking.problems import Severity
from lesionary.checking.report import Report, Status
from lesionary.checking.showing import in_terminal


def mined(patients: tuple[str, ...] = PATIENTS) -> list[dict[str, object]]:
    """Two labels a lesion, six patients to train, two to validate, two to test."""
    split = ["train"] * 6 + ["val"] * 2 + ["test"] * 2
    lesions = [({"lesion": "1", "study": uid(name, "study")}, part) for name, part in zip(patients, split, strict=True)]
    said = (("liver cyst", "relevant"), ("spleen", "irrelevant"))
    return [{**one, "label": label, "relation": relation, "split": part}
            for one, part in lesions for label, relation in said]  # fmt: skip


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Images, lesions, labels by hand; mined.csv in place of the reports."""
    folder = write_own(tmp_path / "own")
    for name in ("reports", "bookmarks", "relations"):
        (folder / f"{name}.csv").unlink()
    write_table(folder / "mined.csv", mined())
    return folder


def checked(cohort: Path, folder: Path) -> Report:
    report, _ = check(cohort, params(folder), pixels=False)
    return report


def test_a_cohort_without_reports_is_usable_whole_and_its_lesions_are_counted(cohort: Path, tmp_path: Path) -> None:
    report, _ = check(cohort, params(tmp_path))
    assert [vars(one) for one in report.problems] == []
    assert report.status is Status.USABLE
    assert report.tracks[1].used == {
        "patients": 10,
        "lesions with an image and a label that was mined elsewhere": 10,
        "labels of these": 20,
        "of these in train": 6,
        "of these in val": 2,
        "of these in test": 2,
        "of these in test, labelled by hand": 2,
    }


def test_without_either_table_the_track_is_told_to_need_one(cohort: Path, tmp_path: Path) -> None:
    (cohort / "mined.csv").unlink()
    report = checked(cohort, tmp_path)
    assert not report.tracks[1].possible
    assert "annotation: cannot run: there is neither reports.csv nor mined.csv" in in_terminal(report)


def test_beside_reports_both_are_counted_and_the_judge_is_told(tmp_path: Path) -> None:
    cohort = write_own(tmp_path / "own")
    write_table(cohort / "mined.csv", mined())
    (cohort / "relations.csv").unlink()
    report = checked(cohort, tmp_path)
    used = report.tracks[1].used
    assert used["lesions with an image and a mentioned label"] == used["of these in train"] + 4 == len(PATIENTS)
    assert ["the judge that the phantom teaches is taken" in one.reason for one in report.problems] == [True]


def test_a_split_that_stands_before_that_of_the_lesions_is_noticed(cohort: Path, tmp_path: Path) -> None:
    write_lesions(cohort, [row | {"split": "test"} for row in rows()])
    report = checked(cohort, tmp_path)
    (told,) = report.problems
    assert (told.severity, told.file) == (Severity.NOTICED, "mined.csv")
    assert told.reason == "8 patients are in another part than the table of lesions says: annotation takes this one"
    assert report.tracks[1].used["of these in train"] == 6


def row(number: int, **values: object) -> Callable[[Path], None]:
    """Change a row of mined.csv."""

    def make(cohort: Path) -> None:
        table = read_table(cohort / "mined.csv")
        table[number] |= values
        write_table(cohort / "mined.csv", table)

    return make


def line(text: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    """Append a line."""

    def make(cohort: Path) -> None:
        with (cohort / "mined.csv").open("ab") as file:
            file.write(f"{text}\r\n".encode(encoding))

    return make


ANNA = uid("anna", "study")
FAULTS = {
    "another lesion": (row(0, lesion="7"), "its lesion is not among the usable ones", "mined.csv, line 2"),
    "a climbing name": (row(0, study="../../evil"), "its lesion is not among the usable ones", "mined.csv, line 2"),
    "no label": (row(1, label=""), "column label is empty", "mined.csv, line 3, column label"),
    "relation": (row(1, relation="maybe"), "relation is none of ours", "line 3, column relation, reads 'maybe'"),
    "split": (row(1, split="tset"), "column split is none of train, val, test", "line 3, column split, reads 'tset'"),
    "contradiction": (line(f"1,{ANNA},liver cyst,uncertain,"), "another relation", "mined.csv, line 22"),
    "too many fields": (line(f"1,{ANNA},mass,relevant,,more"), "has more fields than", "mined.csv, line 22"),
    "Latin-1": (line(f"1,{ANNA},l\xe4sion,relevant,", "latin-1"), "bytes that are no UTF-8", "mined.csv, line 22"),
    "another ontology": (row(1, label="gizzard"), "is not in the ontology", "line 3, column label, reads 'gizzard'"),
}


@pytest.mark.parametrize(("make", "said", "where"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_a_row_is_told_with_its_place_and_the_rest_is_used(
    cohort: Path, tmp_path: Path, make: Callable[[Path], None], said: str, where: str
) -> None:
    make(cohort)
    report = checked(cohort, tmp_path)
    (told,) = report.problems
    assert told.severity is Severity.SET_ASIDE
    assert said in told.reason
    assert any(where in shown for shown in in_terminal(report, everything=True).splitlines())
    assert report.status is Status.IN_PART
    assert report.tracks[1].used["labels of these"] >= 19


STOPS = {
    "semicolons": (lambda text: text.replace(b",", b";"), "is separated by semicolons"),
    "no column": (lambda text: text.replace(b"relation", b"Relation", 1), "lacks the columns"),
    "two splits": (lambda text: text.replace(b"irrelevant,train", b"irrelevant,val", 1), "puts a patient into val"),
    "nothing known": (
        lambda text: text.replace(b"liver cyst", b"x").replace(b"spleen", b"y"),
        "has no lesion with an image and a label",
    ),
}


@pytest.mark.parametrize(("change", "said"), STOPS.values(), ids=STOPS)
def test_a_fault_of_the_whole_table_stops_the_track_alone(
    cohort: Path, tmp_path: Path, change: Callable[[bytes], bytes], said: str
) -> None:
    path = cohort / "mined.csv"
    path.write_bytes(change(path.read_bytes()))
    report = checked(cohort, tmp_path)
    assert any(said in one.reason for one in report.problems if one.severity is Severity.STOPS)
    assert [track.possible for track in report.tracks] == [True, False]


def test_what_a_user_wrote_leaves_in_no_file(cohort: Path, tmp_path: Path) -> None:
    """A name in each column."""
    table = read_table(cohort / "mined.csv")
    for number, column in enumerate(table[0]):
        table[number][column] = "Quasimodo 1958-04-12"
    write_table(cohort / "mined.csv", table)
    report, scrubber = check(cohort, params(tmp_path), pixels=False)
    assert len(report.problems) == 5
    leaving = json.dumps(report.to_leave(scrubber).as_json())
    assert "Quasimodo" not in leaving
    assert "1958" not in leaving
