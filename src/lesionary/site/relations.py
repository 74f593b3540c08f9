"""The judges of relations (LesaNet, 3.2): how often they are right, how far they differ, whether they know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from lesionary.cohorts.relations import RELATIONS
from lesionary.site.published import Published
from lesionary.site.rows import read_numbers
from lesionary.site.tables import NOTHING, Cell, Group, Line, Table, Whose, mark_best, number

METRICS = ("precision", "recall", "f1")
MACRO = "macro"
TITLES = {MACRO: "mean over relations"}

Values = dict[tuple[str, str, str], tuple[float, tuple[float, float] | None]]
"""By class, classifier and metric: a value and its interval."""


@dataclass(frozen=True)
class Relations:
    """All that the page says of this step; rows in the order in which they were built."""

    applied: str
    names: tuple[str, ...]
    values: Values
    differences: Values
    errors: dict[str, float]
    """Of calibration, by row."""
    reliability: pl.DataFrame
    published: Published
    lent: int
    """Judged pairs of the phantom that taught in place of the cohort's own; 0 where it has its own."""
    silent: bool
    """No sentence mentions a label beside a bookmark, as where labels were given: no judge was taught."""

    @cached_property
    def rows(self) -> Table:
        """A group a relation, a line a row: its metrics, and their differences from those of the applied row."""
        classes = [one for one in (MACRO, *RELATIONS) if any(of == one for of, _, _ in self.values)]
        groups = []
        for of in classes:
            best = mark_best([Line(name, Whose.OURS, _cells(self.values, of, name)) for name in self.names])
            lines = [replace(one, cells=one.cells + _cells(self.differences, of, one.name)) for one in best]
            paper = tuple(self._paper(name) for name in self.published.tables["relations"].rows) if of == MACRO else ()
            groups.append(Group((*lines, *paper), TITLES.get(of, of)))
        spans = (("value", len(METRICS)), (f"less that of {self.applied}", len(METRICS)))
        title = "Relations of mentions to bookmarks, test"
        return Table("relations-table", title, METRICS * 2, tuple(groups), spans=spans, first="classifier")

    @cached_property
    def calibration(self) -> Table:
        """A line a row: the calibration error, and accuracy by confidence with the pairs that it is a share of."""
        columns = ("classifier", "above", "accuracy", "pairs")
        bins = self.reliability.select("above", "up_to").unique().sort("above").rows()
        shares = {
            (name, above): replace(number(share, 1, scale=100), interval=f"of {pairs:,}")
            for name, above, share, pairs in self.reliability.select(columns).iter_rows()
        }
        lines = []
        for name in self.names:
            cells = [shares.get((name, above), NOTHING) for above, _ in bins]
            lines.append(Line(name, Whose.OURS, (number(self.errors.get(name), 4), *cells)))
        head = ("error", *(f"{100 * above:.0f}–{100 * up_to:.0f} %" for above, up_to in bins))
        spans = (("", 1), ("right, by the probability of the answer", len(bins)))
        title = "Whether the judges know how often they are right"
        return Table("calibration", title, head, (Group(tuple(lines)),), spans=spans, first="classifier")

    def _paper(self, name: str) -> Line:
        cells = tuple(self.published.cell("relations", name, metric) for metric in METRICS)
        return Line(self.published.names[name], Whose.PAPER, (*cells, *[NOTHING] * len(METRICS)))


def read_relations(applied: str, metrics_json: Path, plots: Path, published: Published) -> Relations:
    """Everything that was measured of the judges."""
    values, differences = (_values(plots / f"{name}.csv") for name in ("intervals", "differences"))
    numbers = read_numbers(metrics_json)
    rows, pairs = numbers["rows"], numbers.get("pairs", {})
    lent, silent = int(pairs.get("phantom", 0)), pairs.get("all") == 0
    errors = {name: row["calibration_error"] for name, row in rows.items()}
    reliability = pl.read_csv(plots / "reliability.csv")
    return Relations(applied, tuple(rows), values, differences, errors, reliability, published, lent, silent)


def _cells(values: Values, of: str, name: str) -> tuple[Cell, ...]:
    found = [values.get((of, name, metric)) for metric in METRICS]
    return tuple(number(one[0], 4, interval=one[1]) if one else NOTHING for one in found)


def _values(table_csv: Path) -> Values:
    known: Values = {}
    columns = ("class", "classifier", "metric", "value", "low", "high")
    for of, classifier, metric, value, low, high in pl.read_csv(table_csv).select(columns).iter_rows():
        known[of, classifier, metric] = (value, (low, high) if low is not None and high is not None else None)
    return known
