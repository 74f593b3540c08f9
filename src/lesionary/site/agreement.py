"""Whether our rows of LesaNet's Table 1 stand to each other as the paper's do, and what score propagation is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from scipy.stats import spearmanr

from lesionary.evaluation.multilabel import NAMES
from lesionary.site.annotation import MODEL, TESTS
from lesionary.site.frequency import Bands
from lesionary.site.published import Published
from lesionary.site.rows import Row

LEAST = 4
"""Rows that an order is worth being compared over."""
WITHOUT = "without_propagation"


@dataclass(frozen=True)
class Agreement:
    """Of one test set and metric, over the rows that both have."""

    test: str
    metric: str
    correlation: float
    """Spearman's, of the rows' values here and there."""
    same: tuple[str, ...]
    """Rows that stand on the same side of LesaNet as in the paper."""
    other: tuple[str, ...]
    """Rows that do not."""


@dataclass(frozen=True)
class RecallLost:
    """By leaving score propagation out, hand-labelled test set, in per cent of lesions; LesaNet, 5.5."""

    all_labels: float
    frequent: float


def agreements(rows: Sequence[Row], published: Published) -> tuple[Agreement, ...]:
    """For AUC and F1 of both test sets; none where fewer than four rows are shared, or LesaNet is not."""
    found = []
    for test, title in TESTS.items():
        shared = [row for row in rows if published.has(test, row.name)]
        if len(shared) < LEAST or MODEL not in {row.name for row in shared}:
            continue
        for metric in (NAMES[0], NAMES[-1]):
            ours = {row.name: row.metrics.get(test, {}).get(metric, float("nan")) for row in shared}
            cells = {name: published.cell(test, name, metric).value for name in ours}
            paper = {name: float("nan") if value is None else value for name, value in cells.items()}
            sides = {name: (ours[name] > ours[MODEL]) == (paper[name] > paper[MODEL]) for name in ours if name != MODEL}
            correlation = float(spearmanr(list(ours.values()), list(paper.values())).statistic)
            same, other = (tuple(name for name, is_same in sides.items() if is_same is way) for way in (True, False))
            found.append(Agreement(title, metric, correlation, same, other))
    return tuple(found)


def recall_lost(rows: Sequence[Row], bands: Bands) -> RecallLost | None:
    """Where both LesaNet and the row without propagation were built."""
    plots = {row.name: row.plots for row in rows}
    if not {MODEL, WITHOUT} <= plots.keys():
        return None
    tables = [
        pl.read_csv(plots[name] / "per_label.csv").filter(pl.col("test") == "hand_labelled")
        for name in (MODEL, WITHOUT)
    ]
    both = tables[0].join(tables[1].select("label", without="recall"), on="label")
    lost = both.with_columns(lost=100 * (pl.col("recall") - pl.col("without"))).drop_nulls("lost")
    frequent = lost.filter(pl.col("train") > bands.frequent_above)
    if frequent.is_empty():
        return None
    return RecallLost(float(lost["lost"].to_numpy().mean()), float(frequent["lost"].to_numpy().mean()))
