"""The tables of a cohort: which there are, their JSON schemas, and what is wrong in one, by row and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lesionary.base.errors import CohortError, ReportError
from lesionary.cohorts.contract.layout import Description
from lesionary.cohorts.csv_rows import check_row, read_rows
from lesionary.schemas.rows import (
    BookmarksRow,
    ImagesRow,
    LabelsRow,
    LesionsRow,
    MinedRow,
    RelationsRow,
    ReportsRow,
    Row,
)

DESCRIPTION = "cohort.yaml"
LONGEST_VALUE = 60
"""Characters of a value that are shown."""
AS_WRITTEN = "write it as docs/schemas has it"
TOLD = {
    "string_too_short": ("is empty", "fill it in, or leave the row out"),
    "string_pattern_mismatch": ("is empty, or not as it is written", AS_WRITTEN),
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is unknown", "leave it out, or spell it as docs/schemas has it"),
    "finite_number": ("is not finite", "write a voxel coordinate"),
    "int_from_float": ("is no whole number", "write a whole number"),
    "greater_than_equal": ("is less than 0", "count from 0"),
    "too_short": ("is empty", "name at least one"),
}
"""Reason and cure by pydantic's kind of error."""


@dataclass(frozen=True)
class Table:
    """A table by its file name; `key` names a row among the others."""

    file: str
    row: type[Row]
    key: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All that it may have, in the order in which they are written."""
        return tuple(self.row.model_fields)

    @property
    def required(self) -> tuple[str, ...]:
        """Those that it must have."""
        return tuple(name for name, field in self.row.model_fields.items() if field.is_required())


LESIONS = Table("lesions.csv", LesionsRow, ("study", "lesion"))
REPORTS = Table("reports.csv", ReportsRow, ("report",))
BOOKMARKS = Table("bookmarks.csv", BookmarksRow, ("report", "start", "end"))
RELATIONS = Table("relations.csv", RelationsRow, ("report", "start", "end", "label", "bookmark"))
LABELS = Table("labels.csv", LabelsRow, ("study", "lesion", "label"))
MINED = Table("mined.csv", MinedRow, ("study", "lesion", "label"))
IMAGES = Table("images.csv", ImagesRow, ("file",))
TABLES = (LESIONS, REPORTS, BOOKMARKS, RELATIONS, LABELS, MINED, IMAGES)


@dataclass(frozen=True)
class Finding:
    """What is wrong in a row. `value` is what stands there and may name a patient; `reason` and `cure` may not."""

    file: str
    line: int | None
    column: str
    reason: str
    value: str = ""
    cure: str = ""


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (2020-12) of a row of each table and of cohort.yaml, by the name of its file."""
    models: dict[str, type[BaseModel]] = {DESCRIPTION: Description} | {table.file: table.row for table in TABLES}
    return {
        f"{Path(file).stem}.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": file,
            **{name: value for name, value in model.model_json_schema().items() if name != "title"},
        }
        for file, model in models.items()
    }


def find_faults(table: Table, path: Path) -> Iterator[Finding]:
    """What is wrong in the rows of `path`; of the table as a whole, in a finding without a line."""
    try:
        for line, values in read_rows(path, table.required, table.columns):
            try:
                check_row(values, f"{table.file}, line {line}")
            except ReportError as error:
                yield Finding(table.file, line, "", error.reason, cure=error.cure)
                continue
            yield from row_faults(table, line, {name: values[name] for name in table.columns})
    except CohortError as error:
        yield Finding(table.file, None, "", error.reason, cure=error.cure)


def row_faults(table: Table, line: int, values: Mapping[str, str]) -> Iterator[Finding]:
    """What is wrong in one row."""
    try:
        table.row.model_validate(dict(values))
    except ValidationError as error:
        for one in error.errors(include_url=False):
            column = str(one.get("ctx", {}).get("at") or ".".join(map(str, one["loc"])))
            reason, cure = _told(one)
            yield Finding(table.file, line, column, reason, values.get(column, "")[:LONGEST_VALUE], cure)


def description_faults(path: Path) -> Iterator[Finding]:
    """What is wrong in cohort.yaml, key by key."""
    try:
        Description.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        yield Finding(DESCRIPTION, mark.line + 1 if mark else None, "", "is no YAML in UTF-8", cure="save it as such")
    except ValidationError as error:
        for one in error.errors(include_url=False):
            key = ".".join(map(str, one["loc"]))
            reason, cure = _told(one)
            yield Finding(DESCRIPTION, None, key, reason, str(one["input"])[:LONGEST_VALUE], cure)


def _told(error: ErrorDetails) -> tuple[str, str]:
    """Reason and cure, without the value: pydantic's own messages tell what is wanted, never what was given."""
    if error["type"] in ("literal_error", "enum"):
        return f"is none of {error.get('ctx', {}).get('expected', '')}", "write one of these"
    return TOLD.get(error["type"], (error["msg"], AS_WRITTEN))
