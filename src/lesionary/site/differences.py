"""Each subtyping row less DMRN, with the interval over patients and the p of every way to test it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lesionary.evaluation.multiclass import NAMES
from lesionary.site.published import Published
from lesionary.site.tables import NOTHING, Cell, Group, Line, Table, Whose, number
from lesionary.subtyping.comparing import SCHEMA, reference_of
from lesionary.subtyping.describing import BEYOND
from lesionary.subtyping.tables.predictions import UNITS

LEVEL = 0.05
"""Below which the paper calls a difference significant."""
TESTS = {
    "p_folds": "t, folds",
    "p_corrected": "t, folds, corrected",
    "p_cases": "t, {cases}",
    "p_mcnemar": "McNemar",
}


@dataclass(frozen=True)
class Told:
    """How many of the rows differ in accuracy, by each way to tell."""

    unit: str
    rows: int
    apart: tuple[str, ...]
    """Rows whose interval does not hold 0."""
    below: dict[str, int]
    """Of each test: rows whose p lies below 0.05."""


@dataclass(frozen=True)
class Apart:
    """A row that the paper has not, less the reference, in percentage points of accuracy, and what is told by it."""

    row: str
    side: str
    """better, worse, or not told apart: whether the interval lies above 0, below, or holds it."""
    difference: Cell


@dataclass(frozen=True)
class Differences:
    """plots/subtyping/differences.csv."""

    reference: str
    table: pl.DataFrame
    published: Published

    def of(self, unit: str) -> Table | None:
        """A line a row; None where no other row has this level."""
        here = self.table.filter(pl.col("unit") == unit)
        rows = tuple(here["row"].unique(maintain_order=True))
        if not rows:
            return None
        lines = tuple(self._line(unit, row, here) for row in rows)
        tests = [text.format(cases=UNITS[unit]) for text in _tests(unit).values()]
        spans = (("difference, percentage points", len(NAMES)), ("p of the difference in accuracy", len(tests) + 1))
        title = f"Differences from {self.reference}, {UNITS[unit]}"
        head = (*NAMES, *tests, "paper, below")
        empty = (NOTHING,) * (len(head) - 1)
        others = self.published.others(f"{unit}_p", rows)
        published = tuple(
            Line(self.published.names[row], Whose.PAPER, (*empty, self._paper(unit, row))) for row in others
        )
        groups = (Group(lines), Group(published, "Published, and not built here"))
        return Table(f"differences-{unit}", title, head, groups, spans=spans)

    @property
    def told(self) -> list[Told]:
        """At each level."""
        found = []
        for unit, name in UNITS.items():
            here = self.table.filter((pl.col("unit") == unit) & (pl.col("metric") == NAMES[0]))
            apart = here.filter((pl.col("low") > 0) | (pl.col("high") < 0))["row"].to_list()
            below = {
                text.format(cases=name): len(here.filter(pl.col(test) < LEVEL)) for test, text in _tests(unit).items()
            }
            found += [Told(name, len(here), tuple(apart), below)] if len(here) else []
        return found

    def beyond(self, unit: str) -> list[Apart]:
        """Rows beyond the paper, the best first."""
        here = self.table.filter(
            (pl.col("unit") == unit) & (pl.col("metric") == NAMES[0]) & pl.col("row").is_in(list(BEYOND))
        )
        found = []
        for line in here.sort("value", descending=True, maintain_order=True).iter_rows(named=True):
            side = "better" if line["low"] > 0 else "worse" if line["high"] < 0 else "not told apart"
            cell = number(line["value"], 2, scale=100, interval=(line["low"], line["high"]))
            found.append(Apart(line["row"], side, cell))
        return found

    def _line(self, unit: str, row: str, here: pl.DataFrame) -> Line:
        known = {line["metric"]: line for line in here.filter(pl.col("row") == row).iter_rows(named=True)}
        values = [
            number(known[name]["value"], 2, scale=100, interval=(known[name]["low"], known[name]["high"]))
            for name in NAMES
        ]
        tests = [chance(known[NAMES[0]][test]) for test in _tests(unit)]
        return Line(row, Whose.OURS, (*values, *tests, self._paper(unit, row)))

    def _paper(self, unit: str, row: str) -> Cell:
        return self.published.cell(f"{unit}_p", row, "below")


def chance(p: float | None) -> Cell:
    """A p-value as it is worth printing.

    >>> [chance(p).text for p in (0.0123, 0.0002, None)]
    ['0.012', '<0.001', '–']
    """
    if p is None:
        return NOTHING
    return Cell("<0.001", p) if p < 0.001 else number(p, 3)


def read_differences(rows: Sequence[str], plots: Path, published: Published) -> Differences:
    """Of rows in the order of params.yaml."""
    table = pl.read_csv(plots / "subtyping" / "differences.csv", schema=SCHEMA)
    return Differences(reference_of(rows), table, published)


def _tests(unit: str) -> dict[str, str]:
    """Those that this level has: slices are too dependent for McNemar's."""
    return {test: text for test, text in TESTS.items() if unit == "study" or test != "p_mcnemar"}
