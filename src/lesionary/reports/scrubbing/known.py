"""Finds in a text who is known to be named there: names in any case, order and spelling, identifiers, birth dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from lesionary.cohorts.naming import Identities
from lesionary.reports.scrubbing.births import written_births
from lesionary.reports.scrubbing.folding import fold
from lesionary.reports.scrubbing.patterns import Span, words
from lesionary.reports.scrubbing.spelling import Spelt, spelt

SHORTEST = 4
"""Characters of the shortest identifier that is looked for: a patient 7 cannot be told from seven slices."""
SHORTEST_CORE = 5
"""Digits of the shortest number that is looked for without the letters before it."""
SHORTEST_BROKEN = 5
"""Letters of the shortest name that is looked for across a line break: "may" and "a" are not Maya."""
NOTHING = r"(?!)"
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
    if not pattern:
        return
    folded = fold(text)
    whole = {
        folded.span(*found.span()) for found in pattern.finditer(folded.text) if found["alone"] not in words("ordinary")
    }
    yield from whole
    unbroken = folded.unbroken()
    for found in pattern.finditer(unbroken.text):
        start, end = unbroken.span(*found.span())
        long = found["signs"] or len(found["alone"] or "") >= SHORTEST_BROKEN
        if long and "\n" in text[start:end] and (start, end) not in whole:
            yield start, end


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str], numbers: frozenset[str], births: frozenset[str]) -> re.Pattern[str] | None:
    known: Spelt = spelt(names)
    whole = [*_identifiers(numbers), *(form for birth in births for form in written_births(birth))]
    found = [_BORDER.format(f"(?:{_any(whole)})")] if whole else []
    if len(known.parts) > 1:
        any_part = f"(?:{_any(known.parts)})"
        found.append(_BORDER.format(f"{any_part}(?:{_BETWEEN}{any_part}){{1,4}}"))
    found.append(_BORDER.format(f"(?P<alone>{_any(known.alone) or NOTHING})"))
    found.append(f"(?P<signs>{_any(known.unbordered) or NOTHING})")
    return re.compile("|".join(found)) if whole or known.parts else None


def _identifiers(numbers: Iterable[str]) -> Iterator[str]:
    """Whole, whatever stands between their parts; a number also without noughts or letters that it begins with."""
    for number in numbers:
        parts = re.findall(r"[^\W_]+", fold(number).text)
        if len("".join(parts)) < SHORTEST or _is_said(parts):
            continue
        yield r"[\W_]{1,2}".join(map(re.escape, parts))
        if number.isdecimal():
            yield from (_grouped(one) for one in {number, number.lstrip("0")} if len(one) > SHORTEST)
        elif coded := re.fullmatch(r"([^\W\d_]+)(\d{4,})", "".join(parts)):
            letters, digits = coded.groups()
            yield rf"{letters}[\W_]{{0,2}}{_grouped(digits)}"
            if len(digits) >= SHORTEST_CORE:
                yield _grouped(digits)


def _grouped(digits: str) -> str:
    """A number whose digits people set apart as they like."""
    return "[ .,/-]?".join(digits)


def _is_said(parts: Sequence[str]) -> bool:
    """Whether an identifier is what reports say of anybody: an ordinary word, or a lesion's name ("liver tumor 2")."""
    numbers = {part for part in parts if part.isdecimal() and len(part) < SHORTEST - 1}
    if not set(parts) <= words("ordinary") | words("clinical") | numbers:
        return False
    return len(parts) == 1 or not words("clinical").isdisjoint(parts)


def _any(patterns: Iterable[str]) -> str:
    return "|".join(sorted(set(patterns), key=lambda one: (-len(one), one)))
