"""Whether our rows of a table stand to each other as the paper's do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import spearmanr

from lesionary.evaluation.multiclass import NAMES
from lesionary.site.published import Published
from lesionary.site.rows import Row

LEAST = 4
"""Rows that an order is worth being compared over."""
DMRN = "dmrn"
SUBTYPING = {
    "study": ("study", "studies, Table 2"),
    "slice": ("slice", "slices, Table 4"),
    "ablation": ("study", "studies, Table 6"),
}
"""Published tables of the subtyping track: which of our numbers they hold, and their titles."""


@dataclass(frozen=True)
class Agreement:
    """Of one test set (or level) and metric, over the rows that both have."""

    test: str
    metric: str
    correlation: float
    """Spearman's, of the rows' values here and there."""
    same: tuple[str, ...]
    """Rows that stand on the same side of the paper's own as in the paper."""
    other: tuple[str, ...]
    """Rows that do not."""


def compare_orders(
    rows: Sequence[Row], published: Published, *, table: str, title: str, part: str, metric: str, model: str
) -> Agreement | None:
    """Our `metric` of `part` (a test set or level) against the published `table`.

    None where fewer than four rows are shared, or `model`, whose sides are told, is not among them.
    """
    shared = [row for row in rows if published.has(table, row.name) and part in row.metrics]
    if len(shared) < LEAST or model not in {row.name for row in shared}:
        return None
    ours = {row.name: row.metrics[part].get(metric, float("nan")) for row in shared}
    cells = {name: published.cell(table, name, metric).value for name in ours}
    paper = {name: float("nan") if value is None else value for name, value in cells.items()}
    sides = {name: (ours[name] > ours[model]) == (paper[name] > paper[model]) for name in ours if name != model}
    correlation = float(spearmanr(list(ours.values()), list(paper.values())).statistic)
    same, other = (tuple(name for name, is_same in sides.items() if is_same is way) for way in (True, False))
    return Agreement(title, metric, correlation, same, other)


def subtyping_orders(rows: Sequence[Row], published: Published) -> tuple[Agreement, ...]:
    """Accuracy and F1 against the paper's Tables 2, 4 and 6, where enough of their rows are built."""
    found = [
        compare_orders(rows, published, table=table, title=title, part=unit, metric=metric, model=DMRN)
        for table, (unit, title) in SUBTYPING.items()
        for metric in (NAMES[0], NAMES[-1])
    ]
    return tuple(one for one in found if one)
