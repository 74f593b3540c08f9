"""Sample sentences, with what was found in them and how it was judged.

A sentence is shown as blocks of text. Mentions that overlap share a block, since their marks could not be nested; a
bookmark may run through several blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from lesionary.cohorts.relations import RELATIONS
from lesionary.ontology.graph import Ontology

Row = dict[str, Any]


@dataclass(frozen=True)
class Tag:
    """One mention's relation to one bookmark."""

    label: str
    relation: str
    """As the classifier says."""
    probability: float
    bookmark: int
    """Its number in the sentence, from 1; 0 where the sentence has no other."""
    judged: str
    """By hand, where that differs; else empty."""
    all_probabilities: str


@dataclass(frozen=True)
class Piece:
    """Text that is wholly inside or outside a bookmark."""

    text: str
    bookmark: int
    """0 outside."""
    closes: bool
    """Whether the bookmark ends here."""


@dataclass(frozen=True)
class Block:
    """Plain text, or mentions with their tags."""

    pieces: tuple[Piece, ...]
    tags: tuple[Tag, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def relation(self) -> str:
        """The strongest of its relations; empty for plain text."""
        return min((tag.relation for tag in self.tags), key=RELATIONS.index, default="")


@dataclass(frozen=True)
class Outcome:
    """What the sentence says of the lesion behind one bookmark."""

    bookmark: int
    lesion: str
    relevant: tuple[str, ...]
    uncertain: tuple[str, ...]
    expanded: tuple[str, ...]
    """Parents that the relevant ones imply."""


@dataclass(frozen=True)
class Sample:
    """One sentence."""

    report: str
    sentence: str
    blocks: tuple[Block, ...]
    outcomes: tuple[Outcome, ...]


def choose(sentences: pl.DataFrame, relations: pl.DataFrame, count: int) -> list[Row]:
    """Test sentences with the most different relations, then of lesions with an image, then with the most labels.

    One a patient. Where that leaves fewer than `count`, the next of patients who have one already. Ties: by report and
    sentence.
    """
    test = sentences.filter(pl.col("split") == "test").join(relations, on=["report", "sentence"], how="inner")
    ranked = (
        test.group_by("report", "sentence", "patient")
        .agg(
            pl.col("predicted").n_unique().alias("relations"),
            pl.col("lesion").is_not_null().any().alias("image"),
            pl.col("label").n_unique().alias("labels"),
        )
        .sort("relations", "image", "labels", "report", "sentence", descending=[True, True, True, False, False])
    )
    first = ranked.unique("patient", keep="first", maintain_order=True)
    rest = ranked.join(first, on=["report", "sentence"], how="anti", maintain_order="left")
    keys = pl.concat([first, rest]).head(count).select("report", "sentence")
    return keys.join(sentences, on=["report", "sentence"], how="left", maintain_order="left").to_dicts()


def samples(
    sentences: pl.DataFrame, bookmarks: pl.DataFrame, relations: pl.DataFrame, ontology: Ontology, count: int = 12
) -> list[Sample]:
    """The chosen sentences, ready to be shown."""
    found = []
    for row in choose(sentences, relations, count):
        here = (pl.col("report") == row["report"]) & (pl.col("sentence") == row["sentence"])
        marks = bookmarks.filter(here).sort("start", "end").to_dicts()
        mentions = relations.filter(here).sort("start", "end", "label", "bookmark").to_dicts()
        number = {mark["start"]: n for n, mark in enumerate(marks, 1)}
        outcomes = tuple(_outcome(n, mark, mentions, ontology) for n, mark in enumerate(marks, 1))
        parts = tuple(blocks(row, marks, mentions, number if len(marks) > 1 else {}))
        found.append(Sample(str(row["report"]), str(row["sentence"]), parts, outcomes))
    return found


def blocks(sentence: Row, marks: Sequence[Row], mentions: Sequence[Row], number: dict[int, int]) -> Iterator[Block]:
    """The sentence from left to right; mentions come sorted by start."""
    start, end = sentence["start"], sentence["end"]
    at = start
    while mentions:
        first = max(at, mentions[0]["start"])
        stop, size = mentions[0]["end"], 1
        while size < len(mentions) and mentions[size]["start"] < stop:
            stop, size = max(stop, mentions[size]["end"]), size + 1
        if at < first:
            yield Block(tuple(_pieces(sentence, marks, at, first)), ())
        tags = tuple(_tag(mention, number) for mention in mentions[:size])
        at = min(stop, end)
        yield Block(tuple(_pieces(sentence, marks, first, at)), tags)
        mentions = mentions[size:]
    if at < end:
        yield Block(tuple(_pieces(sentence, marks, at, end)), ())


def _pieces(sentence: Row, marks: Sequence[Row], start: int, end: int) -> Iterator[Piece]:
    edges = {edge for mark in marks for edge in (mark["start"], mark["end"]) if start < edge < end}
    cuts = [start, *sorted(edges), end]
    for left, right in pairwise(cuts):
        inside = [n for n, mark in enumerate(marks, 1) if mark["start"] <= left and right <= mark["end"]]
        text = sentence["text"][left - sentence["start"] : right - sentence["start"]]
        bookmark = inside[-1] if inside else 0
        yield Piece(text, bookmark, bool(bookmark) and marks[bookmark - 1]["end"] == right)


def _tag(mention: Row, number: dict[int, int]) -> Tag:
    relation, judged = mention["predicted"], mention["judged"]
    chances = ", ".join(f"{name} {mention[f'p_{name}']:.2f}" for name in RELATIONS)
    differs = judged if judged is not None and judged != relation else ""
    return Tag(
        mention["label"], relation, mention[f"p_{relation}"], number.get(mention["bookmark"], 0), differs, chances
    )


def _outcome(n: int, mark: Row, mentions: Sequence[Row], ontology: Ontology) -> Outcome:
    """Labels as they are used in the test split: a judge's word stands before the classifier's."""
    used = [(m["label"], m["judged"] or m["predicted"]) for m in mentions if m["bookmark"] == mark["start"]]
    relevant = {label for label, relation in used if relation == "relevant"}
    parents = {parent for label in relevant if label in ontology.index for parent in ontology.ancestors(label)}
    uncertain = {label for label, relation in used if relation == "uncertain"} - relevant - parents
    parts = (tuple(sorted(part)) for part in (relevant, uncertain, parents - relevant))
    return Outcome(n, mark["lesion"] or "", *parts)
