"""Words of a text and their plain forms, with exact places in it.

Tokens are spaCy's. Its English tokeniser takes every run of characters without white space by itself, so that each run
that a cohort writes again and again is tokenised once and remembered. Plain forms are lemminflect's, read as nouns: it
knows mass, metastasis and focus where spaCy's lookup table gives "masse", and leaves "hypoattenuating" alone; what it
must not touch stands in `spelling.yaml`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import spacy
import yaml
from lemminflect import getLemma
from spacy.language import Language

from lesionary.base.errors import ParamsError

PLAIN = "en"
"""The name that stands for spaCy's English tokeniser alone, without an installed pipeline."""

PLURALS = ("s", "ae", "ata", "cula", "mbi", "oli")
"""Ends of words that are taken as plurals although the dictionary does not know them."""
BATCH = 200_000
"""Characters that an installed pipeline reads before spaCy forgets the words that it met."""
REMEMBERED = 65_536
"""Runs of characters whose tokens are kept, those used last."""

_ODD = {code: " " for code in [*range(32), *range(127, 160)] if chr(code) not in "\t\n\v\f\r\x85"}
_ODD |= {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_ODD |= {ord(quote): "'" for quote in "\u2018\u2019"} | {ord(quote): '"' for quote in "\u201c\u201d"}
_ODD |= {0x91: "'", 0x92: "'", 0x93: '"', 0x94: '"', 0x96: "-", 0x97: "-"}  # Windows-1252, read as Latin-1
_ODD |= {0xD7: "x", 0xFE55: ":", 0x2022: "*", 0xFFFD: " ", 0x200B: " "}
_RUN = re.compile(r"\S{120,}")
_TOGETHER = re.compile(r"\S+")


class Word(NamedTuple):
    """A token: `text[start:end]` of what was read."""

    text: str
    lemma: str
    start: int
    end: int
    pos: str = ""
    """Part of speech (universal), if the pipeline tells."""


def plain(text: str) -> str:
    r"""`text` with control characters as spaces and typographic marks as plain ones; every place stays the same.

    A run of 120 characters without a space is no word; as spaces it costs nothing.

    >>> plain("2.3 \u00d7 2.1\x00cm \u2013 patient\x92s")
    "2.3 x 2.1 cm - patient's"
    """
    return _RUN.sub(lambda run: " " * len(run.group()), text.translate(_ODD))


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """Plain form of a word, in lower case.

    >>> [lemma(word) for word in ("Masses", "metastases", "lower", "hypoattenuating", "hila", "pelvis", "L4")]
    ['mass', 'metastasis', 'lower', 'hypoattenuating', 'hila', 'pelvis', 'l4']
    """
    word = word.lower()
    if len(word) < 4 or word.endswith(("ss", "us", "is")) or word in spelling("keep") or not word.isalpha():
        return word
    known = getLemma(word, upos="NOUN", lemmatize_oov=False)
    if not known and word.endswith(PLURALS):  # its rules would turn any hematoma into a "hematomum"
        known = getLemma(word, upos="NOUN")
    return sys.intern(next(iter(known), word))


@cache
def spelling(part: str) -> frozenset[str]:
    """One part of `spelling.yaml`."""
    parts = yaml.safe_load((files("lesionary.reports.parsing") / "spelling.yaml").read_text(encoding="utf-8"))
    return frozenset(parts[part])


class Tokeniser:
    """Texts to words; `pipeline` is an installed spaCy pipeline, whose parts of speech are then told, or "en"."""

    def __init__(self, pipeline: str = PLAIN) -> None:
        self._nlp = spacy.blank("en") if pipeline == PLAIN else _installed(pipeline)
        self._tags = pipeline != PLAIN
        self._tokens = lru_cache(maxsize=REMEMBERED)(self._tokenised)

    def __call__(self, text: str) -> list[Word]:
        """All words of `text`; white space is none."""
        return next(self.pipe([text]))

    def pipe(self, texts: Iterable[str]) -> Iterator[list[Word]]:
        """Words of text after text, in memory that does not grow with their number."""
        if not self._tags:
            yield from map(self._words, texts)
            return
        for batch in _batches(texts):
            with self._nlp.memory_zone():
                read = [self._tagged(plain(text)) for text in batch]
            yield from read

    def _words(self, text: str) -> list[Word]:
        return [
            Word(word, form, run.start() + start, run.start() + end)
            for run in _TOGETHER.finditer(plain(text))
            for word, form, start, end in self._tokens(run.group())
        ]

    def _tokenised(self, run: str) -> tuple[tuple[str, str, int, int], ...]:
        """Text, plain form, start and end of each token in `run`."""
        with self._nlp.memory_zone():
            found = [(token.text, token.idx) for token in self._nlp.tokenizer(run)]
        return tuple((word, lemma(word), start, start + len(word)) for word, start in found)

    def _tagged(self, text: str) -> list[Word]:
        return [
            Word(word, lemma(word), token.idx, token.idx + len(word), token.pos_)
            for token in self._nlp(text)
            if not (word := token.text).isspace()
        ]


def _installed(pipeline: str) -> Language:
    try:
        return spacy.load(pipeline, exclude=["parser", "ner"])
    except OSError:
        cure = f"install it, or use {PLAIN}, which tells no parts of speech"
        raise ParamsError(f"pipeline {pipeline}", "spaCy has no pipeline of this name installed", cure) from None


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size > BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def covering(words: Sequence[Word], start: int, end: int) -> tuple[int, int]:
    """First and one past the last of the words that lie, in part at least, in `start` to `end`.

    >>> covering(Tokeniser()("right upper lobe"), 6, 16)
    (1, 3)
    """
    inside = [i for i, word in enumerate(words) if word.start < end and start < word.end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)
