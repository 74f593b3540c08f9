"""DMRN's Tables 1 to 6 with our numbers beside the published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from lesionary.evaluation.multiclass import NAMES, averages
from lesionary.site.published import Published
from lesionary.site.rows import Row
from lesionary.site.tables import Cell, Group, Line, Table, Whose, mark_best, number
from lesionary.subtyping.describing import ABLATIONS, BEYOND
from lesionary.subtyping.tables.predictions import UNITS

PERCENT = 100.0
BLOCK = "Beyond the paper"
SCORES = {"ece": "calibration error", "brier": "Brier score", "log_loss": "log loss"}


@dataclass(frozen=True)
class SubtypingTables:
    """Of `rows` in the order of params.yaml."""

    rows: tuple[Row, ...]
    counts: dict[str, Any]
    """metrics/cohort.json."""
    published: Published

    @property
    def classes(self) -> list[str]:
        """In the paper's order, then any others."""
        known = [name for name in self.published.tables["cohort"].columns if name in self.counts["studies"]]
        return [*(name for name in known if name != "total"), *sorted(self.counts["studies"].keys() - set(known))]

    @cached_property
    def cohort(self) -> Table:
        """Table 1."""
        columns = [*self.classes, "total"]
        groups = []
        for unit in UNITS.values():
            ours = tuple(number(self.counts[unit].get(name, 0), 0) for name in columns)
            paper = tuple(self.published.cell("cohort", unit, name) for name in columns)
            groups.append(Group((Line(unit, Whose.OURS, ours), Line("DMRN", Whose.PAPER, paper))))
        return Table("table-1", "Studies and slices of each class", tuple(columns), tuple(groups), first="")

    def overall(self, unit: str) -> Table:
        """Table 2 (studies) or 4 (slices): each row, and the published row of its name; Table 6 has the ablations.

        Rows that the paper has not stand in a block of their own.
        """
        apart = ABLATIONS[:-1] if unit == "study" else ()
        rows = [row for row in self.rows if unit in row.metrics and row.name not in apart]
        number_of = {"study": 2, "slice": 4}[unit]
        title = f"Whole cohort, {UNITS[unit]}, per cent"
        groups = self._groups(unit, unit, rows, (self.majority(unit),))
        return Table(f"table-{number_of}", title, NAMES, groups)

    @cached_property
    def ablations(self) -> Table:
        """Table 6, from little to all."""
        built = {row.name: row for row in self.rows}
        rows = [built[name] for name in ABLATIONS if name in built]
        title = "What DMRN is without its parts, studies, per cent"
        return Table("table-6", title, NAMES, self._groups("study", "ablation", rows))

    def _groups(self, unit: str, table: str, rows: Sequence[Row], floor: tuple[Line, ...] = ()) -> tuple[Group, ...]:
        lines: list[Line] = []
        beyond = [row for row in rows if row.name in BEYOND]
        for row in (row for row in rows if row not in beyond):
            lines.append(row.line({unit: NAMES}, decimals=2, scale=PERCENT))
            if self.published.has(table, row.name):
                lines.append(self._paper(unit, table, row.name))
        others = self.published.others(table, tuple(row.name for row in rows))
        published = tuple(self._paper(unit, table, name) for name in others)
        ours = [row.line({unit: NAMES}, decimals=2, scale=PERCENT) for row in beyond]
        marked = mark_best([*lines, *floor, *ours])  # the best of all of ours, whichever block it stands in
        split = len(marked) - len(ours)
        groups = (Group(marked[:split]), Group(published, "Published, and not built here"))
        return (*groups, Group(marked[split:], BLOCK)) if ours else groups

    def per_class(self, unit: str) -> Table:
        """Table 3 (studies) or 5 (slices)."""
        metrics = NAMES[1:]
        tables = {row.name: _per_class(row, unit) for row in self.rows if unit in row.metrics}
        shown = {metric: f"{unit}_{metric}" in self.published.tables for metric in metrics}
        groups = []
        for name in self.classes:
            lines = [
                Line(
                    row,
                    Whose.OURS,
                    tuple(cell for metric in metrics for cell in self._pair(unit, row, metric, name, v)),
                )
                for row, values in tables.items()
                if (v := values.get(name)) is not None
            ]
            groups.append(Group(mark_best(lines), f"{name}: {self.counts[UNITS[unit]].get(name, 0)} {UNITS[unit]}"))
        head = tuple(column for metric in metrics for column in ("ours", "paper")[: 1 + shown[metric]])
        spans = tuple((metric, 1 + shown[metric]) for metric in metrics)
        number_of = {"study": 3, "slice": 5}[unit]
        return Table(f"table-{number_of}", f"Each class, {UNITS[unit]}, per cent", head, tuple(groups), spans=spans)

    @cached_property
    def calibration(self) -> Table:
        """How far study probabilities can be believed, as they are and recalibrated; of each column lower is better."""
        head = (*SCORES.values(), *SCORES.values(), "temperature")
        lines = {row.name: Line(row.name, Whose.OURS, _calibration(row)) for row in self.rows}
        apart = {name: line for name, line in lines.items() if name in BEYOND}
        groups = [Group(tuple(line for name, line in lines.items() if name not in apart))]
        groups += [Group(tuple(apart.values()), BLOCK)] if apart else []
        spans = (("as they are", len(SCORES)), ("recalibrated", len(SCORES) + 1))
        title = "Can study probabilities be believed?"
        return Table("subtyping-calibration", title, head, tuple(groups), spans=spans)

    def majority(self, unit: str) -> Line:
        """What calling everything the most frequent class would score."""
        tested = self.counts.get("tested", self.counts)
        cases = [tested[UNITS[unit]].get(name, 0) for name in self.classes]
        counts = np.zeros((len(cases),) * 2)
        counts[:, int(np.argmax(cases))] = cases
        values = averages(counts)
        cells = tuple(number(float(values[name]), 2, scale=PERCENT) for name in NAMES)
        return Line(f"always {self.classes[int(np.argmax(cases))]}", Whose.BASELINE, cells, "the most frequent class")

    def _paper(self, unit: str, table: str, row: str) -> Line:
        cells = []
        for name in NAMES:
            cell = self.published.cell(table, row, name)
            spread = self.published.cell(f"{unit}_sd", row, name).value if table == "study" else None
            cells.append(number(cell.value, 2, spread=spread, key=cell.key, source=cell.source))
        return Line(self.published.names[row], Whose.PAPER, tuple(cells))

    def _pair(self, unit: str, row: str, metric: str, name: str, values: dict[str, float]) -> list[Cell]:
        """Ours, and beside it the published value where the paper has that metric."""
        ours, table = number(values[metric], 2, scale=PERCENT), f"{unit}_{metric}"
        return [ours, self.published.cell(table, row, name)] if table in self.published.tables else [ours]


def _calibration(row: Row) -> tuple[Cell, ...]:
    before, after = row.metrics["study"], row.metrics.get("study_recalibrated", {})
    cells = [number(found.get(name), 3) for found in (before, after) for name in SCORES]
    return (*cells, number(after.get("temperature"), 2))


def _per_class(row: Row, unit: str) -> dict[str, dict[str, float]]:
    table = pl.read_csv(row.plots / "per_class.csv").filter(pl.col("unit") == unit)
    return {line["class"]: line for line in table.iter_rows(named=True)}
