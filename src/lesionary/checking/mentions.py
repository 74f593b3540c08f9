"""What the reports of a cohort say: the code of find_bookmarks and match_labels, writing nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain

import polars as pl

from lesionary.checking.mined import check_mined
from lesionary.checking.problems import Problem
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import overruled, split_patients
from lesionary.cohorts.indexing.index import Index
from lesionary.cohorts.mined import MinedElsewhere
from lesionary.cohorts.texts import Texts
from lesionary.ontology.graph import Ontology
from lesionary.params.reports import BookmarksParams
from lesionary.reports.growing import batches
from lesionary.reports.parsing.matching import Matcher, Tolerance, targets_by_study
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import bookmarked_sentences, mentions_of, pairs_of
from lesionary.reports.scrubbing.scrubbing import Scrubber
from lesionary.running.progress import progress

REPORTS = 1_000
"""Read at a time."""
KEPT = {
    "report": pl.String, "label": pl.String, "bookmark": pl.Int64, "start": pl.Int64, "end": pl.Int64,
    "lesion": pl.String, "patient": pl.String, "split": pl.String,
}  # fmt: skip
"""Columns of pairs that later steps ask for."""


@dataclass(frozen=True)
class Sample:
    """Tables of some reports, as `reports.parsing.tables` makes them."""

    sentences: pl.DataFrame
    bookmarks: pl.DataFrame
    mentions: pl.DataFrame
    pairs: pl.DataFrame


@dataclass
class Mentions:
    """Pairs of a mention and a bookmark, what people judged, and who is in which split."""

    pairs: pl.DataFrame
    """`KEPT`."""
    judged: pl.DataFrame
    by_hand: pl.DataFrame
    splits: dict[str, str]
    """Of every patient."""
    given: MinedElsewhere
    """Labels of mined.csv that the ontology has."""
    noticed: list[Problem]
    """What is to be said of that table."""
    counts: Counter[str] = field(default_factory=Counter)
    sample: Sample | None = None
    """The first reports with a pair, at most `REPORTS`."""


def read_mentions(
    index: Index, lesions: pl.DataFrame, ontology: Ontology, bookmarks: BookmarksParams, seed: int, set_aside: SetAside
) -> Mentions:
    """Read all tables of text; `CohortError` where one cannot be read as a whole, or a patient stands in two splits."""
    texts = Texts(index.cohort, lesions, set_aside)
    given, noticed = check_mined(index.cohort, lesions, ontology, set_aside)
    parts = chain(lesions.select("patient", "split").iter_rows(), texts.patients())
    splits = split_patients(overruled(parts, given.splits), seed)
    series = index.series_table()
    match = Matcher(targets_by_study(lesions, series), Tolerance(bookmarks.tolerance_mm, bookmarks.tolerance_share))
    scrubbed = Scrubber.of(index.cohort, bookmarks.scrub, lesions, series)
    finder = MentionFinder(ontology)
    counts: Counter[str] = Counter()
    found, sample = [], None
    for batch in batches(scrubbed(progress(texts.reports(), "finding bookmarks")), REPORTS):
        sentences, marked = bookmarked_sentences(batch, splits, set_aside, match)
        mentions = mentions_of(sentences, finder)
        pairs = pairs_of(sentences, marked, mentions)
        counts += Counter(reports=len(batch), sentences=len(sentences), bookmarks=len(marked), pairs=len(pairs))
        if sample is None and len(pairs):
            sample = Sample(sentences, marked, mentions, pairs)
        found.append(pairs.select(*KEPT))
    match.report(set_aside)
    counts["passages scrubbed"] = scrubbed.counts.total()
    pairs = pl.concat(found) if found else pl.DataFrame(schema=KEPT)
    return Mentions(pairs, texts.judged(), texts.labelled(), splits, given, noticed, counts, sample)
