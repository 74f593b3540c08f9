"""One typed description a table: its schema, its columns, and the faults of its rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ct import lesion
from own_cohort import rows, texts

from lesionary.base.errors import LesionError
from lesionary.cohorts.contract.layout import BOX, REQUIRED, parse_row
from lesionary.cohorts.contract.splits import SPLITS
from lesionary.cohorts.relations import RELATIONS
from lesionary.schemas.tables import LESIONS, TABLES, Finding, row_faults, schemas
from lesionary.schemas.tables import RELATIONS as RELATIONS_TABLE

DOCS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def faults(**values: object) -> list[Finding]:
    row = {name: "" if value is None else str(value) for name, value in lesion("anna", **values).items()}
    return list(row_faults(LESIONS, 2, row))


def test_the_schemas_in_docs_are_those_of_the_code() -> None:
    assert {path.name for path in DOCS.iterdir()} == set(schemas()), "run `lesionary schema`"
    for name, schema in schemas().items():
        assert json.loads((DOCS / name).read_text("utf-8")) == schema, f"{name}: run `lesionary schema`"


def test_columns_and_closed_sets_are_those_that_the_pipeline_reads() -> None:
    assert LESIONS.required == REQUIRED
    assert set(LESIONS.columns) == {*REQUIRED, *BOX, "key_slice", "subtype", "split"}
    properties = schemas()["lesions.json"]["properties"]
    assert properties["split"]["anyOf"][0]["enum"] == list(SPLITS)
    assert schemas()["relations.json"]["properties"]["relation"]["enum"] == list(RELATIONS)
    assert set(RELATIONS_TABLE.required) == {"report", "start", "end", "label", "bookmark", "relation"}


def test_sound_rows_have_no_fault() -> None:
    tables = {"lesions.csv": rows(), **{f"{name}.csv": table for name, table in texts().items()}}
    for table in TABLES:
        for row in tables.get(table.file, []):
            assert list(row_faults(table, 2, {name: str(value) for name, value in row.items()})) == []


@pytest.mark.parametrize(
    "values",
    [
        {"x_min": "left"},
        {"x_min": "1,5"},
        {"x_min": "nan"},
        {"x_min": "-inf"},
        {"x_min": ""},
        {"z_max": 1},
        {"y_max": 3},
        {"patient": ""},
        {"series": ""},
        {"key_slice": "middle"},
        {"x_min": " 2 "},
        {"x_min": "2e0"},
        {"key_slice": "3.0"},
        {"key_slice": "2.5"},
        {"split": "tset"},
        {"split": " "},
        {"key_slice": ""},
        dict.fromkeys(BOX, ""),
        {},
    ],
)
def test_the_schema_refuses_the_rows_that_the_pipeline_refuses_and_names_their_column(
    values: dict[str, object],
) -> None:
    columns = (*REQUIRED, *BOX, "key_slice", "subtype", "split")
    row = {name: str(value) for name, value in lesion("anna", **values).items()}
    try:
        parse_row({name: row.get(name) or None for name in columns}, "line 2")
    except LesionError:
        assert set(values) <= {one.column for one in faults(**values)} | {"x_min"}
        assert faults(**values)[0].column in columns
    else:
        assert faults(**values) == []


def test_what_is_wrong_is_told_without_the_value() -> None:
    (fault,) = faults(split="DOE^JANE")
    assert "DOE" not in fault.reason
    assert (fault.line, fault.column, fault.value) == (2, "split", "DOE^JANE")
