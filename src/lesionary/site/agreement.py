"""Whether our rows of LesaNet's Table 1 stand to each other as the paper's do, and what score propagation is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from lesionary.evaluation.multilabel import NAMES
from lesionary.site.annotation import MODEL, TESTS
from lesionary.site.frequency import Bands
from lesionary.site.order import Agreement, compare_orders
from lesionary.site.published import Published
from lesionary.site.rows import Row
from lesionary.site.tables import Group, Line, Table, Whose, number

WITHOUT = "without_propagation"


def agreements(rows: Sequence[Row], published: Published) -> tuple[Agreement, ...]:
    """For AUC and F1 of both test sets; none where fewer than four rows are shared, or LesaNet is not."""
    found = [
        compare_orders(rows, published, table=test, title=title, part=test, metric=metric, model=MODEL)
        for test, title in TESTS.items()
        for metric in (NAMES[0], NAMES[-1])
    ]
    return tuple(one for one in found if one)


def recall_lost(rows: Sequence[Row], bands: Bands, published: Published) -> Table:
    """What leaving score propagation out costs, over all labels and frequent ones, where both rows were built (5.5)."""
    names = ("all_labels", "frequent")
    lost = _recall_lost({row.name: row.plots for row in rows}, bands)
    ours = Line("LesaNet less w/o propagation", Whose.OURS, tuple(number(lost.get(name), 1) for name in names))
    paper = tuple(published.cell("recall_lost", MODEL, name) for name in names)
    groups = (Group((ours, Line(published.names[MODEL], Whose.PAPER, paper))),)
    return Table(
        "recall-lost", "Recall that score propagation adds", ("all labels", "frequent labels"), groups, first=""
    )


def _recall_lost(plots: Mapping[str, Path], bands: Bands) -> dict[str, float | None]:
    """In per cent of a label's lesions, hand-labelled test set: the mean over labels that both rows have values of."""
    if not {MODEL, WITHOUT} <= plots.keys():
        return {}
    whole, without = (
        pl.read_csv(plots[name] / "per_label.csv").filter(pl.col("test") == "hand_labelled")
        for name in (MODEL, WITHOUT)
    )
    both = whole.join(without.select("label", without="recall"), on="label", maintain_order="left")
    lost = both.select("train", lost=100 * (pl.col("recall") - pl.col("without"))).drop_nulls()
    parts = {"all_labels": lost, "frequent": lost.filter(pl.col("train") > bands.frequent_above)}
    return {name: float(part["lost"].to_numpy().mean()) if len(part) else None for name, part in parts.items()}
