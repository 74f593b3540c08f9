"""Tables as people keep them, and names that lie: each of the six tables reads right, and nothing is written
elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from ct import uid
from exports import content, run, write
from own_cohort import FINDING, params

from lesionary.checking.checking import check
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
    sheets = {table: spreadsheet(tmp_path, table, ODD)}
    plan = run(Request(**{**vars(request_), "sheets": sheets, "columns": {}}))
    assert plan.refused == []
    (row,) = pl.read_csv(request_.cohort / f"{table}.csv", infer_schema=False).iter_rows(named=True)
    assert {name: row[name] for name in fields(table, ODD)} == fields(table, ODD)
    assert any("Windows-1252, separated by semicolons" in line for line in plan.said)


@pytest.mark.parametrize("table", SHEETS)
def test_names_that_climb_are_names_and_nothing_is_written_elsewhere(
    request_: Request, tmp_path: Path, table: str
) -> None:
    sheets = {one: spreadsheet(tmp_path, one, CLIMBING if one == table else "1") for one in SHEETS}
    settings, before = params(tmp_path), content(tmp_path)
    plan = run(Request(**{**vars(request_), "sheets": sheets, "columns": {}}))
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
