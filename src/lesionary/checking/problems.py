"""What a check says against a cohort, and what of it may leave the folder of the cohort."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SHORTEST = 4
"""Characters of the shortest identity that is looked for in a text: a patient 7 cannot be told from seven slices."""
REMOVED = "[removed]"


class Severity(StrEnum):
    """What becomes of what a problem concerns."""

    STOPS = "stops"
    """Nothing of this step can be done."""
    SET_ASIDE = "set aside"
    """The item is not used; the rest is."""
    NOTICED = "noticed"
    """It is used as it is, which may not be what was meant."""
    ADJUSTED = "adjusted"
    """It is used, changed: `cure` is the param that says so."""


@dataclass(frozen=True)
class Problem:
    """One problem. `place` and `value` may name a patient: they are for the terminal of whoever holds the data."""

    severity: Severity
    step: str
    """Which stage says so, or `tables` for what the schemas say."""
    kind: str
    subject: str
    """A pseudonym, a file number, a line: never an identifier."""
    reason: str
    cure: str = ""
    file: str = ""
    """Of the cohort's tables."""
    row: int | None = None
    column: str = ""
    place: str = ""
    value: str = ""
    quotes: bool = False
    """Whether `reason` and `cure` quote what stands in the folder: then neither may leave."""

    @property
    def where(self) -> str:
        """Table, row and column, or the subject, in words that may leave."""
        parts = [self.file, f"line {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        return ", ".join(filter(None, parts)) or " ".join(filter(None, (self.kind, self.subject)))


class Scrubber:
    """Takes known identities out of texts, whole words alone, whatever their case."""

    def __init__(self, identities: Iterable[str]) -> None:
        self._words: dict[str, set[str]] = {}
        for identity in {one.strip().casefold() for one in identities}:
            if len(identity) >= SHORTEST:
                self._words.setdefault(self._first(identity), set()).add(identity)

    def __call__(self, text: str) -> str:
        """`text` without them.

        >>> Scrubber(["DOE^JANE", "4711"])("relation reads 'doe^jane', 4 of 47110 (4711)")
        "relation reads '[removed]', 4 of 47110 ([removed])"
        """
        found: list[tuple[int, int]] = []
        folded = text.casefold()
        if len(folded) != len(text):  # a letter that folds to two: places would not fit
            folded = text.lower() if len(text.lower()) == len(text) else text
        for word in re.finditer(r"\w+", folded):
            for identity in self._words.get(word[0], ()):
                start = word.start() - self._lead(identity)
                end = start + len(identity)
                if folded[max(start, 0) : end] == identity and not re.match(r"\w", folded[end : end + 1]):
                    found.append((start, end))
        out, at = [], 0
        for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
            if start >= at:
                out += [text[at:start], REMOVED]
                at = end
        return "".join([*out, text[at:]])

    @staticmethod
    def _first(identity: str) -> str:
        """The first word of an identity, by which it is found."""
        word = re.search(r"\w+", identity)
        return word[0] if word else identity

    @staticmethod
    def _lead(identity: str) -> int:
        """Characters before that word."""
        word = re.search(r"\w", identity)
        return word.start() if word else 0
