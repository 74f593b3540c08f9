"""The subtyping track: its tables, what its pairs are made of, and the pictures of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lesionary.site.mixing import PairMix, pair_mix
from lesionary.site.pictures import Picture, picture
from lesionary.site.published import Published
from lesionary.site.rows import Row, read_numbers
from lesionary.site.subtyping_tables import SubtypingTables
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES


@dataclass(frozen=True)
class Subtyping(SubtypingTables):
    """All that the page says of this track beside what compares its rows."""

    partners: Mapping[str, str]
    """How each row draws the second image of a pair."""
    folds: pl.DataFrame

    @property
    def mixes(self) -> list[PairMix]:
        """Of each row that learns from pairs."""
        images = {name: self.counts["slices"].get(name, 0) for name in self.classes}
        found = {row.name: row.metrics["pairs"]["same_class"] for row in self.rows if "pairs" in row.metrics}
        return [pair_mix(name, share, images, self.partners[name]) for name, share in found.items()]

    @property
    def best(self) -> Row | None:
        """The row of highest study accuracy."""
        return max(self.rows, key=lambda row: row.metrics["study"]["accuracy"], default=None)

    @property
    def overlapping(self) -> bool:
        """Whether one accuracy lies in the intervals of all rows."""
        known = [row.intervals["study", "accuracy"] for row in self.rows]
        return max(low for low, _ in known) <= min(high for _, high in known)

    @property
    def fold_count(self) -> int:
        """How many folds there are."""
        return self.folds["fold"].n_unique()

    @property
    def parts(self) -> dict[str, int] | None:
        """Studies that teach, choose and are tested, where the cohort has parts of its own in place of folds."""
        fold = self.folds["fold"]
        if not (fold < 0).any():
            return None
        return {
            "teach": int((fold == TEACHES).sum()),
            "choose": int((fold == CHOOSES).sum()),
            "test": int((fold == 0).sum()),
        }

    @property
    def makers(self) -> list[str]:
        """Of the scanners that were left out one after the other, if folds are that."""
        return sorted(self.folds["scanner"].unique()) if "scanner" in self.folds.columns else []

    @property
    def patients_kept_together(self) -> bool:
        """Whether no patient stands in two folds."""
        return bool(self.folds.group_by("patient").agg(pl.col("fold").n_unique())["fold"].max() == 1)

    def pictures(self, row: Row) -> list[Picture]:
        """Confusion, t-SNE, reliability, and the learning curve of a row that learns by epochs."""
        studies = pl.read_csv(row.plots / "confusion.csv")
        right = int((studies["truth"] == studies["predicted"]).sum())
        hits = f"{right} of {len(studies)} studies on the diagonal"
        pictures = [
            picture(row.plots / "confusion.svg", f"Confusion matrix of {row.name}: {hits}", f"Confusion: {hits}."),
            picture(
                row.plots / "tsne.svg",
                f"t-SNE of what {row.name} makes of the first fold's test cases, coloured by class",
                "t-SNE of the first fold's test cases, none of them trained on.",
            ),
            picture(
                row.plots / "reliability.svg",
                f"Share of studies that {row.name} is right about by how sure it is, before and after recalibration",
                "Share of studies that are right by the probability of what is called; the diagonal is promised.",
            ),
        ]
        loss = pl.read_csv(row.plots / "history.csv")["loss"]
        if len(loss) > 1:
            course = f"from {loss[0]:.2f} to {loss[-1]:.2f} in {len(loss)} epochs"
            alt = f"Training loss of {row.name}, mean of the folds: {course}"
            pictures.append(picture(row.plots / "curves.svg", alt, f"Training loss, {course}."))
        return pictures


def read_subtyping(
    rows: tuple[Row, ...], partners: Mapping[str, str], metrics: Path, folds: Path, published: Published
) -> Subtyping:
    """Everything of the track that is not of one row."""
    return Subtyping(rows, read_numbers(metrics / "cohort.json"), published, partners, pl.read_csv(folds / "folds.csv"))
