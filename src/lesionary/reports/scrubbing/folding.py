"""A text as it is compared with names: in small letters, without accents, each character knowing where it stood.

"Müller", "MÜLLER", and "Mu" with a combining mark and "ller", are one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from lesionary.reports.scrubbing.patterns import Span

_STROKES = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4\u2032`", "'"), **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
})  # fmt: skip
"""Letters that Unicode does not take apart, and marks that people type for an apostrophe or a hyphen."""
_SYLLABLES = ("\uac00", "\ud7a3")
"""Of Hangul: taken apart, they would begin like one another."""
_SILENT = ("M", "Cf")
"""Categories of accents, soft hyphens and blanks without width."""
_BREAK = re.compile(r"(?<=[^\W\d_])-?[ \t]*\r?\n[ \t]*(?=[^\W\d_])")


@dataclass(frozen=True)
class Folded:
    """A text folded, and the place of each of its characters in the text as written."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The place of a passage in the text as written."""
        return self.places[start], self.places[end - 1] + 1

    def unbroken(self) -> Folded:
        """Without line breaks between letters, and hyphens before them: a word that a line ends within is whole.

        >>> fold("Qua-\\nsimodo,\\nseen").unbroken().text
        'quasimodo,\\nseen'
        """
        gone = {place for found in _BREAK.finditer(self.text) for place in range(*found.span())}
        kept = [place for place in range(len(self.text)) if place not in gone]
        return Folded("".join(self.text[place] for place in kept), tuple(self.places[place] for place in kept))


def fold(text: str) -> Folded:
    """Fold a text.

    >>> fold("Weiß").text, fold("Weiß").places
    ('weiss', (0, 1, 2, 3, 3))
    """
    letters = [(one, place) for place, character in enumerate(text) for one in _plain(character)]
    return Folded("".join(one for one, _ in letters), tuple(place for _, place in letters))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if _SYLLABLES[0] <= character <= _SYLLABLES[1]:
        return character
    apart = unicodedata.normalize("NFKD", character.translate(_STROKES)).casefold().translate(_STROKES)
    return "".join(one for one in apart if not unicodedata.category(one).startswith(_SILENT))
