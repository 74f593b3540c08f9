"""Spreadsheets become the tables of a cohort, row by row."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from ct import uid, volume, write_series
from exports import COLUMNS, PEOPLE, run, write
from own_cohort import FINDING, START, params

from lesionary.base.errors import CohortError
from lesionary.checking.checking import check
from lesionary.checking.report import Status
from lesionary.importing.request import Request


def test_a_table_in_latin_1_with_semicolons_and_decimal_commas_is_read_right(request_: Request) -> None:
    plan = run(request_)
    assert plan.refused == []
    table = pl.read_csv(request_.cohort / "lesions.csv", schema_overrides={"lesion": pl.String})
    assert table["subtype"].to_list() == ["A\xe4", "B\xe4"] * 2
    assert table["x_min"].to_list() == [2.0] * 4
    assert table["x_max"].to_list() == [8.5] * 4
    assert table["series"].to_list() == [uid(name, "series") for name in PEOPLE]
    assert any("Windows-1252, separated by semicolons" in line for line in plan.said)


def test_a_separator_that_is_declared_for_excel_is_taken_at_its_word(request_: Request, tmp_path: Path) -> None:
    sheets = {"lesions": write(tmp_path / "l.csv", "sep=;\r\npatient;subtype, as found;key_slice\r\nnobody;A;2\r\n")}
    columns = {"lesions": {"subtype": "subtype, as found"}}
    plan = run(Request(**{**vars(request_), "sheets": sheets, "columns": columns}))
    assert [(one.line, one.value) for one in plan.refused] == [(3, "nobody")]
    assert any("separated by semicolons" in line for line in plan.said)


def test_what_is_imported_is_a_cohort_that_the_check_finds_usable(request_: Request, tmp_path: Path) -> None:
    run(request_)
    report, _ = check(request_.cohort, params(tmp_path))
    assert report.problems == []
    assert report.status is Status.USABLE
    assert report.tracks[0].used["studies"] == len(PEOPLE)


def test_reports_find_their_studies_by_accession_number_or_patient(request_: Request, tmp_path: Path) -> None:
    table = f'Befund,AccNo,Patient,Text\n1,ACCanna,,"{FINDING}"\n2,,bert,"{FINDING}"\n3,ACC99,,"{FINDING}"\n'
    sheets = {**request_.sheets, "reports": write(tmp_path / "ris.csv", table)}
    bookmarks = f"report;start;end;lesion\n1;{START};{START + 5};1\n"
    sheets["bookmarks"] = write(tmp_path / "links.csv", bookmarks)
    columns = {**COLUMNS, "reports": {"report": "Befund", "accession": "AccNo", "patient": "Patient", "text": "Text"}}
    plan = run(Request(**{**vars(request_), "sheets": sheets, "columns": columns}))
    assert plan.refused == []
    studies = pl.read_csv(request_.cohort / "reports.csv")["study"].to_list()
    assert studies == [uid("anna", "study"), uid("bert", "study"), "ACC99"]
    assert (request_.cohort / "bookmarks.csv").read_text(
        "utf-8"
    ) == f"report,start,end,lesion\n1,{START},{START + 5},1\n"


def test_a_workbook_is_read_like_a_table(request_: Request, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["nothing here"])
    sheet = book.create_sheet("Masses")
    sheet.append(["patient", "subtype", "key_slice"])
    for name in PEOPLE:
        sheet.append([name, "A", 3.0])
    book.save(tmp_path / "a.xlsx")
    asked = {"sheets": {"lesions": tmp_path / "a.xlsx"}, "parts": {"lesions": "Masses"}, "columns": {}}
    run(Request(**{**vars(request_), **asked}))
    assert pl.read_csv(request_.cohort / "lesions.csv")["key_slice"].to_list() == [3] * 4


FAULTS = {
    "a number": ("x_min,patient,y_min,z_min,x_max,y_max,z_max\nleft,anna,1,1,2,2,2", 2, "x_min", "is no number"),
    "two commas": ("x_min;patient\n1.234,5;anna", 2, "x_min", "is no number"),
    "half a box": ("patient,x_min\nanna,3", 2, "y_min", "is empty while the box has other edges"),
    "a split": ("patient,split\nanna,tset", 2, "split", "none of 'train', 'val' or 'test'"),
    "nobody": ("patient,subtype\nnobody,A", 2, "", "which no CT series of the images has"),
    "several": ("accession,subtype\nACCanna,A\nACCboth,B", 3, "", "which 2 CT series have"),
    "more fields": ("patient,subtype\nanna,A,more", 2, "", "has more fields"),
    "a line break": ('patient,subtype\nanna,"A\nB"\nbert,A,x', 4, "", "has more fields"),
}


@pytest.mark.parametrize(("text", "line", "column", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_row_that_cannot_be_taken_is_named_by_its_row_and_column(
    request_: Request, tmp_path: Path, text: str, line: int, column: str, reason: str
) -> None:
    for n, name in enumerate(("yann", "zoe")):
        write_series(request_.source / f"PA9{n}", name, AccessionNumber="ACCboth")
    sheets = {"lesions": write(tmp_path / "mine.csv", text)}
    plan = run(Request(**{**vars(request_), "sheets": sheets, "columns": {}}))
    refused = plan.refused[0]
    assert (refused.file, refused.line, refused.column) == ("mine.csv", line, column)
    assert re.search(reason, refused.reason)


WHOLE = {
    "no quote": ('patient,subtype\nanna,"A\n', "line 2: is no CSV from here on"),
    "no column": ("Pat,Typ\nanna,A\n", "has none of our columns"),
    "twice": ("patient,patient\nanna,A\n", "has the columns .'patient'. twice"),
    "empty": ("\n\n", "is empty"),
    "binary": ("patient\0,subtype\n", "is no table"),
}


@pytest.mark.parametrize(("text", "reason"), WHOLE.values(), ids=WHOLE)
def test_a_table_that_cannot_be_read_stops_before_anything_is_written(
    request_: Request, tmp_path: Path, text: str, reason: str
) -> None:
    sheets = {"lesions": write(tmp_path / "mine.csv", text)}
    with pytest.raises(CohortError, match=reason):
        run(Request(**{**vars(request_), "sheets": sheets, "columns": {}}))
    assert not request_.cohort.exists()


def test_nifti_is_linked_by_the_name_of_its_file_or_folder(tmp_path: Path) -> None:
    import nibabel as nib
    import numpy as np

    (tmp_path / "export" / "STS_002").mkdir(parents=True)
    image = nib.Nifti1Image(volume("anna"), np.diag([1.0, 1.0, 2.5, 1.0]))
    nib.save(image, tmp_path / "export" / "STS_001.nii.gz")
    nib.save(image, tmp_path / "export" / "STS_002" / "CT.nii.gz")
    sheets = {"lesions": write(tmp_path / "l.csv", "patient,subtype\nSTS_001,A\nSTS_002,B\n")}
    run(Request(tmp_path / "export", tmp_path / "own", tmp_path / "memory.csv", sheets))
    series = pl.read_csv(tmp_path / "own" / "lesions.csv")["series"].to_list()
    assert series == ["../export/STS_001.nii.gz", "../export/STS_002/CT.nii.gz"]
    assert "nifti" in (tmp_path / "own" / "cohort.yaml").read_text("utf-8")


def test_a_column_that_the_table_lacks_is_named_and_its_row_left_out(request_: Request, tmp_path: Path) -> None:
    run(request_)
    write_series(request_.source / "PA9", "zoe")
    sheets = {"lesions": write(tmp_path / "more.csv", "patient,subtype,split\nzoe,A,test\n")}
    (refused,) = run(Request(**{**vars(request_), "sheets": sheets, "columns": {}})).refused
    assert (refused.line, refused.column) == (2, "split")
    assert refused.reason == "lesions.csv has no column split: add it there"
    assert "zoe" not in (request_.cohort / "lesions.csv").read_text("utf-8")


def test_a_report_of_a_patient_with_two_studies_is_left_out(request_: Request, tmp_path: Path) -> None:
    write_series(request_.source / "PA9", "zoe", PatientID="anna")
    sheets = {"reports": write(tmp_path / "ris.csv", f'report,patient,text\n1,anna,"{FINDING}"\n2,bert,"{FINDING}"\n')}
    (refused,) = run(Request(**{**vars(request_), "sheets": sheets, "columns": {}})).refused
    assert refused.reason == "2 studies of the images fit: add a column study or accession"
    assert pl.read_csv(request_.cohort / "reports.csv")["report"].to_list() == [2]
