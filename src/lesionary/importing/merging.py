"""Rows added to a table of a cohort: what stands there stays as it is, byte for byte."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lesionary.cohorts.csv_rows import read_rows
from lesionary.importing.taking import Taken
from lesionary.schemas.tables import Finding, Table


@dataclass
class Merged:
    """What becomes of the rows of a spreadsheet: the new content of the table, and how many of them are new."""

    content: bytes
    added: int = 0
    alike: int = 0
    """Rows that are there already, as they are."""
    refused: list[Finding] = field(default_factory=list)


def merge(table: Table, path: Path, rows: Iterable[Taken], sheet: str) -> Merged:
    """Add rows to the table `path`, which need not be there; nothing is written.

    A row whose key is there with other values is refused: the table may have been corrected by hand. `CohortError` if
    the table that is there cannot be read.
    """
    rows = list(rows)
    before = path.read_bytes() if path.is_file() else b""
    header = _header(before) if before else _needed(table, rows)
    known = {}
    for _, values in read_rows(path, table.required, table.columns) if before else ():
        known[_key(table, values)] = {name: values[name] for name in table.columns}
    merged, out = Merged(before), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if not before:
        writer.writerow(header)
    for row in rows:
        values = {name: row.values.get(name, "") for name in table.columns}
        there = known.get(_key(table, values))
        if there == values:
            merged.alike += 1
        elif there is not None:
            columns = [name for name in table.columns if there[name] != values[name]]
            reason = f"is in {table.file} already with another {', '.join(columns)}: left as it is there"
            merged.refused.append(Finding(sheet, row.line, columns[0], reason, values[columns[0]]))
        elif lacking := [name for name, value in values.items() if value and name not in header]:
            reason = f"{table.file} has no column {', '.join(lacking)}: add it there"
            merged.refused.append(Finding(sheet, row.line, lacking[0], reason))
        else:
            known[_key(table, values)] = values
            writer.writerow([values.get(name, "") for name in header])
            merged.added += 1
    if merged.added:
        end = b"\n" if before and not before.endswith(b"\n") else b""
        merged.content = before + end + out.getvalue().encode()
    return merged


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)


def _key(table: Table, values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(values[name] for name in table.key)


def _header(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig", "surrogateescape")  # a row that is no UTF-8 stays as it is
    return next(csv.reader(io.StringIO(text, newline="")))


def _needed(table: Table, rows: Sequence[Taken]) -> list[str]:
    """Columns that must be there, and those that a row fills."""
    return [name for name in table.columns if name in table.required or any(row.values.get(name) for row in rows)]
