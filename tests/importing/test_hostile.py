"""Tables as people keep them, and names that lie: each of the six tables reads right, and nothing is written
elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from ct import close, uid
from exports import content, run, write
from openpyxl import Workbook
from own_cohort import FINDING, params

from lesionary.base.errors import CohortError
from lesionary.checking.checking import check
from lesionary.importing import sheets
from lesionary.importing.importing import plan_import
from lesionary.importing.listing import list_images
from lesionary.importing.request import Request
from lesionary.importing.tables import SHEETS

ODD = 'Größe; "é"'
"""Has the separator, a quote, and letters that Latin-1 writes otherwise than UTF-8."""
CLIMBING = "../../../evil"


def fields(table: str, name: str) -> dict[str, str]:
    """A row of a table in which whatever may be named is called `name`."""
    anna = {"patient": "anna", "study": uid("anna", "study"), "series": uid("anna", "series")}
    rows = {
        "lesions": {"lesion": name, **anna, "subtype": name},
        "reports": {"report": name, "study": anna["study"], "text": f"{FINDING} {name}"},
        "bookmarks": {"report": name, "start": "0", "end": "5", "lesion": name},
        "relations": {"report": name, "start": "0", "end": "5", "label": name, "bookmark": "0", "relation": "relevant"},
        "labels": {"lesion": name, "study": anna["study"], "label": name},
        "mined": {"lesion": name, "study": anna["study"], "label": name, "relation": "uncertain"},
    }
    return rows[table]


def spreadsheet(folder: Path, table: str, name: str) -> Path:
    """In Latin-1 with semicolons, as Excel writes it where commas are decimal."""
    row = fields(table, name)
    quoted = ['"' + value.replace('"', '""') + '"' for value in row.values()]
    return write(folder / f"{table}.csv", f"{';'.join(row)}\r\n{';'.join(quoted)}\r\n", "latin-1")


@pytest.mark.parametrize("table", SHEETS)
def test_a_table_in_latin_1_with_semicolons_reads_right(request_: Request, tmp_path: Path, table: str) -> None:
    given = {table: spreadsheet(tmp_path, table, ODD)}
    plan = run(Request(**{**vars(request_), "sheets": given, "columns": {}}))
    assert plan.refused == []
    (row,) = pl.read_csv(request_.cohort / f"{table}.csv", infer_schema=False).iter_rows(named=True)
    assert {name: row[name] for name in fields(table, ODD)} == fields(table, ODD)
    assert any("Windows-1252, separated by semicolons" in line for line in plan.said)


@pytest.mark.parametrize("table", SHEETS)
def test_names_that_climb_are_names_and_nothing_is_written_elsewhere(
    request_: Request, tmp_path: Path, table: str
) -> None:
    given = {one: spreadsheet(tmp_path, one, CLIMBING if one == table else "1") for one in SHEETS}
    settings, before = params(tmp_path), content(tmp_path)
    plan = run(Request(**{**vars(request_), "sheets": given, "columns": {}}))
    assert plan.refused == []
    (row,) = pl.read_csv(request_.cohort / f"{table}.csv", infer_schema=False).iter_rows(named=True)
    assert {name: row[name] for name in fields(table, CLIMBING)} == fields(table, CLIMBING)
    check(request_.cohort, settings, pixels=False)
    after = {name for name in content(tmp_path) if not name.startswith("raw/own/")}
    assert after == set(before) | {"memory.csv"}


def test_a_file_whose_name_is_no_utf_8_is_left_out_by_name_and_the_others_are_taken(request_: Request) -> None:
    path = next((request_.source / "PA000000" / "ST000000").iterdir())
    os.rename(path, os.fsencode(path.parent) + b"/Gr\xf6\xdfe.dcm")
    for copy in (False, True):
        cohort = request_.cohort.with_name(f"own{copy}")
        plan = run(Request(**{**vars(request_), "cohort": cohort, "copy": copy}))
        assert [(one.file, one.reason) for one in plan.refused] == [
            ("Gr\udcf6\udcdfe.dcm", "its name is no UTF-8: rename it")
        ]
        assert sum(seen.files for seen in plan.catalogue.series.values()) == 6 * 4 - 1


@pytest.mark.parametrize("copy", [False, True])
def test_what_may_not_be_read_is_left_out_by_name_and_the_others_are_taken(
    request_: Request, monkeypatch: pytest.MonkeyPatch, copy: bool
) -> None:
    (request_.source / "a.nii.gz").symlink_to("nowhere")
    close(request_.source / "PA000001", monkeypatch)
    readable = os.access
    monkeypatch.setattr(os, "access", lambda path, how: "PA000002" not in str(path) and readable(path, how))
    plan = run(Request(**{**vars(request_), "copy": copy}))
    folder = request_.source / "PA000002" / "ST000000"
    assert {(one.file, one.reason.partition(":")[0]) for one in plan.refused if one.line is None} == {
        ("PA000001", "may not be looked into, nor what lies in it"),
        ("a.nii.gz", "is a link that leads nowhere"),
        *((f"PA000002/ST000000/{path.name}", "may not be read") for path in folder.iterdir()),
    }
    assert plan.catalogue is not None
    assert sorted(seen.patient for seen in plan.catalogue.series.values()) == ["anna", "dora"]


def test_a_file_that_goes_while_it_is_listed_is_named(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"ab")
    images = [tmp_path / "gone", tmp_path / "there"]
    listing = list_images(tmp_path, images, tmp_path / "memory.csv", b"key")
    assert (listing.unread, list(listing.rows), list(listing.paths)) == (["gone"], ["there"], ["there"])


def test_a_file_that_goes_while_it_is_copied_is_named_and_leaves_no_half(request_: Request) -> None:
    plan = plan_import(Request(**{**vars(request_), "copy": True}))
    assert plan.copies is not None
    source, target = plan.copies.wanted[0]
    source.unlink()
    with pytest.raises(CohortError, match=f"{source.name}: could not be copied"):
        plan.write()
    assert list(target.parent.iterdir()) == []


def test_a_sheet_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_FIELDS", 1000)
    for row, column in ((2**20, 1), (2, 16_384)):
        book = Workbook()
        book.active.cell(row, column, "far")
        book.save(tmp_path / "far.xlsx")
        with pytest.raises(CohortError, match="has more than 1000 fields"):
            sheets.read_sheet(tmp_path / "far.xlsx")


def test_a_workbook_under_a_password_is_told(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    data = bytearray((tmp_path / "a.xlsx").read_bytes())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1  # APPNOTE.TXT, 4.4.4
    (tmp_path / "a.xlsx").write_bytes(data)
    with pytest.raises(CohortError, match=r"is no workbook \(RuntimeError\)"):
        sheets.read_sheet(tmp_path / "a.xlsx")
