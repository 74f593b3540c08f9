"""Text that a person judged, and how what is found in it compares: bookmarks, mentions, relations.

The text itself is kept elsewhere. Its judgements are four tables; places are Python string positions in a record:

<name>_sentences.csv   record, start, end, modality
<name>_bookmarks.csv   record, start, end, refers: lesion, or other (a normal organ, the thickness of a slice)
<name>_mentions.csv    record, start, end, label
<name>_relations.csv   record, start, end, label, bookmark (where it starts), relation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.errors import CohortError
from lesionary.cohorts.relations import RELATIONS
from lesionary.evaluation.intervals import bootstrap
from lesionary.reports.judges.encoding import Example
from lesionary.reports.judges.examples import examples_of
from lesionary.reports.parsing.tables import join_judged, pairs_of

PLACE: dict[str, Any] = {"record": pl.Int64, "start": pl.Int64, "end": pl.Int64}
COLUMNS: dict[str, dict[str, Any]] = {
    "sentences": {"modality": pl.String},
    "bookmarks": {"refers": pl.String},
    "mentions": {"label": pl.String},
    "relations": {"label": pl.String, "bookmark": pl.Int64, "relation": pl.String},
}
CLOSED = {"refers": ("lesion", "other"), "relation": RELATIONS}


class Place(NamedTuple):
    """`texts[record][start:end]`, and what it says: a label, or nothing."""

    record: int
    start: int
    end: int
    says: str = ""

    def agrees(self, other: Place) -> bool:
        """Whether both say the same and overlap."""
        same = self.record == other.record and self.says == other.says
        return same and self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Audit:
    """The four tables. Bookmarks, mentions and relations also have `sentence`, where their sentence starts."""

    sentences: pl.DataFrame
    bookmarks: pl.DataFrame
    mentions: pl.DataFrame
    relations: pl.DataFrame

    @classmethod
    def read(cls, folder: Path, name: str) -> Audit:
        """Read and check: a `CohortError` names the first row that cannot be."""
        tables = {}
        for part, more in COLUMNS.items():
            place = f"{name}_{part}.csv"
            tables[part] = pl.read_csv(folder / place, schema=PLACE | more)
            disordered = tables[part].filter(~_in_order(tables[part]))
            _refuse(place, disordered, "does not start before it ends, or not after the row above")
            for column in CLOSED.keys() & more.keys():
                strange = ~pl.col(column).is_in(CLOSED[column])
                _refuse(place, tables[part].filter(strange), f"knows another {column} than {', '.join(CLOSED[column])}")
        sentences = tables.pop("sentences")
        for part, table in tables.items():
            sides = sentences.select("record", sentence="start", until="end")
            inside = (pl.col("sentence") <= pl.col("start")) & (pl.col("end") <= pl.col("until"))
            tables[part] = table.join(sides, on="record", maintain_order="left").filter(inside).drop("until")
            lost = table.join(tables[part], on=table.columns, how="anti", maintain_order="left")
            _refuse(f"{name}_{part}.csv", lost, "lies in no judged sentence")
        audit = cls(sentences, **tables)
        marks = audit.lesions.select("record", "sentence", bookmark="start")
        for known, reason in ((audit.mentions, "judges no mention"), (marks, "judges no bookmark of a lesion")):
            lost = audit.relations.join(known, on=known.columns, how="anti", maintain_order="left")
            _refuse(f"{name}_relations.csv", lost, reason)
        return audit

    @property
    def lesions(self) -> pl.DataFrame:
        """The bookmarks that refer to a lesion."""
        return self.bookmarks.filter(pl.col("refers") == "lesion")

    def pairs(self, texts: Sequence[str]) -> tuple[pl.DataFrame, list[Example]]:
        """Every pair of a mention and a lesion's bookmark, as `tables.pairs_of` has them, and what a judge sees of it.

        Its report and patient are the record, its split is the modality; `judged` is the relation. Both spans are as
        judged by the person, so that a judge of relations is not charged with what others found.
        """
        report = pl.col("record").cast(pl.String).alias("report")
        spoken = [texts[record][start:end] for record, start, end, _ in self.sentences.iter_rows()]
        sentences = self.sentences.select(
            report, "start", "end", sentence="start", patient="record", split="modality", text=pl.Series(spoken)
        )
        bookmarks = self.lesions.select(report, "sentence", "start", "end", lesion=pl.lit(None, pl.String))
        mentions = self.mentions.select(report, "sentence", "start", "end", "label")
        pairs, _ = join_judged(pairs_of(sentences, bookmarks, mentions), self.relations.with_columns(report))
        return pairs, examples_of(pairs, sentences, bookmarks, mentions)


def _in_order(table: pl.DataFrame) -> pl.Series:
    """Rows that start before they end and come after the row above, none twice."""
    keys = list(table.iter_rows())
    after = [above < row for above, row in zip([(-1,), *keys], keys, strict=False)]
    return (table["start"] >= 0) & (table["start"] < table["end"]) & pl.Series(after, dtype=pl.Boolean)


def _refuse(place: str, rows: pl.DataFrame, reason: str) -> None:
    if len(rows):
        raise CohortError(place, f"row {','.join(map(str, rows.row(0)))}: {reason}", "correct the judgement")


def agreement(found: Sequence[Place], true: Sequence[Place], records: Sequence[int]) -> NDArray[np.int64]:
    """Counts of shape (records, 2, 2): [[found and true, found], [true and found, true]] of each of `records`.

    Whoever marked a word more or less is not charged for it.

    >>> agreement([Place(7, 0, 4, "mass"), Place(7, 5, 9, "cyst")], [Place(7, 2, 4, "mass")], [7]).tolist()
    [[[1, 2], [1, 1]]]
    """
    counts = np.zeros((len(records), 2, 2), np.int64)
    row = {record: number for number, record in enumerate(records)}
    for which, (ones, others) in enumerate(((found, true), (true, found))):
        for one in ones:
            met = any(
                one.record == other.record
                and one.says == other.says
                and one.start < other.end
                and other.start < one.end
                for other in others
            )
            counts[row[one.record], which] += met, 1
    return counts


class Share(NamedTuple):
    """A proportion with its interval; NaN where there is nothing to count."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def precision_recall(
    counts: NDArray[np.int64], *, replicates: int, level: float, rng: np.random.Generator
) -> tuple[Share, Share]:
    """Precision and recall of `agreement`; records are drawn for the intervals."""

    def shares(matrices: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        with np.errstate(invalid="ignore"):
            ratios = matrices[..., 0] / matrices[..., 1]
        return {"precision": ratios[..., 0], "recall": ratios[..., 1]}

    whole = shares(counts.sum(axis=0).astype(np.float64))
    intervals = bootstrap(counts, shares, replicates=replicates, level=level, rng=rng)
    precision, recall = (Share(float(whole[name]), *intervals[name]) for name in ("precision", "recall"))
    return precision, recall


def halves(records: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which entries belong to a half of the records, drawn at random; all entries of a record stay together."""
    each = np.unique(records)
    return np.isin(records, rng.permutation(each)[: len(each) // 2])
