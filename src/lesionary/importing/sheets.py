"""Spreadsheets as people keep them: CSV of any separator and encoding, and Excel's xlsx, as rows of text."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl

from lesionary.base.errors import CohortError
from lesionary.cohorts.csv_rows import LARGEST_FIELD

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
WORKBOOKS = (".xlsx", ".xlsm")
_LONGEST_HEADER = 2**16  # characters
_DECLARED = re.compile(r'"?sep=([,;\t|])"?\r?\n')
"""A first line for Excel, which it does not show."""
LARGEST_BYTES = 2**29
"""Of a workbook's parts, unpacked; a million rows of ten numbers take some 350 MB (33 bytes a cell)."""
MOST_FIELDS = 2**24
"""Of a sheet, empty ones before the last of a row counted: one far to the right in every row would fill the memory."""
_BROKEN = (
    BadZipFile,
    KeyError,
    ValueError,
    OSError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    RuntimeError,
    SyntaxError,
    zlib.error,
)
"""What openpyxl raises on workbooks that are none; SyntaxError is that of its XML, RuntimeError a password's."""


@dataclass(frozen=True)
class Sheet:
    """A table: its column names as the user writes them, and rows with the line on which each starts, from 1."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    read_as: str
    """How it was read, in words."""


def read_sheet(path: Path, part: str | None = None) -> Sheet:
    """A table from a file; `part` is the sheet of a workbook, else its first. `CohortError` if it is none."""
    if not path.is_file():
        raise CohortError(str(path), "is missing", "name a CSV or xlsx file")
    lines, read_as = _workbook(path, part) if path.suffix.lower() in WORKBOOKS else _text(path)
    rows = [(number, tuple(fields)) for number, fields in lines if any(field.strip() for field in fields)]
    if not rows:
        raise CohortError(str(path), "is empty", "its first row names the columns")
    header = tuple(field.strip() for field in rows[0][1])
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise CohortError(str(path), f"has the columns {twice} twice", "name each column once")
    return Sheet(path.name, header, tuple(rows[1:]), read_as)


def decode(content: bytes) -> tuple[str, str]:
    """Text, and its encoding: what a byte order mark says, else UTF-8, else Windows' Latin-1.

    >>> decode("Größe".encode("latin-1"))
    ('Größe', 'Windows-1252')
    """
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding), encoding.removesuffix("-sig").upper()
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:  # five bytes mean nothing there
            return content.decode("latin-1"), "Latin-1"


def separator_of(text: str) -> str:
    """What divides the fields of the first line: of the known separators, the one that is there most outside of quotes.

    >>> separator_of('patient;"size, mm";type'), separator_of('"pat\\nno, or name";type\\n')
    (';', ';')
    """
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:_LONGEST_HEADER]).partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _text(path: Path) -> tuple[Iterable[tuple[int, Sequence[str]]], str]:
    try:
        text, encoding = decode(path.read_bytes())
    except OSError as error:
        raise CohortError(str(path), f"cannot be read ({error.strerror})", "get the right to read it") from None
    except UnicodeDecodeError:
        raise CohortError(str(path), "is no text in the encoding that it begins with", "save it as UTF-8") from None
    if "\0" in text:
        raise CohortError(str(path), "is no table", "save it as CSV or xlsx")
    declared = _DECLARED.match(text)
    separator = declared[1] if declared else separator_of(text)
    rows = list(_fields(text, separator, path))
    return rows[1:] if declared else rows, f"{encoding}, separated by {SEPARATORS[separator]}"


def _fields(text: str, separator: str, path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(LARGEST_FIELD)
    table, line = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1
    try:
        for fields in table:
            yield line, fields
            line = table.line_num + 1
    except csv.Error as error:
        cure = 'quote texts with ", and double each " in them'
        raise CohortError(f"{path}, line {line}", f"is no CSV from here on ({error})", cure) from None


def _workbook(path: Path, part: str | None) -> tuple[Iterable[tuple[int, Sequence[str]]], str]:
    try:
        _check_size(path)
        # openpyxl leaves a file that it opened itself open where it is broken
        with path.open("rb") as file, closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as book:
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            if not sheets or part not in (None, *sheets):
                raise CohortError(str(path), f"has no sheet {part!r}", f"it has {list(sheets)}")
            sheet = sheets[part] if part else next(iter(sheets.values()))
            sheet.reset_dimensions()  # some programs write others than the sheet's, which would cut or stretch rows
            rows = list(_filled(sheet.values, path))
    except _BROKEN as error:
        raise CohortError(str(path), f"is no workbook ({type(error).__name__})", "save it as xlsx or CSV") from None
    return rows, f"sheet {sheet.title!r}"


def _filled(rows: Iterable[tuple[Any, ...]], path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold something, by number; `CohortError` for a sheet that would fill the memory."""
    fields = 0
    for number, values in enumerate(rows, 1):
        fields += 1 + len(values)
        if fields > MOST_FIELDS:
            reason = f"has more than {MOST_FIELDS} fields up to row {number}, empty ones counted"
            raise CohortError(str(path), reason, "delete rows and columns behind the table, or save it as CSV")
        if values:
            yield number, [cell(value) for value in values]


def _check_size(path: Path) -> None:
    """`CohortError` for a workbook that would fill the memory once it is unpacked."""
    with ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > LARGEST_BYTES:
        raise CohortError(str(path), f"takes {size} bytes unpacked, more than {LARGEST_BYTES}", "save it as CSV")


def cell(value: Any) -> str:
    """A value of a workbook as a CSV would have it.

    >>> [cell(v) for v in (None, 3.0, 2.5, datetime(2020, 1, 2), "a")]
    ['', '3', '2.5', '2020-01-02', 'a']
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
