"""The annotation track beyond its rows: LesaNet's figures, and what retrieval, scores and thresholds are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from lesionary.evaluation.multilabel import NAMES
from lesionary.evaluation.retrieval import NAMES as FOUND
from lesionary.figures.subsets import draw_subsets
from lesionary.site.annotation import TESTS
from lesionary.site.pictures import Picture, embed, picture
from lesionary.site.rows import Row
from lesionary.site.tables import NOTHING, Group, Line, Table, Whose, mark_best, number

METRICS = NAMES[1:]
"""Those that thresholds change."""


@dataclass(frozen=True)
class Exhibits:
    """Everything of `plots` (plots/annotation) and `pictures` (patients' images) that is not of one row."""

    rows: tuple[Row, ...]
    plots: Path
    pictures: Path
    cutoffs: tuple[int, ...]
    """Of label frequency, that LesaNet was trained with."""

    @cached_property
    def retrieval(self) -> Table:
        """A line a row: mean average precision and recall at k; and what random neighbours would reach."""
        lines, chance = list[Line](), 0.0
        for row in self.rows:
            known = {line["metric"]: line for line in pl.read_csv(row.plots / "retrieval.csv").iter_rows(named=True)}
            found, chance = [known[name] for name in FOUND], known["chance"]["value"]  # the same for every row
            cells = [number(one["value"], 4, interval=(one["low"], one["high"])) for one in found]
            lines.append(Line(row.name, Whose.OURS, tuple(cells)))
        random = Line("random neighbours", Whose.BASELINE, (NOTHING, number(chance, 4), NOTHING, NOTHING))
        head = ("mean average precision", *(name.replace("_", " ") for name in FOUND[1:]))
        return Table("retrieval", "Retrieval of similar lesions", head, (Group((*mark_best(lines), random)),))

    @cached_property
    def calibration(self) -> Table:
        """Expected calibration error, a line a row."""
        lines = [
            Line(row.name, Whose.OURS, tuple(number(row.metrics["calibration"].get(test), 4) for test in TESTS))
            for row in self.rows
        ]
        title = "Calibration error of the scores"
        return Table("annotation-calibration", title, tuple(TESTS.values()), (Group(tuple(lines)),))

    @cached_property
    def thresholds(self) -> Table:
        """The authors' grid, and all thresholds there are; of the first row."""
        table = pl.read_csv(self.plots / "figures" / "thresholds.csv")
        known = {(line["test"], line["metric"]): line for line in table.iter_rows(named=True)}
        tests = [test for test in TESTS if (test, METRICS[0]) in known]
        lines = [
            Line(text, Whose.OURS, tuple(number(known[test, name][way], 4) for test in tests for name in METRICS))
            for way, text in (("grid", "seven of the authors’ grid"), ("exact", "all there are"))
        ]
        spans = tuple((TESTS[test], len(METRICS)) for test in tests)
        title = "Where the thresholds are searched for"
        return Table("thresholds", title, METRICS * len(tests), (Group(mark_best(lines)),), spans=spans, first="search")

    @cached_property
    def differences(self) -> Table | None:
        """Each row less the first, on the same draws of patients, where that was measured."""
        path = self.plots / "differences.csv"
        if not path.is_file():
            return None
        known = {(line["row"], line["test"], line["metric"]): line for line in pl.read_csv(path).iter_rows(named=True)}
        lines = []
        for row in (row.name for row in self.rows if any(row.name == name for name, _, _ in known)):
            found = [known.get((row, test, metric)) for test in TESTS for metric in NAMES]
            cells = [number(one["value"], 4, interval=(one["low"], one["high"])) if one else NOTHING for one in found]
            lines.append(Line(row, Whose.OURS, tuple(cells)))
        spans = tuple((title, len(NAMES)) for title in TESTS.values())
        title = f"Differences from {self.rows[0].name}"
        return Table("differences", title, NAMES * len(TESTS), (Group(tuple(lines)),), spans=spans)

    @cached_property
    def ontology(self) -> Picture:
        """Figure 2."""
        alt = "Graph of sample labels: chest, lung, its lobes, lymph nodes, nodules and two densities"
        caption = "Dashed frames: labels too rare here to be learnt. Of exclusive pairs, those no other pair implies."
        return picture(self.plots / "figures" / "ontology.svg", alt, caption)

    @cached_property
    def propagation(self) -> Picture | None:
        """Figure 6, where the first row has the layer."""
        path = self.plots / "figures" / "propagation.svg"
        alt = "Heat map of score propagation weights between labels, with the numbers in its cells"
        caption = "Row i, column j: what the score of label i receives from that of label j."
        return picture(path, alt, caption) if path.is_file() else None

    @cached_property
    def reliability(self) -> Picture:
        """Reliability curves."""
        alt = "Share of true cells by mean score, for both test sets; the diagonal is perfect calibration"
        caption = f"Scores of {self.rows[0].name}: below the diagonal they promise too much."
        return picture(self.plots / "figures" / "calibration.svg", alt, caption)

    @cached_property
    def samples(self) -> Picture:
        """Figure 4."""
        alt = "Ten patches of lesions with their labels: rightly given, wrongly given, and missed, each with its score"
        caption = (
            "TP: right; underlined where the report does not mention it. FP: wrong. FN: missed. Parents of a label "
            "that is shown are left out. A score may be high and its label missed: each label has its own threshold."
        )
        return picture(self.pictures / "samples.png", alt, caption)

    @cached_property
    def similar(self) -> Picture:
        """Figure 7."""
        alt = "Four query lesions and beside each the three nearest lesions of other patients with labels and sentences"
        caption = (
            "Under a retrieved lesion, green: labels that the query has, too; grey: the others; then what was written."
        )
        return picture(self.pictures / "similar.png", alt, caption)

    @cached_property
    def subsets(self) -> Picture | None:
        """Figure 5, where cut-offs were trained."""
        if not self.cutoffs:
            return None
        tables = {cutoff: pl.read_csv(self.plots / "subsets" / f"{cutoff}.csv") for cutoff in self.cutoffs}
        table = subset_means(tables)
        told = "; ".join(
            f"trained above {one['trained_above']}, tested above {one['tested_above']}: {one['f1']:.2f}"
            for one in table.iter_rows(named=True)
        )
        caption = "A curve a tested subset of labels; text-mined test set."
        return embed(draw_subsets(table), "image/svg+xml", f"Mean F1 by training and test subset. {told}", caption)


def subset_means(tables: dict[int, pl.DataFrame]) -> pl.DataFrame:
    """Each training, by its cut-off, on its own labels and on every smaller subset (5.4).

    Columns: trained_above, tested_above, labels (that have values), f1 (mean over them).
    """
    rows = []
    for trained, table in tables.items():
        tested = table.filter((pl.col("test") == "text_mined") & pl.col("f1").is_not_null())
        for cutoff in sorted(other for other in tables if other >= trained):
            f1 = tested.filter(pl.col("train") > cutoff)["f1"]
            rows.append({"trained_above": trained, "tested_above": cutoff, "labels": len(f1), "f1": f1.mean()})
    return pl.DataFrame(rows)


def read_exhibits(rows: Sequence[Row], plots: Path, pictures: Path, cutoffs: tuple[int, ...]) -> Exhibits:
    """Of rows in the order of params.yaml, the first of which is the one that is drawn."""
    return Exhibits(tuple(rows), plots / "annotation", pictures, cutoffs)
