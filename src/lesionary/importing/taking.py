"""Rows of a spreadsheet as rows of a cohort's table: columns by name, numbers as they are read here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import BOX
from lesionary.importing.sheets import Sheet
from lesionary.schemas.tables import TABLES, Finding, Table, row_faults

ACCESSION = "accession"
"""A column that a spreadsheet may have beyond ours: AccessionNumber, by which a study is found."""
LINKING = ("patient", "study", "series", ACCESSION)
NUMBERS = {*BOX, "key_slice", "start", "end", "bookmark"}
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
Columns = Mapping[str, str]
"""Our name of a column: theirs."""


@dataclass(frozen=True)
class Taken:
    """A row with our columns, and the line of the spreadsheet where it stands."""

    line: int
    values: dict[str, str]


def read_columns(path: Path) -> dict[str, dict[str, str]]:
    """How users name our columns, table by table; `CohortError` for what is no table or no column of it.

    lesions: {patient: Pat.-Nr., subtype: Histologie}
    """
    names = {table.file.removesuffix(".csv"): table for table in TABLES}
    try:
        given = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CohortError(str(path), f"cannot be read ({type(error).__name__})", "write YAML in UTF-8") from None
    if not isinstance(given, dict) or not all(isinstance(columns, dict) for columns in given.values()):
        raise CohortError(str(path), "is no mapping of tables", "write lesions: {our column: your column}")
    for table, columns in given.items():
        if table not in names:
            raise CohortError(f"{path}: {table}", "is no table", f"one of {', '.join(names)}")
        for ours in columns:
            _check_name(ours, [*names[table].columns, *LINKING], f"{path}: {table}.{ours}", "no column of ours")
    return {table: {ours: str(theirs) for ours, theirs in columns.items()} for table, columns in given.items()}


def match_columns(table: Table, sheet: Sheet, mapping: Columns) -> dict[str, str]:
    """Our columns that a sheet has, by its names: as the mapping says, else where the names are the same.

    `CohortError` if the mapping names a column that the sheet lacks, or if nothing fits.
    """
    for ours, theirs in mapping.items():
        _check_name(theirs, sheet.header, f"{sheet.name}, column {theirs!r} for {ours}", "is not in the table")
    plain = {name.casefold(): name for name in sheet.header if name not in mapping.values()}
    wanted = dict.fromkeys((*table.columns, *LINKING))
    found = {ours: mapping.get(ours) or plain.get(ours) for ours in wanted}
    known = {ours: theirs for ours, theirs in found.items() if theirs}
    if not known:
        cure = f"name some of {', '.join(wanted)} in its first row, or give a mapping (--columns)"
        raise CohortError(sheet.name, f"has none of our columns: {list(sheet.header)}", cure)
    return known


def take_rows(sheet: Sheet, columns: Columns) -> Iterator[Taken | Finding]:
    """Rows under our names, or why one cannot be read."""
    places = {ours: sheet.header.index(theirs) for ours, theirs in columns.items()}
    for line, fields in sheet.rows:
        if any(field.strip() for field in fields[len(sheet.header) :]):
            yield Finding(sheet.name, line, "", "has more fields than the table has columns")
            continue
        values = {ours: value(ours, fields[at]) if at < len(fields) else "" for ours, at in places.items()}
        yield Taken(line, values)


def value(column: str, text: str) -> str:
    """A field as our tables have it: texts as written, others without spaces around, decimal commas as points.

    >>> value("x_min", " 12,5 "), value("text", " 12,5 ")
    ('12.5', ' 12,5 ')
    """
    if column == "text":
        return text
    text = text.strip()
    return text.replace(",", ".") if column in NUMBERS and DECIMAL_COMMA.fullmatch(text) else text


def faults_of(table: Table, taken: Taken, sheet: Sheet, columns: Columns) -> list[Finding]:
    """What the schema has against a row, under the names of the sheet."""
    values = {name: taken.values.get(name, "") for name in table.columns}
    return [
        replace(one, file=sheet.name, column=columns.get(one.column, one.column))
        for one in row_faults(table, taken.line, values)
    ]


def _check_name(name: str, known: list[str] | tuple[str, ...], place: str, reason: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        raise CohortError(place, reason, f"did you mean {near[0]!r}?" if near else f"there are {list(known)}")
