"""Names that differ in what people write now so, now so: two spellings of a patient count as two patients."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable


def plain(text: str) -> str:
    """A name without capitals, accents however encoded, signs, blanks and leading zeros.

    >>> plain(" Mu\u0308ller-007 ") == plain("M\u00dcLLER 007"), plain("00025"), plain("-")
    (True, '25', '-')
    """
    letters = "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalnum())
    return letters.lstrip("0") or text.strip()


def spellings(names: Iterable[str]) -> list[list[str]]:
    """Those of `names` that may be one, sorted.

    >>> spellings(["Anna", "Bert", "anna ", "25", "00025"])
    [['00025', '25'], ['Anna', 'anna ']]
    """
    alike: dict[str, set[str]] = defaultdict(set)
    for name in names:
        alike[plain(name)].add(name)
    return sorted(sorted(group) for group in alike.values() if len(group) > 1)
