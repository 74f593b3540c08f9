"""The judge of relations (LesaNet, 3.2): how often it and its rivals are right."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from lesionary.cohorts.texts import RELATIONS
from lesionary.site.rows import read_numbers
from lesionary.site.tables import Group, Line, Table, Whose, mark_best, number

METRICS = ("precision", "recall", "f1")
ORDER = ("macro", *RELATIONS)
NAMES = {"macro": "mean over relations"}


def relation_table(metrics_json: Path, intervals_csv: Path) -> Table:
    """A group a relation, a line a classifier where `intervals_csv` compares several; else the network alone."""
    known = _compared(intervals_csv) if intervals_csv.exists() else _measured(metrics_json)
    lines: dict[str, list[Line]] = {}
    for (of, classifier), values in known.items():
        cells = tuple(
            number(value, 4, interval=interval) for value, interval in (values.get(m, (None, None)) for m in METRICS)
        )
        lines.setdefault(of, []).append(Line(classifier, Whose.OURS, cells))
    order = sorted(lines, key=lambda of: (ORDER.index(of) if of in ORDER else len(ORDER), of))
    groups = tuple(Group(mark_best(lines[of]), NAMES.get(of, of)) for of in order)
    return Table("relations-table", "Relations of mentions to bookmarks, test", METRICS, groups, first="classifier")


Values = dict[str, tuple[float | None, tuple[float, float] | None]]


def _measured(metrics_json: Path) -> dict[tuple[str, str], Values]:
    test = read_numbers(metrics_json)["test"]
    return {
        (of, "network"): {metric: (values.get(metric), None) for metric in METRICS}
        for of, values in test.items()
        if isinstance(values, dict)
    }


def _compared(intervals_csv: Path) -> dict[tuple[str, str], Values]:
    found: dict[tuple[str, str], Values] = {}
    for classifier, of, metric, value, low, high in (
        pl.read_csv(intervals_csv).select("classifier", "class", "metric", "value", "low", "high").iter_rows()
    ):
        interval = (low, high) if low is not None and high is not None else None
        found.setdefault((of, classifier), {})[metric] = (value, interval)
    return found
