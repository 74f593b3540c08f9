"""What an import refuses as a whole: it says which file, what is wrong and what to do, and writes nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from exports import content, run, write

from lesionary.base.errors import CohortError
from lesionary.importing import sheets
from lesionary.importing.importing import plan_import
from lesionary.importing.request import Request
from lesionary.importing.taking import read_columns

Change = Callable[[Request], dict[str, object]]
"""Makes a fault beside a sound request; what of the request becomes another."""


def with_lesions(request: Request, name: str, content: bytes | str) -> dict[str, object]:
    path = request.memory.with_name(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return {"sheets": {"lesions": path}, "columns": {}}


def workbook(request: Request, **entries: str) -> dict[str, object]:
    """A sound workbook, but for entries of it that are written anew."""
    path = request.memory.with_name("mine.xlsx")
    book = openpyxl.Workbook()
    book.active.append(["patient", "subtype"])
    book.active.append(["anna", "A"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**parts, **{f"xl/{name}.xml": text.encode() for name, text in entries.items()}}.items():
            archive.writestr(name, part)
    return {"sheets": {"lesions": path}, "columns": {}}


def sheet_xml(rows: str) -> dict[str, str]:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {"worksheets/sheet1": f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'}


def in_cohort(request: Request, name: str, content: str) -> dict[str, object]:
    request.cohort.mkdir(parents=True)
    write(request.cohort / name, content)
    return {}


def folder_in_cohort(request: Request, name: str) -> dict[str, object]:
    (request.cohort / name).mkdir(parents=True)
    return {}


def empty_source(request: Request) -> dict[str, object]:
    (request.memory.with_name("empty")).mkdir()
    return {"source": request.memory.with_name("empty")}


FAULTS: dict[str, tuple[Change, str]] = {
    "no source": (lambda r: {"source": r.source / "nowhere"}, "nowhere: is neither a folder nor an npz"),
    "a file": (lambda r: {"source": r.sheets["lesions"]}, "befunde.csv: is neither a folder nor an npz"),
    "no images": (empty_source, "empty: holds no DICOM and no NIfTI .name the folder of the export"),
    "classes": (lambda r: {"classes": ("a", "b")}, "is an export: classes cannot be said of it"),
    "voxels": (lambda r: {"spacing_mm": 1.0}, "the size of voxels cannot be said of it"),
    "a share": (lambda r: {"test_share": 0.2}, "a share that tests cannot be said of it"),
    "an empty key": (lambda r: in_cohort(r, "pseudonym.key", "\n"), "pseudonym.key: is empty .restore it"),
    "a list first": (
        lambda r: {"copy": True} | in_cohort(r, "images.csv", "file,bytes,sha256\n"),
        "lists its images, copies were asked for",
    ),
    "copies first": (lambda r: folder_in_cohort(r, "images"), "holds copies, a list was asked for"),
    "a broken description": (lambda r: in_cohort(r, "cohort.yaml", "images: [mri]"), "cohort.yaml: cannot be used"),
    "a description of an npz": (
        lambda r: in_cohort(
            r, "cohort.yaml", "name: a\nabout: b\nimages: [npz]\nnpz: {classes: [a, b], spacing_mm: 1.0}"
        ),
        r"names images: \['npz'\], beside which \['dicom'\] have no room .import them into a cohort of their own",
    ),
    "a broken list": (lambda r: in_cohort(r, "images.csv", "a,b\n"), "images.csv: has the columns"),
    "a broken catalogue": (
        lambda r: in_cohort(r, "series.csv", "series,patient\n1,2\n"),
        "series.csv: cannot be read .remove it and import with --rehash",
    ),
    "a broken table": (lambda r: in_cohort(r, "lesions.csv", "lesion;patient\n"), "lesions.csv: is separated by semi"),
    "no spreadsheet": (
        lambda r: {"sheets": {"lesions": r.memory.with_name("no.csv")}, "columns": {}},
        "no.csv: is missing .name a CSV or xlsx file",
    ),
    "half a text in UTF-16": (
        lambda r: with_lesions(r, "mine.csv", b"\xff\xfea\0b"),
        "is no text in the encoding that it begins with .save it as UTF-8",
    ),
    "a text as xlsx": (lambda r: with_lesions(r, "mine.xlsx", "patient\n"), "is no workbook .BadZipFile"),
    "another archive": (lambda r: with_lesions(r, "mine.xlsx", b"PK\5\6" + bytes(18)), "is no workbook .KeyError"),
    "half a workbook": (
        lambda r: with_lesions(r, "mine.xlsx", workbook(r)["sheets"]["lesions"].read_bytes()[:2000]),
        "is no workbook .BadZipFile",
    ),
    "broken XML of the book": (lambda r: workbook(r, workbook="<workbook"), "is no workbook .ParseError"),
    "broken XML of a sheet": (lambda r: workbook(r, **sheet_xml("<row>")), "is no workbook .ParseError"),
    "a cell of nowhere": (
        lambda r: workbook(r, **sheet_xml('<row r="1"><c r="1A1"><v>3</v></c></row>')),
        "is no workbook .ValueError",
    ),
    "another sheet": (
        lambda r: workbook(r) | {"parts": {"lesions": "Masses"}},
        r"mine.xlsx: has no sheet 'Masses' .it has \['Sheet'\]",
    ),
    "a column that it lacks": (
        lambda r: {"columns": {"lesions": {"subtype": "Groesse und Art"}}},
        "column 'Groesse und Art' for subtype: is not in the table .did you mean 'Größe und Art'",
    ),
}


@pytest.mark.parametrize(("change", "reason"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_used_as_a_whole_is_told_and_nothing_is_written(
    request_: Request, change: Change, reason: str
) -> None:
    asked = Request(**{**vars(request_), **change(request_)})
    before = content(request_.memory.parent)
    with pytest.raises(CohortError, match=reason):
        run(asked)
    assert content(request_.memory.parent) == before


COLUMN_FAULTS = {
    "no YAML": ("lesions: {", "cannot be read .ParserError. .write YAML"),
    "no mapping": ("- lesions\n", "is no mapping of tables .write lesions: {our column: your column}"),
    "no columns": ("lesions: Patient\n", "is no mapping of tables"),
    "no table": ("patients: {patient: Pat}\n", "patients: is no table .one of lesions, reports"),
    "no column": ("lesions: {pateint: Pat}\n", "lesions.pateint: no column of ours .did you mean 'patient'"),
}


@pytest.mark.parametrize(("text", "reason"), COLUMN_FAULTS.values(), ids=COLUMN_FAULTS)
def test_a_mapping_that_cannot_be_meant_is_told(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CohortError, match=reason):
        read_columns(write(tmp_path / "columns.yaml", text))


def test_a_mapping_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match=r"cannot be read .FileNotFoundError"):
        read_columns(tmp_path / "columns.yaml")
    (tmp_path / "columns.yaml").write_bytes(b"lesions: {subtype: Gr\xf6\xdfe}")
    with pytest.raises(CohortError, match=r"cannot be read .UnicodeDecodeError"):
        read_columns(tmp_path / "columns.yaml")
    assert read_columns(write(tmp_path / "good.yaml", "lesions: {x_min: links}")) == {"lesions": {"x_min": "links"}}


def test_a_workbook_that_would_fill_the_memory_is_refused_unread(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Request(**{**vars(request_), **workbook(request_)})
    monkeypatch.setattr(sheets, "LARGEST_BYTES", 500)
    with pytest.raises(CohortError, match=r"bytes unpacked, more than 500 .save it as CSV"):
        plan_import(asked)


def cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{cell("A1", "patient")}{cell("B1", "subtype")}</row>'


def test_a_workbook_whose_cells_lie_far_away_is_read_in_little_memory(request_: Request) -> None:
    """Column 16,384 of row 1,048,576, which would stretch every row between."""
    far = f'<row r="1048576">{cell("A1048576", "anna")}{cell("XFD1048576", "7")}</row>'
    plan = run(Request(**{**vars(request_), **workbook(request_, **sheet_xml(HEADER + far))}))
    (refused,) = plan.refused
    assert (refused.line, refused.reason) == (1_048_576, "has more fields than the table has columns")


def test_a_sheet_is_as_wide_as_its_cells_whatever_its_dimension_says(request_: Request) -> None:
    """Some programs write A1: every column but the first was lost."""
    rows = f'{HEADER}<row r="2">{cell("A2", "anna")}{cell("B2", "A")}</row>'
    lying = {name: text.replace("<sheetData>", '<dimension ref="A1"/><sheetData>')
             for name, text in sheet_xml(rows).items()}  # fmt: skip
    run(Request(**{**vars(request_), **workbook(request_, **lying)}))
    assert (request_.cohort / "lesions.csv").read_text("utf-8").splitlines()[1].endswith(",A")


def test_a_table_that_has_a_row_in_another_encoding_is_added_to_and_keeps_it(request_: Request) -> None:
    run(request_)
    path = request_.cohort / "lesions.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], lines[1].replace("ä".encode(), b"\xe4")]))
    before = path.read_bytes()
    plan = run(request_)
    assert path.read_bytes().startswith(before)
    assert [one.reason for one in plan.refused] == [
        "is in lesions.csv already with another subtype: left as it is there"
    ]
    assert len(path.read_bytes().splitlines()) == 5
