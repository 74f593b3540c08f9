"""A check of labels that were mined elsewhere: what annotation can use of them, and each fault with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ct import uid, write_lesions
from mined_faults import ROWS, SPLITS, STOPS, mined, without_reports
from own_cohort import PATIENTS, params, read_table, rows, write_own, write_table
from telling import is_told

from lesionary.checking.checking import check
from lesionary.checking.problems import Severity
from lesionary.checking.report import Report, Status
from lesionary.checking.showing import in_terminal


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Images, lesions, labels by hand; mined.csv in place of the reports."""
    folder = write_own(tmp_path / "own")
    without_reports(folder)
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
        "lesions of test, labelled by hand": 2,
        "labels that are given often enough": 6,
    }


def test_a_test_lesion_labelled_by_hand_counts_without_a_mined_label(cohort: Path, tmp_path: Path) -> None:
    write_lesions(cohort, [row | {"split": part} for row, part in zip(rows(), SPLITS, strict=True)])
    kept = [row for row in read_table(cohort / "mined.csv") if row["study"] != uid(PATIENTS[-1], "study")]
    write_table(cohort / "mined.csv", kept)
    used = check(cohort, params(tmp_path))[0].tracks[1].used
    assert (used["patients"], used["of these in test"], used["lesions of test, labelled by hand"]) == (10, 1, 2)


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


@pytest.mark.parametrize("name", ROWS)
def test_a_fault_of_a_row_is_told_with_its_place_and_the_rest_is_used(name: str, tmp_path: Path) -> None:
    cohort = write_own(tmp_path / "own")
    ROWS[name].make(cohort)
    report = checked(cohort, tmp_path)
    is_told(report, ROWS[name])
    assert [one.severity for one in report.problems] == [Severity.SET_ASIDE]
    assert report.status is Status.IN_PART
    assert report.tracks[1].used["labels of these"] >= 19


@pytest.mark.parametrize("name", STOPS)
def test_a_fault_of_the_whole_table_stops_the_track_alone(name: str, tmp_path: Path) -> None:
    cohort, fault = write_own(tmp_path / "own"), STOPS[name]
    fault.make(cohort)
    report, _ = check(cohort, params(tmp_path, **fault.sections), pixels=False)
    is_told(report, fault)
    assert [track.possible for track in report.tracks] == [True, False]


def test_what_a_user_wrote_leaves_in_no_file(cohort: Path, tmp_path: Path) -> None:
    """A name in each column."""
    table = read_table(cohort / "mined.csv")
    for number, column in enumerate(table[0]):
        table[number][column] = "Quasimodo 1958-04-12"
    write_table(cohort / "mined.csv", table)
    report, scrubber = check(cohort, params(tmp_path), pixels=False)
    assert len(report.problems) == 7
    leaving = json.dumps(report.to_leave(scrubber).as_json())
    assert "Quasimodo" not in leaving
    assert "1958" not in leaving
