"""From pairs of a table to what a judge is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl
import pytest

from lesionary.base.errors import ParamsError
from lesionary.reports.judges.examples import examples_of
from lesionary.reports.parsing.tokens import Tokeniser, Word

TEXT = "A liver cyst of 14 mm and a spleen nodule of 9 mm."
KEYS = {"report": "R-1", "sentence": 0}
START = 100
"""Of the sentence in its report."""


def place(words: str) -> tuple[int, int]:
    return START + TEXT.index(words), START + TEXT.index(words) + len(words)


def spans(*words: str) -> pl.DataFrame:
    return pl.DataFrame([{**KEYS, "start": place(one)[0], "end": place(one)[1]} for one in words])


SENTENCES = pl.DataFrame([{**KEYS, "start": START, "end": START + len(TEXT), "text": TEXT}])
MENTIONS, BOOKMARKS = spans("liver cyst", "cyst", "spleen"), spans("14 mm", "9 mm")


def pairs(mention: str, bookmark: str) -> pl.DataFrame:
    (start, end), (at, to) = place(mention), place(bookmark)
    return pl.DataFrame([{**KEYS, "start": start, "end": end, "bookmark": at, "bookmark_end": to}])


class Tagger(Tokeniser):
    """Knows one part of speech."""

    def pipe(self, texts: Iterable[str]) -> Iterator[list[Word]]:
        for words in super().pipe(texts):
            yield [word._replace(pos="NUM" if word.text.isdigit() else "X") for word in words]


def test_a_judge_is_given_both_spans_and_the_others() -> None:
    (example,) = examples_of(pairs("cyst", "9 mm"), SENTENCES, BOOKMARKS, MENTIONS)
    said = [example.tokens[slice(*span)] for span in (example.first, example.second)]
    assert said == [("cyst",), ("9", "mm")]
    assert [example.tokens[slice(*span)] for span in example.others] == [("liver", "cyst"), ("spleen",)]
    assert [example.tokens[slice(*span)] for span in example.other_bookmarks] == [("14", "mm")]
    assert example.pos is None


def test_parts_of_speech_come_along_where_the_pipeline_tells_them() -> None:
    (example,) = examples_of(pairs("cyst", "9 mm"), SENTENCES, BOOKMARKS, MENTIONS, Tagger())
    assert example.pos is not None
    assert [word for word, pos in zip(example.tokens, example.pos, strict=True) if pos == "NUM"] == ["14", "9"]


def test_a_pipeline_that_is_not_installed_is_refused_by_name() -> None:
    with pytest.raises(ParamsError, match=r"pipeline en_core_moon: spaCy has no pipeline of this name installed"):
        Tokeniser("en_core_moon")
