"""A sentence with two marked spans, as the integers that a network reads.

Every token has five numbers (`Channel`), 0 being padding in each. Sentences are kept end to end and padded a batch at
a time, to the longest of that batch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Int
    from numpy import ndarray

Span = tuple[int, int]

PADDING, UNKNOWN = 0, 1
FIRST, SECOND = "@first", "@second"
TAGS = (FIRST, SECOND)
# -5 to 5 one by one, farther ones together; the last bin, beyond 30, needs no edge
EDGES = (-31, -21, -11, *range(-6, 6), 10, 20, 30)
POSITIONS = 1 + len(EDGES) + 1


class Channel(IntEnum):
    """What is told of a token."""

    WORD = 0
    PART = 1
    """Of speech."""
    TO_FIRST = 2
    """Binned distance to the first span."""
    TO_SECOND = 3
    KIND = 4


class Kind(IntEnum):
    """Which span a token belongs to; of several, the one with the highest number."""

    PADDING = 0
    NONE = 1
    OTHER = 2
    """Another mention."""
    OTHER_BOOKMARK = 3
    SECOND = 4
    """The bookmark in question."""
    FIRST = 5
    """The mention in question."""


@dataclass(frozen=True)
class Example:
    """A sentence and the pair asked about: does the mention `first` belong to the bookmark `second`?

    Spans are token numbers, end exclusive. Tokens may be lemmas; `pos` is a part of speech for each, if known.
    """

    tokens: tuple[str, ...]
    first: Span
    second: Span
    others: tuple[Span, ...] = ()
    """Other mentions."""
    other_bookmarks: tuple[Span, ...] = ()
    pos: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        size = len(self.tokens)
        for start, end in (self.first, self.second, *self.others, *self.other_bookmarks):
            if not 0 <= start < end <= size:
                raise ValueError(f"span {start}:{end} does not lie in a sentence of {size} tokens")
        if self.pos is not None and len(self.pos) != size:
            raise ValueError(f"{len(self.pos)} parts of speech for {size} tokens")


@lru_cache(maxsize=65536)
def normalised(token: str) -> str:
    """Lower case; a number is 0.

    >>> [normalised(token) for token in ("Mass", "2.3", "IMA", "8-34")]
    ['mass', '0.0', 'ima', '0-0']
    """
    return re.sub(r"\d+", "0", token.lower())


def blinded(example: Example) -> str:
    """The sentence, normalised, with a tag for every word of the two spans.

    >>> blinded(Example(("Large", "nodule", "of", "14", "mm", "."), first=(1, 2), second=(3, 5)))
    'large @first of @second @second .'
    """
    words = [normalised(token) for token in example.tokens]
    for (start, end), tag in ((example.second, SECOND), (example.first, FIRST)):
        words[start:end] = [tag] * (end - start)
    return " ".join(words)


def distance_bin(distance: Int[ndarray, " *any"]) -> Int[ndarray, " *any"]:
    """Bin, from 1, of a token's distance: negative before the span, 0 inside, positive behind.

    >>> distance_bin(np.array([-40, -6, -5, 0, 5, 6, 30, 31])).tolist()
    [1, 4, 5, 10, 15, 16, 18, 19]
    """
    return 1 + np.searchsorted(EDGES, distance)


@dataclass(frozen=True)
class Vocabulary:
    """The words and parts of speech that training knew; `asdict` of it is plain data."""

    words: tuple[str, ...]
    pos: tuple[str, ...]

    @classmethod
    def fit(cls, examples: Iterable[Example], *, min_count: int) -> Vocabulary:
        """Words that occur `min_count` times or more; a sentence counts once, however many pairs it has."""
        sentences = {example.tokens: example.pos or () for example in examples}
        words = Counter(normalised(token) for token in chain.from_iterable(sentences))
        pos = set(chain.from_iterable(sentences.values()))
        return cls(tuple(sorted(word for word, count in words.items() if count >= min_count)), tuple(sorted(pos)))

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Vocabulary:
        """What `asdict` gave, once through JSON."""
        return cls(tuple(data["words"]), tuple(data["pos"]))

    @cached_property
    def word_ids(self) -> dict[str, int]:
        """The two tags stand before the words."""
        return {word: number for number, word in enumerate(TAGS + self.words, start=UNKNOWN + 1)}

    @cached_property
    def pos_ids(self) -> dict[str, int]:
        """Without part of speech a token has `UNKNOWN`."""
        return {pos: number for number, pos in enumerate(self.pos, start=UNKNOWN + 1)}

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many numbers each channel has, padding among them."""
        return UNKNOWN + 1 + len(self.word_ids), UNKNOWN + 1 + len(self.pos_ids), POSITIONS, POSITIONS, len(Kind)


@dataclass(frozen=True)
class Encoded:
    """Examples, their tokens end to end."""

    ids: Int[ndarray, "channels tokens"]
    lengths: Int[ndarray, " examples"]
    starts: Int[ndarray, " examples"]

    def padded(self, which: Int[ndarray, " batch"]) -> Int[ndarray, "batch channels longest"]:
        """Some of the examples, filled up with `PADDING`."""
        places = np.arange(self.lengths[which].max(initial=0))
        real = places < self.lengths[which][:, None]
        at = np.where(real, self.starts[which][:, None] + places, 0)
        return np.ascontiguousarray(np.where(real, self.ids[:, at], PADDING).swapaxes(0, 1))


def encode(examples: Sequence[Example], vocabulary: Vocabulary) -> Encoded:
    """All channels of `examples`."""
    lengths = np.array([len(example.tokens) for example in examples], np.int64)
    starts = np.cumsum(lengths) - lengths
    firsts, seconds = [(example.first,) for example in examples], [(example.second,) for example in examples]
    first, second = _inside(starts, firsts), _inside(starts, seconds)

    words = _numbers([example.tokens for example in examples], vocabulary.word_ids, normalised)
    words[second], words[first] = vocabulary.word_ids[SECOND], vocabulary.word_ids[FIRST]
    parts = [example.pos or ("",) * len(example.tokens) for example in examples]
    kinds = np.full(len(words), Kind.NONE)
    kinds[_inside(starts, [example.others for example in examples])] = Kind.OTHER
    kinds[_inside(starts, [example.other_bookmarks for example in examples])] = Kind.OTHER_BOOKMARK
    kinds[second], kinds[first] = Kind.SECOND, Kind.FIRST

    channels = {
        Channel.WORD: words,
        Channel.PART: _numbers(parts, vocabulary.pos_ids, str),
        Channel.TO_FIRST: distance_bin(_distances(starts, lengths, firsts)),
        Channel.TO_SECOND: distance_bin(_distances(starts, lengths, seconds)),
        Channel.KIND: kinds,
    }
    return Encoded(np.stack([channels[channel] for channel in Channel]).astype(np.int32), lengths, starts)


def _numbers(
    sentences: Sequence[tuple[str, ...]], ids: dict[str, int], spelling: Callable[[str], str]
) -> Int[ndarray, " tokens"]:
    """Number of every token of every sentence."""
    known = {token: ids.get(spelling(token), UNKNOWN) for token in set(chain.from_iterable(sentences))}
    return np.array([known[token] for token in chain.from_iterable(sentences)], np.int64)


def _inside(starts: Int[ndarray, " examples"], spans: Sequence[tuple[Span, ...]]) -> Int[ndarray, " inside"]:
    """Places of all tokens that lie in a span of their own sentence."""
    ends = [(at + i, at + j) for at, own in zip(starts.tolist(), spans, strict=True) for i, j in own]
    start, end = np.array(ends, np.int64).reshape(-1, 2).T
    sizes = end - start
    return np.repeat(start - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())


def _distances(
    starts: Int[ndarray, " examples"], lengths: Int[ndarray, " examples"], spans: Sequence[tuple[Span]]
) -> Int[ndarray, " tokens"]:
    """Of every token to its sentence's span."""
    start, end = (starts[:, None] + np.array(spans, np.int64).reshape(-1, 2)).repeat(lengths, axis=0).T
    place = np.arange(lengths.sum())
    distances: ndarray = np.minimum(place - start, 0) + np.maximum(place - (end - 1), 0)
    return distances
