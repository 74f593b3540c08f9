"""Tables that are written part by part."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from lesionary.reports.growing import ROWS, GrowingTable, parts_of

SCHEMA = {"n": pl.Int64, "sizes": pl.List(pl.Float64)}


def rows(first: int, last: int) -> pl.DataFrame:
    return pl.DataFrame({"n": range(first, last), "sizes": [[float(n)] for n in range(first, last)]}, schema=SCHEMA)


def write(path: Path, *edges: int) -> bytes:
    with GrowingTable(path, SCHEMA) as table:
        for first, last in pairwise(edges):
            table.append(rows(first, last))
    return path.read_bytes()


def test_a_table_in_parts_is_the_table_whole_in_the_same_bytes(tmp_path: Path) -> None:
    end = 3 * ROWS + 7
    assert write(tmp_path / "a.parquet", 0, end) == write(tmp_path / "b.parquet", 0, 10, ROWS, 2 * ROWS + 3, end)
    assert pl.read_parquet(tmp_path / "a.parquet").equals(rows(0, end))
    read = list(parts_of(tmp_path / "a.parquet"))
    assert len(read) > 1
    assert pl.concat(read).equals(rows(0, end))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", 0)
    assert pl.read_parquet(tmp_path / "a.parquet").schema == pl.Schema(SCHEMA)


def test_a_table_that_was_broken_off_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), GrowingTable(tmp_path / "a.parquet", SCHEMA) as table:
        table.append(rows(0, 1 // 0))
    assert not list(tmp_path.iterdir())
