"""Pairs of a table as what a judge is given: the words of their sentence, both spans, and the other spans.

Words are in plain form; where the tokeniser's pipeline tells parts of speech, these come along.
"""

from __future__ import annotations

import polars as pl

from lesionary.reports.judges.encoding import Example, Span
from lesionary.reports.parsing.tokens import Tokeniser, Word, covering

Key = tuple[str, int]
"""A report and the number of a sentence in it."""


def examples_of(
    pairs: pl.DataFrame,
    sentences: pl.DataFrame,
    bookmarks: pl.DataFrame,
    mentions: pl.DataFrame,
    tokeniser: Tokeniser | None = None,
) -> list[Example]:
    """One example a row of `pairs`, in their order; without a tokeniser spaCy's English one."""
    words = dict(zip(_keys(sentences), (tokeniser or Tokeniser()).pipe(sentences["text"]), strict=True))
    starts = dict(zip(_keys(sentences), sentences["start"], strict=True))
    lemmas = {key: tuple(word.lemma for word in here) for key, here in words.items()}
    parts = {key: tuple(word.pos for word in here) for key, here in words.items()}
    mentioned, marked = _spans(mentions, words, starts), _spans(bookmarks, words, starts)
    examples = []
    columns = pairs.select("start", "end", "bookmark", "bookmark_end").iter_rows()
    for key, (start, end, bookmark, bookmark_end) in zip(_keys(pairs), columns, strict=True):
        first, others = _parted(mentioned[key], (start, end))
        second, other_bookmarks = _parted(marked[key], (bookmark, bookmark_end))
        pos = parts[key] if any(parts[key]) else None
        examples.append(Example(lemmas[key], first, second, others, other_bookmarks, pos))
    return examples


def _keys(table: pl.DataFrame) -> list[Key]:
    return list(table.select("report", "sentence").iter_rows())


def _spans(table: pl.DataFrame, words: dict[Key, list[Word]], starts: dict[Key, int]) -> dict[Key, dict[Span, Span]]:
    """By sentence: places in the report, and the words that they cover."""
    found: dict[Key, dict[Span, Span]] = {}
    for key, start, end in zip(_keys(table), table["start"], table["end"], strict=True):
        here = found.setdefault(key, {})
        if (start, end) not in here:
            here[start, end] = covering(words[key], start - starts[key], end - starts[key])
    return found


def _parted(spans: dict[Span, Span], asked: Span) -> tuple[Span, tuple[Span, ...]]:
    return spans[asked], tuple(words for place, words in spans.items() if place != asked)
