"""Slips of the keyboard."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from lesionary.phantom.telling import Sentence

_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True)
class _Slip:
    start: int
    end: int
    written: str


def mistyped(sentence: Sentence, rate: float, rng: np.random.Generator) -> Sentence:
    """`sentence` with a slip in a share `rate` of its longer words, none in a bookmark.

    Two letters change places, or one is left out or struck twice. A label that is misspelt is no mention any more:
    whoever looks for it finds nothing to judge.
    """
    slips = [
        _slip(word.start(), word.group(), rng)
        for word in _WORD.finditer(sentence.text)
        if not any(link.start < word.end() and word.start() < link.end for link in sentence.links)
        if rng.random() < rate
    ]
    if not slips:
        return sentence
    text, at = "", 0
    for slip in slips:
        text += sentence.text[at : slip.start] + slip.written
        at = slip.end

    def now(place: int) -> int:
        return place + sum(len(slip.written) - (slip.end - slip.start) for slip in slips if slip.end <= place)

    whole = [m for m in sentence.mentions if not any(slip.start < m.end and m.start < slip.end for slip in slips)]
    return Sentence(
        text + sentence.text[at:],
        [replace(mention, start=now(mention.start), end=now(mention.end)) for mention in whole],
        [replace(link, start=now(link.start), end=now(link.end)) for link in sentence.links],
    )


def _slip(start: int, word: str, rng: np.random.Generator) -> _Slip:
    at = 1 + int(rng.integers(len(word) - 2))  # the first letter is seldom wrong
    pair = word[at : at + 2]
    dropped, doubled = pair[1], pair[0] + pair
    swapped = pair[::-1] if pair[0] != pair[1] else dropped
    slip = (swapped, dropped, doubled)[int(rng.integers(3))]
    return _Slip(start, start + len(word), word[:at] + slip + word[at + 2 :])
