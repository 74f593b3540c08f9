"""A row finds the series that it means, and never another that merely looks like it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from ct import uid, write_series
from exports import run, write

from lesionary.importing.importing import plan_import
from lesionary.importing.plan import Plan
from lesionary.importing.request import Request


def given(request: Request, text: str) -> Request:
    """The same import with another spreadsheet."""
    sheets = {"lesions": write(request.cohort.parent.parent / "mine.csv", text)}
    return Request(**{**vars(request), "sheets": sheets, "columns": {}})


def left_out(plan: Plan) -> list[tuple[str, str]]:
    return [(one.value, one.reason) for one in plan.refused]


def test_a_localiser_is_no_series_that_a_row_can_mean(request_: Request) -> None:
    scout = {"SeriesInstanceUID": uid("anna", "scout"), "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    paths = write_series(request_.source / "PA000000" / "SCOUT", "anna", 1, SOPInstanceUID=uid("scout"), **scout)
    assert len(paths) == 1
    plan = run(given(request_, "patient,subtype\nanna,A\n"))
    assert plan.refused == []
    assert pl.read_csv(request_.cohort / "lesions.csv")["series"].to_list() == [uid("anna", "series")]
    kinds = dict(pl.read_csv(request_.cohort / "series.csv").select("series", "kind").iter_rows())
    assert kinds[uid("anna", "scout")] == "CT Image Storage, localiser"


def test_a_series_that_holds_its_localiser_is_one_that_a_row_can_mean(request_: Request) -> None:
    kind = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    for number, place in enumerate(("0", "z")):  # before the slices, and behind them
        who = ("anna", "bert")[number]
        folder = request_.source / f"PA{number:06d}" / place
        write_series(folder, who, 1, SOPInstanceUID=uid(who, "scout"), ImageType=kind)
    assert run(given(request_, "patient,subtype\nanna,A\nbert,B\n")).refused == []


@pytest.mark.parametrize("written", ["ANNA", "An na", "00anna", "a\u0301nna"])
def test_a_patient_written_otherwise_is_not_guessed_but_told(request_: Request, written: str) -> None:
    plan = plan_import(given(request_, f"patient,subtype\n{written},A\n"))
    reason = "names patient, which CT series have in other capitals, spaces, accents or leading zeros: see series.csv"
    assert left_out(plan) == [(written, reason)]


def test_a_row_of_merged_cells_that_names_nobody_says_why(request_: Request) -> None:
    plan = plan_import(given(request_, "patient,subtype\nanna,A\n,B\n"))
    ((value, reason),) = left_out(plan)
    assert (value, reason.partition(" (")[0]) == ("", "names none of patient, study, series, accession")


def test_one_patient_in_two_spellings_is_told_for_both_may_train_and_test(request_: Request) -> None:
    write_series(request_.source / "PA9", "Anna")
    (told,) = [line for line in plan_import(request_).said if "may be one patient" in line]
    assert told.strip().startswith("may be one patient: 'Anna' and 'anna'")


def test_what_tells_series_of_a_study_apart_stands_in_the_catalogue(request_: Request) -> None:
    told = {"SeriesNumber": 4, "SeriesDescription": "venous", "ConvolutionKernel": "B30f"}
    write_series(request_.source / "PA9", "zoe", **told)
    run(request_)
    path = request_.cohort / "series.csv"
    told = dict(pl.read_csv(path).select("patient", "description").iter_rows())
    assert told["zoe"] == "4, venous, B30f"


def test_a_catalogue_written_before_it_told_that_is_read(request_: Request) -> None:
    run(request_)
    path = request_.cohort / "series.csv"
    pl.read_csv(path).drop("description").write_csv(path)
    assert run(request_).refused == []
    assert "description" in pl.read_csv(path).columns


def test_a_heading_of_two_lines_hides_no_separator(request_: Request, tmp_path: Path) -> None:
    sheets = {"lesions": write(tmp_path / "l.csv", '"Pat.-\nNr.";subtype\r\nanna;A\r\n')}
    columns = {"lesions": {"patient": "Pat.-\nNr."}}
    assert run(Request(**{**vars(request_), "sheets": sheets, "columns": columns})).refused == []
