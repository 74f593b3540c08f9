"""A check says what the pipeline will do, and where and why not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ct import write_lesions
from faults import Fault
from image_faults import IMAGES
from own_cohort import PARAMS, PATIENTS, params, rows, write_own
from row_faults import LESIONS, TEXTS
from telling import is_told
from whole_faults import TABLES, WHOLE, saved

from lesionary.checking.checking import check
from lesionary.checking.problems import Severity
from lesionary.checking.report import Report, Status


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_own(tmp_path / "own")


def without_texts(cohort: Path) -> None:
    for name in ("reports", "bookmarks", "relations", "labels"):
        (cohort / f"{name}.csv").unlink()


def test_a_cohort_without_a_fault_is_usable_whole(cohort: Path, tmp_path: Path) -> None:
    report, _ = check(cohort, params(tmp_path))
    assert [vars(one) for one in report.problems] == []
    assert report.status is Status.USABLE
    subtyping, annotation = report.tracks
    assert subtyping.used["studies"] == annotation.used["reports"] == len(PATIENTS)
    assert subtyping.used["slices"] == 3 * len(PATIENTS)
    assert annotation.used["judged pairs"] == 2 * len(PATIENTS)
    assert annotation.used["lesions labelled by hand"] == len(PATIENTS)


@pytest.mark.parametrize("fault", [*IMAGES.values(), *LESIONS.values()], ids=[*IMAGES, *LESIONS])
def test_a_fault_of_images_or_lesions_is_told_with_its_place(cohort: Path, tmp_path: Path, fault: Fault) -> None:
    without_texts(cohort)
    fault.make(cohort)
    report, _ = check(cohort, params(tmp_path))
    is_told(report, fault)
    assert report.tracks[0].used["studies"] >= len(PATIENTS) - 2  # the others are as usable as before
    assert report.status is (Status.IN_PART if Severity.SET_ASIDE in grades(report) else Status.USABLE)


@pytest.mark.parametrize("fault", TEXTS.values(), ids=TEXTS)
def test_a_fault_of_texts_is_told_with_its_place(cohort: Path, tmp_path: Path, fault: Fault) -> None:
    fault.make(cohort)
    report, _ = check(cohort, params(tmp_path), pixels=False)
    is_told(report, fault)
    assert report.tracks[0].possible


@pytest.mark.parametrize("fault", WHOLE.values(), ids=WHOLE)
def test_a_fault_of_the_whole_stops_everything(cohort: Path, tmp_path: Path, fault: Fault) -> None:
    fault.make(cohort)
    report, _ = check(cohort, params(tmp_path))
    is_told(report, fault)
    assert report.status is Status.UNUSABLE


@pytest.mark.parametrize("fault", TABLES.values(), ids=TABLES)
def test_a_table_of_text_that_cannot_be_read_stops_its_track_and_no_other(
    cohort: Path, tmp_path: Path, fault: Fault
) -> None:
    fault.make(cohort)
    report, _ = check(cohort, params(tmp_path), pixels=False)
    is_told(report, fault)
    assert [track.possible for track in report.tracks] == [True, False]


@pytest.mark.parametrize("table", ["reports", "bookmarks", "relations", "labels"])
def test_a_row_in_latin_1_is_left_out_and_the_other_rows_are_read(cohort: Path, tmp_path: Path, table: str) -> None:
    saved(f"{table}.csv", "latin-1")(cohort)
    report, _ = check(cohort, params(tmp_path), pixels=False)
    is_told(report, Fault(saved, "has bytes that are no UTF-8", f"{table}.csv, line 3"))
    assert report.tracks[1].possible


def grades(report: Report) -> set[Severity]:
    return {one.severity for one in report.problems}


def test_all_faults_of_a_row_are_told_and_not_its_first_alone(cohort: Path, tmp_path: Path) -> None:
    table = rows()
    table[0] |= {"x_min": "left", "y_max": "low", "split": "tset"}
    write_lesions(cohort, table)
    report, _ = check(cohort, params(tmp_path), pixels=False)
    assert {one.column for one in report.problems if one.where.startswith("lesions.csv, line 2")} == {
        "x_min",
        "y_max",
        "split",
    }


def test_what_was_corrected_is_told_with_the_param_that_asked_for_it(cohort: Path, tmp_path: Path) -> None:
    IMAGES["missing slice"].make(cohort)
    report, _ = check(cohort, params(tmp_path, index={"max_gap_mm": 5.0}))
    (told,) = report.problems
    assert (told.severity, told.cure) == (Severity.ADJUSTED, "index.max_gap_mm")
    assert report.status is Status.USABLE


def test_a_deliberately_broken_cohort_is_described_whole(cohort: Path, tmp_path: Path) -> None:
    broken = [IMAGES["localiser"], LESIONS["no number"], TEXTS["too many fields"], TEXTS["outside"], TEXTS["relation"],
              TEXTS["labelled lesion"]]  # fmt: skip
    for fault in broken:
        fault.make(cohort)
    report, _ = check(cohort, params(tmp_path))
    for fault in broken:
        is_told(report, fault)
    assert report.status is Status.IN_PART


def test_a_cohort_without_judgements_and_labels_is_usable_and_told_who_judges(cohort: Path, tmp_path: Path) -> None:
    for name in ("relations", "labels"):
        (cohort / f"{name}.csv").unlink()
    report, _ = check(cohort, params(tmp_path), pixels=False)
    (told,) = report.problems
    assert (told.severity, told.step) == (Severity.NOTICED, "classify_relations")
    assert "the judge that the phantom teaches is taken" in told.reason
    assert (report.status, report.tracks[1].possible) == (Status.USABLE, True)
    assert report.tracks[1].used["lesions labelled by hand"] == 0


def test_judgements_of_no_patient_of_test_stop_the_track(cohort: Path, tmp_path: Path) -> None:
    write_lesions(cohort, [row | {"split": "val"} for row in rows()])
    report, _ = check(cohort, params(tmp_path), pixels=False)
    stops = [one.reason for one in report.problems if one.severity is Severity.STOPS]
    assert stops[0] == "has no judged pair of a test patient"
    assert not report.tracks[1].possible


def test_what_will_take_time_is_estimated(cohort: Path, tmp_path: Path) -> None:
    small = {"epochs": 3, "width": 1, "side_px": 32}
    training = {"subtyping": {"training": yaml.safe_load(PARAMS.read_text("utf-8"))["subtyping"]["training"] | small}}
    report, _ = check(cohort, params(tmp_path, rows={"subtyping": ["clinical", "resnet50"]}, **training))
    steps = {step.stage: step for step in report.steps}
    assert steps["crop_slices"].bytes == 3 * len(PATIENTS) * 224 * 224 * 2
    assert steps["train_subtyper resnet50"].how.startswith("12 steps")  # 2 folds, 3 epochs, 15 slices in batches of 10
    assert all(step.seconds for step in report.steps)


def test_a_table_that_stops_everything_hides_nothing_that_is_wrong_with_images(tmp_path: Path) -> None:
    cohort = write_own(tmp_path / "own")
    IMAGES["no DICOM"].make(cohort)
    (cohort / "lesions.csv").unlink()
    report, _ = check(cohort, params(tmp_path), pixels=False)
    assert [one.severity for one in report.problems] == [Severity.STOPS, Severity.SET_ASIDE]
    assert "is missing" in report.problems[0].reason
    assert report.problems[1].place.startswith("file ")
    assert report.usable["series"] == len(PATIENTS)
    assert report.status is Status.UNUSABLE
