"""What a check says against a cohort, and what of it may leave the folder of the cohort."""

from __future__ import annotations

import re
from collections import Counter
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
        folded = sorted({one.strip().casefold() for one in identities})
        words = {one: list(re.finditer(r"\w+", one)) for one in folded if len(one) >= SHORTEST}
        often = Counter(word[0] for found in words.values() for word in found)
        self._found_by: dict[str, list[tuple[str, int]]] = {}
        """Each identity by its rarest word, and characters before that: every UID begins with 1 or 2, and many a
        patient's name with "patient"."""
        for identity, found in words.items():
            if found:
                rarest = min(found, key=lambda word: (often[word[0]], -len(word[0])))
                self._found_by.setdefault(rarest[0], []).append((identity, rarest.start()))

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
            for identity, lead in self._found_by.get(word[0], ()):
                start = word.start() - lead
                end = start + len(identity)
                if start >= 0 and folded[start:end] == identity and self._whole(folded, start, end):
                    found.append((start, end))
        out, at = [], 0
        for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
            if start >= at:
                out += [text[at:start], REMOVED]
                at = end
        return "".join([*out, text[at:]])

    @staticmethod
    def _whole(text: str, start: int, end: int) -> bool:
        """Whether words end where the part begins and where it ends."""
        inside, around = text[start:end], (text[:start][-1:], text[end : end + 1])
        return not ((re.match(r"\w", inside) and re.match(r"\w", around[0])) or re.match(r"\w", around[1]))
