"""The annotation track: LesaNet's counts (5.1) and tables with our numbers beside the published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from lesionary.cohorts.relations import RELATIONS
from lesionary.evaluation.multilabel import NAMES
from lesionary.ontology.graph import LabelClass
from lesionary.site.pictures import Picture, picture
from lesionary.site.published import Published
from lesionary.site.rows import Row, read_numbers
from lesionary.site.tables import Cell, Group, Line, Table, Whose, mark_best, number

TESTS = {"text_mined": "text-mined test set", "hand_labelled": "hand-labelled test set"}
SPLITS = {"train": "training", "val": "validation", "test": "test", "by_hand": "labelled by hand"}
CLASSES = {LabelClass.BODYPART: "body parts", LabelClass.TYPE: "types", LabelClass.ATTRIBUTE: "attributes"}
PAIRS = {"parents": "parent and child", "exclusive": "exclusive"}
SAID = {"text_mined": "mined", "hand_labelled": "by hand", "unsaid": "by hand and not in the report"}
MODEL = "lesanet"
"""As published.yaml names the paper's own."""


@dataclass(frozen=True)
class Annotation:
    """All that the page says of this track; `rows` in the order of params.yaml."""

    rows: tuple[Row, ...]
    mining: dict[str, Any]
    """metrics/labels.json."""
    labels: pl.DataFrame
    judged: dict[str, int]
    """Hand-judged mentions of test reports, by relation."""
    published: Published

    @property
    def given(self) -> Mapping[str, Any]:
        """Of labels that were mined elsewhere: how many of how many lesions, and how good they are; or nothing."""
        found: Mapping[str, Any] = self.mining.get("given", {})
        return found

    @cached_property
    def counts(self) -> Table:
        """What 5.1 counts."""
        said = self.mining.get("labels_a_lesion", {})
        of_class = dict(self.labels.group_by("class").len().iter_rows())
        kinds = {kind.value: text for kind, text in CLASSES.items()}
        noun = "mention or a given label" if self.given else "mention"
        groups = (
            self._counted("lesions", f"Lesions with a {noun}", SPLITS, self.mining["lesions"]),
            self._counted(
                "labels", "Labels that are learnt", kinds | {"total": "in all"}, of_class | {"total": len(self.labels)}
            ),
            self._counted("pairs", "Pairs of these labels", PAIRS, self.mining.get("pairs", {})),
            self._counted(
                "labels_a_lesion",
                "Labels of a test lesion, mean",
                {name: text for name, text in SAID.items() if name in said},
                said,
            ),
            self._counted("judged", "Mentions judged by hand, test", {name: name for name in RELATIONS}, self.judged),
        )
        return Table("counts", "What there is to learn from", ("ours", "paper"), groups, first="")

    @cached_property
    def quality(self) -> Table:
        """How well labels are mined, step by step."""
        steps = {
            "raw": "every mention",
            "relevant": "relevant mentions",
            "relevant_uncertain": "relevant and uncertain mentions",
            "expanded": "the same, with their parents",
        }
        metrics = NAMES[1:]
        groups = []
        for found, title in ((self.mining, "mined here"), (self.given, "mined elsewhere")):
            lines = [
                Line(text, Whose.OURS, tuple(number(found[step].get(name), 4) for name in metrics))
                for step, text in steps.items()
                if step in found
            ]
            groups.append(Group(mark_best(lines), title if self.given else ""))
        return Table("mining", "Mined labels against the hand-given", metrics, tuple(groups), first="step")

    @cached_property
    def overall(self) -> Table:
        """Table 1."""
        parts = {test: NAMES for test in TESTS}
        lines: list[Line] = []
        for row in self.rows:
            lines.append(row.line(parts, decimals=4))
            if self.published.has("text_mined", row.name):
                lines.append(self._paper(row.name))
        others = self.published.others("text_mined", tuple(row.name for row in self.rows))
        published = Group(tuple(self._paper(name) for name in others), "Published, and not built here")
        spans = tuple((title, len(NAMES)) for title in TESTS.values())
        groups = (Group(mark_best(lines)), published)
        return Table("lesanet-1", "Means over labels on two test sets", NAMES * len(TESTS), groups, spans=spans)

    @cached_property
    def by_class(self) -> Table:
        """Means over the labels of each class (5.4), text-mined test set."""
        lines: list[Line] = []
        for row in self.rows:
            values = self._by_class(row)
            cells = [number(values.get((kind, metric)), 4) for metric in ("auc", "f1") for kind in CLASSES]
            lines.append(Line(row.name, Whose.OURS, tuple(cells)))
            if self.published.has("class_auc", row.name):
                paper = [self.published.cell("class_auc", row.name, kind) for kind in CLASSES]
                lines.append(Line(self.published.names[row.name], Whose.PAPER, (*paper, *[Cell()] * len(CLASSES))))
        spans = (("auc", len(CLASSES)), ("f1", len(CLASSES)))
        head = tuple(CLASSES.values()) * 2
        return Table("classes", "Means over the labels of a class", head, (Group(mark_best(lines)),), spans=spans)

    @property
    def model(self) -> Row | None:
        """The row whose single labels are shown: the first."""
        return next(iter(self.rows), None)

    @cached_property
    def typical(self) -> Table:
        """Table 2: the labels that stand in the paper's, and the ten most frequent of ours."""
        tested = _tested(self.model) if self.model else {}
        known = self.published.tables["typical"].rows
        in_paper = [label for label in known if label in self.labels["label"]]
        frequent = [label for label in self.labels.sort("train", descending=True, maintain_order=True)["label"]]
        others = [label for label in frequent if label not in in_paper][:10]
        groups = [
            Group(tuple(self._typical(label, tested.get(label, {})) for label in part), title)
            for title, part in (("In the paper’s Table 2", in_paper), ("The ten most frequent of the others", others))
        ]
        missing = ", ".join(label for label in known if label not in in_paper)
        note = f"In the paper’s table, and too rare here to be learnt: {missing}." if missing else ""
        head = ("train", "test", "ours", "paper", "ours", "paper")
        spans = (("lesions", 2), ("auc", 2), ("f1", 2))
        title = "Single labels, text-mined test set, per cent"
        return Table("lesanet-2", title, head, tuple(groups), note, spans, "label")

    def pictures(self, row: Row) -> list[Picture]:
        """Learning curves."""
        return [
            picture(row.plots / "curves.svg", f"Training loss of {row.name} and its parts by epoch", "Training loss."),
            picture(
                row.plots / "validation.svg",
                f"Means over labels of {row.name} on the validation split by epoch; the kept epoch is marked",
                f"Validation; epoch {row.metrics['kept_epoch']} was kept.",
            ),
        ]

    def _counted(self, table: str, title: str, names: dict[str, str], counts: Mapping[str, float]) -> Group:
        """A line a count."""
        decimals = self.published.tables[table].decimals
        lines = [
            Line(text, Whose.OURS, (number(counts.get(name, 0), decimals), self.published.cell(table, MODEL, name)))
            for name, text in names.items()
        ]
        return Group(tuple(lines), title)

    def _paper(self, name: str) -> Line:
        cells = tuple(self.published.cell(test, name, metric) for test in TESTS for metric in NAMES)
        return Line(self.published.names[name], Whose.PAPER, cells)

    def _by_class(self, row: Row) -> dict[tuple[str, str], float]:
        table = pl.read_csv(row.plots / "per_label.csv").filter(pl.col("test") == "text_mined")
        means = table.group_by("class").agg(pl.col("auc", "f1").mean())
        return {
            (line["class"], metric): line[metric] for line in means.iter_rows(named=True) for metric in ("auc", "f1")
        }

    def _typical(self, label: str, tested: dict[str, Any]) -> Line:
        kind, train = self.labels.filter(pl.col("label") == label).select("class", "train").row(0)
        counts = [number(train, 0), number(tested.get("positives"), 0)]
        measured = [
            cell
            for metric in ("auc", "f1")
            for cell in (number(tested.get(metric), 1, scale=100), self.published.cell("typical", label, metric))
        ]
        return Line(label, Whose.OURS, (*counts, *measured), kind)


def read_annotation(
    rows: tuple[Row, ...], metrics: Path, labels: Path, relations: pl.DataFrame, published: Published
) -> Annotation:
    """Everything of the track that is not of one row; `relations` are those of test reports."""
    judged = dict(relations.drop_nulls("judged").group_by("judged").len().iter_rows())
    return Annotation(
        rows, read_numbers(metrics / "labels.json"), pl.read_csv(labels / "labels.csv"), judged, published
    )


def _tested(row: Row) -> dict[str, dict[str, Any]]:
    table = pl.read_csv(row.plots / "per_label.csv").filter(pl.col("test") == "text_mined")
    return {line["label"]: line for line in table.iter_rows(named=True)}


def only_test(relations: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Mentions in reports of the test split."""
    reports: Sequence[str] = sentences.filter(pl.col("split") == "test")["report"].unique().to_list()
    return relations.filter(pl.col("report").is_in(reports))
