"""Means over frequent, medium and rare labels: thirds of the list by how often a label occurs in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from lesionary.site.rows import Row
from lesionary.site.tables import Group, Line, Table, Whose, mark_best, number


@dataclass(frozen=True)
class Bands:
    """A label is frequent above one count of training lesions, rare up to another, else medium."""

    frequent_above: int
    rare_up_to: int

    @classmethod
    def of(cls, counts: Sequence[int]) -> Self:
        """Thirds of a label list; labels of equal count stay together.

        >>> Bands.of([90, 50, 20, 20, 9, 5])
        Bands(frequent_above=20, rare_up_to=9)
        """
        ranked = sorted(counts, reverse=True)
        third = len(ranked) // 3
        return cls(ranked[third], ranked[min(len(ranked) - 1, len(ranked) - third)])

    def name(self) -> pl.Expr:
        """Of the column `train`."""
        frequent, rare = pl.col("train") > self.frequent_above, pl.col("train") <= self.rare_up_to
        return pl.when(frequent).then(pl.lit("frequent")).when(rare).then(pl.lit("rare")).otherwise(pl.lit("medium"))


def by_frequency(rows: Sequence[Row], bands: Bands) -> Table:
    """A line a row, text-mined test set."""
    names, metrics = ("frequent", "medium", "rare"), ("auc", "f1")
    lines = []
    for row in rows:
        table = pl.read_csv(row.plots / "per_label.csv").filter(pl.col("test") == "text_mined")
        means = table.group_by(bands.name().alias("band")).agg(pl.col(metrics).mean())
        known = {line["band"]: line for line in means.iter_rows(named=True)}
        cells = [number(known.get(name, {}).get(metric), 4) for metric in metrics for name in names]
        lines.append(Line(row.name, Whose.OURS, tuple(cells)))
    note = f"Frequent: in more than {bands.frequent_above} training lesions; rare: in {bands.rare_up_to} or fewer."
    spans = tuple((metric, len(names)) for metric in metrics)
    title = "Means over labels by their frequency in training"
    return Table("frequency", title, names * len(metrics), (Group(mark_best(lines)),), note, spans)
