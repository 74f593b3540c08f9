"""Finds in a text who is known to be named there: names in any case and order, identifiers, birth dates in words."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from lesionary.cohorts.naming import Identities
from lesionary.reports.scrubbing.patterns import Span, words

SHORTEST = 4
"""Characters of the shortest identifier that is looked for: a patient 7 cannot be told from seven slices."""
SHORTEST_NAME = 3
"""Letters of the shortest name that is looked for by itself; a shorter one ("Li") only beside another part."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_BORDER = r"(?<![^\W_]){}(?![^\W_])"
_BETWEEN = r"(?:[\s,^_-]{1,3}|(?<=\b\w)\.\s?)"


def find_known(text: str, identities: Identities) -> Iterator[Span]:
    """Where `text` names somebody of `identities`; spans may overlap.

    >>> text = "Ms. Doe (jane doe, MRN-4711), born April 12, 1958; the liver of Doe, Jane A."
    >>> known = Identities({"DOE^JANE^A"}, {"mrn-4711", "7"}, {"19580412"})
    >>> [text[start:end] for start, end in sorted(find_known(text, known))]
    ['Doe', 'jane doe', 'MRN-4711', 'April 12, 1958', 'Doe, Jane A']
    """
    pattern = _pattern(frozenset(identities.names), frozenset(identities.numbers), frozenset(identities.births))
    if pattern:
        yield from (found.span() for found in pattern.finditer(text))


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str], numbers: frozenset[str], births: frozenset[str]) -> re.Pattern[str] | None:
    parts = {part for name in names for part in _spelt(_parts(name))}
    alone = [one for one in parts if len(one) >= SHORTEST_NAME and one.lower() not in words("ordinary")]
    whole = [*_identifiers(numbers), *(re.escape(form) for birth in births for form in _dates(birth))]
    found = [_BORDER.format(f"(?:{_any(whole)})")] if whole else []
    if len(parts) > 1:
        any_part = f"(?:{_any(map(re.escape, parts))})"
        found.append(_BORDER.format(f"{any_part}(?:{_BETWEEN}{any_part}){{1,4}}"))
    if alone:
        found.append(_BORDER.format(f"(?:{_any(map(re.escape, alone))})"))
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _parts(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_](?:[\w'\u2019]*[^\W_])?", name))


def _spelt(parts: Iterable[str]) -> set[str]:
    """With what is left of them where a system knows no umlauts and accents."""
    plain = {"".join(c for c in unicodedata.normalize("NFKD", one) if not unicodedata.combining(c)) for one in parts}
    return {*parts, *plain, *(one.translate(_GERMAN) for one in parts)}


def _identifiers(numbers: Iterable[str]) -> Iterator[str]:
    """Whole, whatever stands between their parts; a number also without the noughts that it begins with."""
    for number in numbers:
        parts = re.findall(r"[^\W_]+", number)
        if len("".join(parts)) < SHORTEST or (len(parts) == 1 and number.lower() in words("ordinary")):
            continue
        yield r"[\W_]{1,2}".join(map(re.escape, parts))
        stripped = number.lstrip("0")
        if number.isdecimal() and len(stripped) > SHORTEST:
            yield re.escape(stripped)


def _dates(birth: str) -> Iterator[str]:
    """A birth date as people write it."""
    try:
        day = date(int(birth[:4]), int(birth[4:6]), int(birth[6:8]))
    except ValueError:
        return
    month, short = calendar.month_name[day.month], calendar.month_abbr[day.month]
    yield from (f"{day:%Y%m%d}", f"{day:%d%m%Y}", f"{day:%m%d%Y}", f"{day:%Y-%m-%d}")
    for year in (f"{day.year}", f"{day.year % 100:02d}"):
        for d, m in ((f"{day.day}", f"{day.month}"), (f"{day.day:02d}", f"{day.month:02d}")):
            yield from (mark.join(parts) for mark in "./-" for parts in ((d, m, year), (m, d, year)))
        yield from (form for m in (month, short) for form in (f"{m} {day.day}, {year}", f"{day.day} {m} {year}"))


def _any(patterns: Iterable[str]) -> str:
    return "|".join(sorted(set(patterns), key=lambda one: (-len(one), one)))
