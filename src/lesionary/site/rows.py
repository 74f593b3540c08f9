"""What was computed for one row of the tables, read by its name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from lesionary.site.tables import Cell, Line, Whose, number

Params = TypeVar("Params")


@dataclass(frozen=True)
class Row:
    """A row: its name, its size in words, and where its numbers and pictures lie."""

    name: str
    size: str
    metrics_json: Path
    plots: Path

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Nested numbers."""
        return read_numbers(self.metrics_json)

    @cached_property
    def intervals(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Of each unit or test set, and metric."""
        table = pl.read_csv(self.plots / "intervals.csv")
        first = table.columns[0]  # unit, or test
        rows = table.select(first, "metric", "low", "high").iter_rows()
        return {(part, metric): (low, high) for part, metric, low, high in rows if low is not None and high is not None}

    def line(self, parts: Mapping[str, tuple[str, ...]], *, decimals: int, scale: float = 1.0) -> Line:
        """A line of our table: for each part (unit or test set) its metrics, with spread and interval if known."""
        cells = [self._cell(part, name, decimals, scale) for part, names in parts.items() for name in names]
        return Line(self.name, Whose.OURS, tuple(cells))

    def _cell(self, part: str, name: str, decimals: int, scale: float) -> Cell:
        values = self.metrics.get(part, {})
        spread, interval = values.get(f"{name}_sd"), self.intervals.get((part, name))
        return number(values.get(name), decimals, scale=scale, spread=spread, interval=interval)


def read_rows(
    track: str, params: Mapping[str, Params], describe: Callable[[str, Params], str], metrics: Path, plots: Path
) -> tuple[Row, ...]:
    """Rows of a track in the order of `params`; `describe` says "name: size"."""
    sizes = {name: describe(name, one).removeprefix(f"{name}: ") for name, one in params.items()}
    return tuple(
        Row(name, size, metrics / track / f"{name}.json", plots / track / name) for name, size in sizes.items()
    )


def read_numbers(path: Path) -> dict[str, Any]:
    """A metrics file."""
    numbers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return numbers
