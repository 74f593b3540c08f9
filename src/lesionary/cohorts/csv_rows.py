"""Rows of a user's CSV table, one at a time: the table may be larger than memory, and a bad row spoils no other."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lesionary.base.errors import CohortError, ReportError

LARGEST_FIELD = 2**31 - 1  # characters; the default of 131,072 is less than a long report
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_rows(
    path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with the line on which it starts; texts stay as written, line breaks included.

    `CohortError` where the table as a whole is wrong. A row that cannot be used is handed on: see `check_row`.
    """
    if not path.is_file():
        raise CohortError(str(path), "is missing", f"write it with the columns {', '.join(columns)}")
    csv.field_size_limit(LARGEST_FIELD)
    # A byte order mark is left out; a byte that is no UTF-8 becomes half a surrogate pair, which no text holds.
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        table, line = csv.reader(file, strict=True), 1
        try:
            header = next(table, [])
            check_header(header, columns, path)
            line = table.line_num + 1
            for fields in table:
                if fields:
                    row = dict.fromkeys((*columns, *optional), "") | dict(zip(header, fields, strict=False))
                    yield line, row | {"": "".join(fields[len(header) :])}
                line = table.line_num + 1
        except csv.Error as error:
            cure = 'quote texts with ", and double each " in them'
            raise CohortError(f"{path}, line {line}", f"is no CSV from here on ({error})", cure) from None


def check_row(row: Mapping[str, str], place: str) -> None:
    """`ReportError` for a row with too many fields, or with bytes that are no UTF-8."""
    if row[""]:
        raise ReportError(place, "has more fields than the table has columns", 'quote texts that hold commas with "')
    for column, value in row.items():
        if not value.isascii() and (at := next((n for n, c in enumerate(value) if "\ud800" <= c <= "\udfff"), -1)) >= 0:
            where = f"{place}, character {at} of {column}"
            raise ReportError(where, f"column {column} has bytes that are no UTF-8", "save the table as UTF-8")


def check_header(header: Sequence[str], columns: Sequence[str], path: Path) -> None:
    """`CohortError` for a header without all `columns`, with what makes it so."""
    missing = [column for column in columns if column not in header]
    if not missing:
        return
    line = "".join(header)
    if any(not character.isprintable() for character in line.replace("\t", "")):
        raise CohortError(str(path), "is no CSV table in UTF-8", "save it as comma-separated UTF-8")
    for separator, name in OTHER_SEPARATORS.items():
        if separator in line:
            raise CohortError(str(path), f"is separated by {name}", "save it as comma-separated UTF-8")
    raise CohortError(str(path), f"lacks the columns {missing}", f"it has {list(header)}")
