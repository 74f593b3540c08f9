"""An export and spreadsheets become a cohort, which a second import adds to and never overwrites."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import openpyxl
import polars as pl
import pydicom
import pytest
from ct import edit, uid, volume, write_series
from own_cohort import FINDING, START, params

from lesionary.base.errors import CohortError
from lesionary.checking.checking import check
from lesionary.checking.report import Status
from lesionary.cohorts.contract.manifest import MANIFEST, write_manifest
from lesionary.importing.importing import Plan, Request, plan_import
from lesionary.importing.listing import find_images

PEOPLE = ("anna", "bert", "carl", "dora")
COLUMNS = {"lesions": {"patient": "Pat.-Nr.", "subtype": "Größe und Art", "x_min": "links"}}


def export(folder: Path, people: tuple[str, ...] = PEOPLE) -> Path:
    """What a PACS writes: folders and files that name nothing, a DICOMDIR, and a viewer's leftovers."""
    for number, name in enumerate(people):
        write_series(folder / f"PA{number:06d}" / "ST000000", name, AccessionNumber=f"ACC{name}")
    (folder / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    (folder / "autorun.inf").write_text("[autorun]", "utf-8")
    return folder


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def german(path: Path) -> Path:
    """A table in Latin-1 with semicolons and decimal commas, of boxes."""
    rows = [f"{name};{'AB'[n % 2]}\xe4;2,0;3;1;8,5;9;4" for n, name in enumerate(PEOPLE)]
    return write(
        path, "\r\n".join(["Pat.-Nr.;Gr\xf6\xdfe und Art;links;y_min;z_min;x_max;y_max;z_max", *rows]), "latin-1"
    )


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    cohort = tmp_path / "raw" / "own"
    sheets = {"lesions": german(tmp_path / "befunde.csv")}
    return Request(export(tmp_path / "export"), cohort, tmp_path / "memory.csv", sheets, COLUMNS)


def run(request: Request) -> Plan:
    plan = plan_import(request)
    plan.write()
    return plan


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_table_in_latin_1_with_semicolons_and_decimal_commas_is_read_right(request_: Request) -> None:
    plan = run(request_)
    assert plan.refused == []
    table = pl.read_csv(request_.cohort / "lesions.csv", schema_overrides={"lesion": pl.String})
    assert table["subtype"].to_list() == ["A\xe4", "B\xe4"] * 2
    assert table["x_min"].to_list() == [2.0] * 4
    assert table["x_max"].to_list() == [8.5] * 4
    assert table["series"].to_list() == [uid(name, "series") for name in PEOPLE]
    assert any("Windows-1252, separated by semicolons" in line for line in plan.said)


def test_what_is_imported_is_a_cohort_that_the_check_finds_usable(request_: Request, tmp_path: Path) -> None:
    run(request_)
    report, _ = check(request_.cohort, params(tmp_path))
    assert report.problems == []
    assert report.status is Status.USABLE
    assert report.tracks[0].used["studies"] == len(PEOPLE)


def test_the_list_of_images_is_the_one_that_the_library_writes(request_: Request, tmp_path: Path) -> None:
    run(request_)
    images, others = find_images(request_.source, request_.cohort)
    assert {path.name for path in others} == {"DICOMDIR", "autorun.inf"}
    (tmp_path / "raw" / "other").mkdir()
    write_manifest(tmp_path / "raw" / "other", images)
    assert (tmp_path / "raw" / "other" / MANIFEST).read_bytes() == (request_.cohort / MANIFEST).read_bytes()


def test_a_second_import_changes_no_byte_and_reads_no_image(request_: Request) -> None:
    run(request_)
    before = content(request_.cohort)
    plan = run(request_)
    assert plan.listing is not None
    assert plan.listing.hashed == 0
    assert content(request_.cohort) == before


def test_new_studies_alone_are_read_and_added(request_: Request, tmp_path: Path) -> None:
    run(request_)
    before = (request_.cohort / "lesions.csv").read_bytes()
    write_series(request_.source / "PA000009", "zoe")
    with request_.sheets["lesions"].open("ab") as file:
        file.write(b"\r\nzoe;A;2;3;1;8;9;4")
    plan = run(request_)
    assert plan.listing is not None
    assert (plan.listing.hashed, len(plan.listing.added)) == (6, 6)
    after = (request_.cohort / "lesions.csv").read_bytes()
    assert after.startswith(before)
    assert after.removeprefix(before).decode().split(",")[1:4] == ["zoe", uid("zoe", "study"), uid("zoe", "series")]
    assert any("PA000009 (6 files)" in line for line in plan.said)


def test_changed_and_missing_images_are_named(request_: Request) -> None:
    run(request_)
    folder = request_.source / "PA000000" / "ST000000"
    changed, gone = sorted(folder.iterdir())[:2]
    edit(changed, InstanceNumber=77)
    gone.unlink()
    plan = run(request_)
    assert plan.listing is not None
    assert [Path(name).name for name in plan.listing.changed] == [changed.name]
    assert [Path(name).name for name in plan.listing.gone] == [gone.name]
    assert gone.name in (request_.cohort / MANIFEST).read_text("utf-8")  # the index will say that it is missing


def test_a_change_that_keeps_size_and_time_is_found_by_reading_all_again(request_: Request) -> None:
    run(request_)
    path = next((request_.source / "PA000000" / "ST000000").iterdir())
    told = path.stat()
    data = pydicom.dcmread(path)
    data.PixelData = bytes(len(data.PixelData))
    data.save_as(path)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    quick, thorough = plan_import(request_), plan_import(Request(**{**vars(request_), "rehash": True}))
    assert quick.listing is not None
    assert thorough.listing is not None
    assert (len(quick.listing.changed), len(thorough.listing.changed)) == (0, 1)


def test_what_was_corrected_by_hand_stays(request_: Request) -> None:
    run(request_)
    path = request_.cohort / "lesions.csv"
    mine = path.read_text("utf-8").replace("A\xe4", "mine", 1)
    path.write_text(mine, "utf-8")
    (request_.cohort / "cohort.yaml").write_text("name: mine\nabout: mine\nimages: [dicom]\n", "utf-8")
    plan = run(request_)
    assert path.read_text("utf-8") == mine
    assert "mine" in (request_.cohort / "cohort.yaml").read_text("utf-8")
    (refused,) = plan.refused
    assert (refused.line, refused.reason) == (2, "is in lesions.csv already with another subtype: left as it is there")


def test_a_dry_run_writes_nothing(request_: Request) -> None:
    plan = plan_import(request_)
    assert not request_.cohort.parent.exists()
    assert not request_.memory.exists()
    assert "lesions.csv: 4 rows new" in "\n".join(plan.said)


def test_the_key_is_a_secret_of_its_owner_and_made_once(request_: Request) -> None:
    run(request_)
    path = request_.cohort / "pseudonym.key"
    key = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key.strip()) == 64
    run(request_)
    assert path.read_bytes() == key


def test_the_memory_of_hashes_names_nobody(request_: Request) -> None:
    run(request_)
    text = request_.memory.read_text("utf-8")
    assert "export" not in text
    assert "PA0000" not in text


def test_copies_lie_below_images_and_are_never_overwritten(request_: Request, tmp_path: Path) -> None:
    copying = Request(**{**vars(request_), "copy": True})
    run(copying)
    images = request_.cohort / "images"
    copied = [path for path in images.rglob("*") if path.is_file()]
    assert len(copied) == 6 * len(PEOPLE)
    edit(copied[0], InstanceNumber=99)
    mine = copied[0].read_bytes()
    plan = run(copying)
    assert copied[0].read_bytes() == mine
    assert [one.reason for one in plan.refused] == ["is there with other bytes: left as it is"]
    report, _ = check(request_.cohort, params(tmp_path))
    assert report.tracks[0].used["studies"] == len(PEOPLE)


def test_a_link_inside_the_copies_leads_nowhere_else(request_: Request, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (request_.cohort / "images").mkdir(parents=True)
    (request_.cohort / "images" / "PA000000").symlink_to(outside)
    with pytest.raises(CohortError, match="lies outside of the cohort's images"):
        plan_import(Request(**{**vars(request_), "copy": True}))
    assert list(outside.iterdir()) == []


def test_identifiers_that_climb_write_nowhere_but_in_the_cohort(tmp_path: Path) -> None:
    evil = "../../../evil"
    write_series(tmp_path / "export" / "a", "anna", PatientID=evil, AccessionNumber="../../x")
    table = f"patient,lesion,subtype\n{evil},{evil},{evil}\n"
    reports = f'report,patient,text\n"{evil}",{evil},a 12 mm cyst\n'
    sheets = {"lesions": write(tmp_path / "l.csv", table), "reports": write(tmp_path / "r.csv", reports)}
    before = content(tmp_path)
    for copy in (False, True):
        cohort = tmp_path / "raw" / f"own{copy}"
        plan = run(Request(tmp_path / "export", cohort, tmp_path / "raw" / "memory.csv", sheets, copy=copy))
        assert plan.refused == []
    assert {name for name in set(content(tmp_path)) - set(before) if not name.startswith("raw/")} == set()
    report, _ = check(cohort, params(tmp_path), pixels=False)
    assert report.usable["series"] == 1


def test_an_export_that_holds_the_cohort_is_refused(request_: Request) -> None:
    with pytest.raises(CohortError, match="keep the export and the cohort apart"):
        plan_import(Request(**{**vars(request_), "cohort": request_.source / "own"}))


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
