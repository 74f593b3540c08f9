"""Reports as tables: sentences with a bookmark, the bookmarks, the mentions, and the pairs to be judged.

A report with hyperlinks is taken at its word: its sizes and image references count as bookmarks only where nothing was
linked, and are given the lesion that agrees with them (`matching`). Sentences without a bookmark are left where they
are (LesaNet, 3.2). All positions count in the whole report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from lesionary.base.errors import ReportError
from lesionary.cohorts.contract.set_aside import Kind as Item
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.texts import Report
from lesionary.reports.parsing.bookmarks import Bookmark, Kind, find_bookmarks
from lesionary.reports.parsing.matching import Matcher
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.sentences import Sentence, split_sentences

SENTENCES: dict[str, Any] = {
    "report": pl.String,
    "sentence": pl.Int32,
    "study": pl.String,
    "patient": pl.String,
    "split": pl.String,
    "section": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "text": pl.String,
}
BOOKMARKS: dict[str, Any] = {
    "report": pl.String,
    "sentence": pl.Int32,
    "start": pl.Int64,
    "end": pl.Int64,
    "kind": pl.String,
    "size_mm": pl.List(pl.Float64),
    "series": pl.Int32,
    "slice": pl.Int32,
    "lesion": pl.String,
}
MENTIONS: dict[str, Any] = {
    "report": pl.String,
    "sentence": pl.Int32,
    "start": pl.Int64,
    "end": pl.Int64,
    "label": pl.String,
}


LONGEST = 2_000
MOST_BOOKMARKS = 50
"""Of a sentence, in characters and in bookmarks: more is a table or a text without stops, not a sentence, and its pairs
of mention and bookmark would be too many to judge. The longest of 1,000 real reports has 697 and 5."""


def bookmarked_sentences(
    reports: Iterable[Report], splits: Mapping[str, str], set_aside: SetAside, match: Matcher | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sentences with a bookmark, and their bookmarks; a report without any is set aside."""
    sentences: list[tuple[Any, ...]] = []
    bookmarks: list[tuple[Any, ...]] = []
    silent: list[str] = []
    for report in reports:
        found = _counted(find_bookmarks(report.text, report.links))
        if not found:
            silent.append(report.name)
        who = (report.study, report.patient, splits[report.patient])
        for number, (start, end, section), here in _with_bookmarks(report, found, set_aside):
            told = match(here, report.name, report.study) if match and here[0].kind is not Kind.HYPERLINK else here
            sentences.append((report.name, number, *who, section, start, end, report.text[start:end]))
            bookmarks += [
                (report.name, number, b.start, b.end, b.kind.value, list(b.size_mm), b.series, b.slice, b.lesion)
                for b in told
            ]
    error = ReportError("reports", "has no bookmark", "link its lesions in bookmarks.csv, or leave it: it is not used")
    set_aside.add_all(Item.REPORT, silent, error)
    return pl.DataFrame(sentences, SENTENCES, orient="row"), pl.DataFrame(bookmarks, BOOKMARKS, orient="row")


def _counted(bookmarks: Sequence[Bookmark]) -> list[Bookmark]:
    links = [one for one in bookmarks if one.kind is Kind.HYPERLINK]
    return links or list(bookmarks)


def _with_bookmarks(
    report: Report, bookmarks: Sequence[Bookmark], set_aside: SetAside
) -> Iterator[tuple[int, Sentence, list[Bookmark]]]:
    """Number, place and bookmarks of the sentences that have some; what is no sentence is set aside."""
    at = 0
    for number, sentence in enumerate(split_sentences(report.text) if bookmarks else ()):
        while at < len(bookmarks) and bookmarks[at].start < sentence.start:
            at += 1  # in a heading
        first = at
        while at < len(bookmarks) and bookmarks[at].start < sentence.end:
            at += 1
        if first == at:
            continue
        with set_aside.guard(Item.SENTENCE, f"{report.name}, sentence {number}"):
            if sentence.end - sentence.start > LONGEST or at - first > MOST_BOOKMARKS:
                place = f"{report.name}, characters {sentence.start} to {sentence.end}, {at - first} bookmarks"
                reason = f"is no sentence: it has over {LONGEST} characters or over {MOST_BOOKMARKS} bookmarks"
                raise ReportError(place, reason, "end sentences with full stops, or part its lines by empty ones")
            yield number, sentence, list(bookmarks[first:at])


def mentions_of(sentences: pl.DataFrame, finder: MentionFinder) -> pl.DataFrame:
    """Labels mentioned in each sentence."""
    rows: list[tuple[Any, ...]] = []
    places = sentences.select("report", "sentence", "start").iter_rows()
    found = finder.pipe(sentences["text"])
    for (report, number, start), mentions in zip(places, found, strict=True):
        rows += [(report, number, start + m.start, start + m.end, m.label) for m in mentions]
    return pl.DataFrame(rows, MENTIONS, orient="row")


def pairs_of(sentences: pl.DataFrame, bookmarks: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Every mention with every bookmark of its sentence that it is not a part of.

    Columns: report, sentence, patient, split, start, end, label, bookmark (where it starts), bookmark_end, lesion.
    """
    sides = bookmarks.select("report", "sentence", "lesion", bookmark="start", bookmark_end="end")
    pairs = mentions.join(sides, on=("report", "sentence"), maintain_order="left_right")
    apart = (pl.col("end") <= pl.col("bookmark")) | (pl.col("bookmark_end") <= pl.col("start"))
    owners = sentences.select("report", "sentence", "patient", "split")
    return pairs.filter(apart).join(owners, on=("report", "sentence"), maintain_order="left")


def join_judged(pairs: pl.DataFrame, judged: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """`pairs` with the column `judged`, and how many judgements concern no pair.

    A judgement belongs to the mention of its label and bookmark that its span overlaps; a judge may have marked a
    word more or less than the matcher did.
    """
    numbered = pairs.with_row_index("n")
    both = judged.with_row_index("j").join(numbered, on=("report", "label", "bookmark"), suffix="_found")
    overlap = (pl.col("start") < pl.col("end_found")) & (pl.col("start_found") < pl.col("end"))
    matched = both.filter(overlap)
    relation = matched.unique("n", keep="first", maintain_order=True).select("n", judged="relation")
    joined = numbered.join(relation, on="n", how="left", maintain_order="left").drop("n")
    return joined, len(judged) - matched["j"].n_unique()
