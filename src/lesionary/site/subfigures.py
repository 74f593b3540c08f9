"""The sub-figure benchmark: DMRN's Tables 7 and 8 with our numbers beside the published, and Figure 6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from lesionary.site.pictures import Picture, picture
from lesionary.site.published import Published
from lesionary.site.rows import Row, read_numbers
from lesionary.site.tables import NOTHING, Cell, Group, Line, Table, Whose, mark_best, number
from lesionary.subfigures.measuring import METRICS, Best, count_best

PERCENT = 100.0
EMBEDDED = "subfigures"
"""The image folder that the pipeline draws itself."""
MORE_IMAGES = ("resnet152", "ens")
"""Published rows that were trained on additional images, the asterisk of Table 7."""


@dataclass(frozen=True)
class Subfigures:
    """All that the page says of the benchmark, of `rows` in the order of params.yaml."""

    images: str
    """The folder they come from."""
    rows: tuple[Row, ...]
    counts: dict[str, Any]
    """metrics/subfigures/cohort.json."""
    plots: Path
    published: Published

    @property
    def drawn(self) -> bool:
        """Whether a program drew the images."""
        return self.images == EMBEDDED

    @cached_property
    def classes(self) -> pl.DataFrame:
        """classes.csv: a row a class in the order of Table 8, with its counts here and in the paper."""
        return pl.read_csv(self.plots / "classes.csv")

    @cached_property
    def overall(self) -> Table:
        """Table 7: each row, and the published row of its name; then what was not built, as published."""
        lines: list[Line] = []
        for row in self.rows:
            lines.append(row.line({"test": METRICS}, decimals=2, scale=PERCENT))
            if self.published.has("subfigures", row.name):
                lines.append(self._paper(row.name))
        others = self.published.others("subfigures", tuple(row.name for row in self.rows))
        quoted = tuple(self._paper(name) for name in others)
        groups = (Group(mark_best([*lines, self.majority])), Group(quoted, "As published, not built here"))
        return Table("table-7", "Test images, per cent", METRICS, groups)

    def _paper(self, row: str) -> Line:
        cells = tuple(self.published.cell("subfigures", row, name) for name in METRICS)
        note = "trained on more images" if row in MORE_IMAGES else ""
        return Line(self.published.names[row], Whose.PAPER, cells, note)

    @cached_property
    def majority(self) -> Line:
        """What calling every test image the most frequent training class would score."""
        test = {name: count for name, count in self.counts["test"].items() if name != "total" and count}
        trained = {name: count for name, count in self.counts["train"].items() if name != "total"}
        often = max(trained, key=lambda name: trained[name])
        share = test.get(often, 0) / sum(test.values())
        values = (share, share / len(test), float(often in test) / len(test), 2 * share / (1 + share) / len(test))
        cells = tuple(number(value, 2, scale=PERCENT) for value in values)
        return Line(f"always {often}", Whose.BASELINE, cells, "the most frequent class")

    @cached_property
    def f1(self) -> dict[str, dict[str, float]]:
        """Of each row, F1 of each class that has test images."""
        tables = {row.name: pl.read_csv(row.plots / "per_class.csv") for row in self.rows}
        return {name: dict(table.select("class", "f1").drop_nulls().iter_rows()) for name, table in tables.items()}

    @cached_property
    def best(self) -> Best:
        """In how many classes each of our rows is best."""
        return count_best(self.f1)

    @cached_property
    def per_class(self) -> Table:
        """Table 8: F1 of every class by every row, ours and the two that the paper prints; who is best how often."""
        papers = tuple(self.published.tables["subfigures_f1"].rows)
        lines = []
        for one in self.classes.iter_rows(named=True):
            code = one["class"]
            ours = [number(values.get(code), 2, scale=PERCENT) for values in self.f1.values()]
            quoted = [self.published.cell("subfigures_f1", row, code) for row in papers]
            counts = [number(one["train"], 0), number(one["test"], 0)]
            name = code if one["name"] == code else f"{one['name']} ({code})"
            lines.append(Line(name, Whose.OURS, (*counts, *_best_across(ours), *quoted)))
        counted = [number(self.best.alone[row.name], 0) for row in self.rows]
        quoted = [self.published.cell("subfigures_best", row, "classes") for row in papers]
        last = Line("best alone in so many classes", Whose.OURS, (NOTHING, NOTHING, *counted, *quoted))
        head = ("train", "test", *self.f1, *(self.published.names[row] for row in papers))
        spans = [("images", 2), ("F1, ours", len(self.f1)), ("F1, as published", len(papers))]
        groups = (Group(tuple(lines)), Group((last,)))
        shown = tuple(span for span in spans if span[1])
        return Table("table-8", "Each class, F1 in per cent", head, groups, self._ties, shown, "class")

    @property
    def _ties(self) -> str:
        if len(self.rows) < 2:
            return ""
        return (
            f"In {self.best.tied} classes rows of ours share the highest F1, which then counts for none of them; in "
            f"{self.best.missed} no row names a single image rightly. The paper has no other ties than four classes in "
            "which neither method does."
        )

    @cached_property
    def distribution(self) -> Picture:
        """Figure 6."""
        counts = self.classes
        train = sorted(counts["train"].to_list())
        rarest, most = train[0], train[-1]
        alt = f"Images of each of {len(counts)} classes in training and test, from {rarest} to {most} in training"
        caption = "Validation images count among training. The axis is logarithmic; dashes are what the paper counts."
        return picture(self.plots / "classes.svg", alt, caption)

    def pictures(self, row: Row) -> list[Picture]:
        """The confusion matrix of a row."""
        named = pl.read_csv(row.plots / "confusion.csv")
        right = int((named["truth"] == named["predicted"]).sum())
        hits = f"{right} of {len(named)} test images on the diagonal"
        return [picture(row.plots / "confusion.svg", f"Confusion matrix of {row.name}: {hits}", f"Confusion: {hits}.")]


def _best_across(cells: Sequence[Cell]) -> list[Cell]:
    """`cells` of one class, the highest marked where it is above 0 and there are others."""
    highest = max((cell.value for cell in cells if cell.value is not None), default=0.0)
    many = len(cells) > 1 and highest > 0
    return [replace(cell, best=True) if many and cell.value == highest else cell for cell in cells]


def read_subfigures(images: str, rows: Sequence[Row], metrics: Path, plots: Path, published: Published) -> Subfigures:
    """Everything of the benchmark."""
    counts = read_numbers(metrics / "subfigures" / "cohort.json")
    return Subfigures(images, tuple(rows), counts, plots / "subfigures", published)
