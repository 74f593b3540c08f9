"""Words of a text and their plain forms, with exact places in it.

Tokens are spaCy's. Plain forms are lemminflect's, read as nouns: it knows mass, metastasis and focus where spaCy's
lookup table gives "masse", and leaves "hypoattenuating" alone; what it must not touch stands in `spelling.yaml`.
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

from lesionary.errors import ParamsError

PLAIN = "en"
"""The name that stands for spaCy's English tokeniser alone, without an installed pipeline."""

PLURALS = ("s", "ae", "ata", "cula", "mbi", "oli")
"""Ends of words that are taken as plurals although the dictionary does not know them."""
BATCH = 200_000
"""Characters read before spaCy forgets the words that it met; less costs time, more memory."""

_ODD = {code: " " for code in [*range(32), *range(127, 160)] if chr(code) not in "\t\n\v\f\r\x85"}
_ODD |= {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_ODD |= {ord(quote): "'" for quote in "\u2018\u2019"} | {ord(quote): '"' for quote in "\u201c\u201d"}
_ODD |= {0x91: "'", 0x92: "'", 0x93: '"', 0x94: '"', 0x96: "-", 0x97: "-"}  # Windows-1252, read as Latin-1
_ODD |= {0xD7: "x", 0xFE55: ":", 0x2022: "*", 0xFFFD: " ", 0x200B: " "}
_RUN = re.compile(r"\S{120,}")


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
    parts = yaml.safe_load((files("lesionary.reports") / "spelling.yaml").read_text(encoding="utf-8"))
    return frozenset(parts[part])


class Tokeniser:
    """Texts to words; `pipeline` is an installed spaCy pipeline, whose parts of speech are then told, or "en"."""

    def __init__(self, pipeline: str = PLAIN) -> None:
        self._nlp = spacy.blank("en") if pipeline == PLAIN else _installed(pipeline)
        self._tags = pipeline != PLAIN

    def __call__(self, text: str) -> list[Word]:
        """All words of `text`; white space is none."""
        return next(self.pipe([text]))

    def pipe(self, texts: Iterable[str]) -> Iterator[list[Word]]:
        """Words of text after text; spaCy forgets the words of each batch behind it, so memory does not grow."""
        for batch in _batches(texts):
            with self._nlp.memory_zone():
                read = [self._words(plain(text)) for text in batch]
            yield from read

    def _words(self, text: str) -> list[Word]:
        document = self._nlp(text) if self._tags else self._nlp.tokenizer(text)
        return [
            Word(word, lemma(word), token.idx, token.idx + len(word), token.pos_ if self._tags else "")
            for token in document
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
