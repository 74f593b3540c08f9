"""What names somebody in any report: dates, names behind a title, numbers behind a label, telephones, addresses.

A pattern must leave sizes ("2.3 x 1.2 cm"), references ("series 4, image 23", "(2/45)", "4:120") and how long ago
something was alone. Years by themselves stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

import yaml

from lesionary.params.reports import Scrub

Span = tuple[int, int]

_CLEAR = (
    r"jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?"
)
_MONTH = rf"(?:{_CLEAR}|mar(?:ch)?|may)\b\.?"
_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = rf"{_DAY}(?:st|nd|rd|th)?"
_OF_MONTH = r"(?:0?[1-9]|1[0-2])"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap](?:m\b|\.m\.)|\s?(?:hrs?|hours|h)\b)?"
_NO_SIZE = r"(?![\w^]|[-/.]\d|\s*(?:x\s*\d|[mc]m\b))"
_START = r"(?<![\w./:-])"

_DATES = (
    rf"{_YEAR}(?P<iso>[-/.]){_OF_MONTH}(?P=iso){_DAY}(?:T\d\d:?\d\d(?::?\d\d)?)?",
    rf"(?:{_OF_MONTH}([-/.]){_DAY}\1|{_DAY}([-/.]){_OF_MONTH}\2){_YEAR}",
    rf"(?:{_OF_MONTH}([-/]){_DAY}\1|{_DAY}([-/]){_OF_MONTH}\2)\d\d",
    r"(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d\d",
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
    rf"{_MONTH}\s+{_ORDINAL}(?:\s*,\s*|\s+){_YEAR}",
    rf"{_ORDINAL}[\s-]+(?:of\s+)?{_MONTH}[\s,-]*(?:{_YEAR}|\d\d)",
    rf"{_MONTH}[\s,-]+(?:of\s+)?{_YEAR}",
    rf"{_OF_MONTH}[-/]{_YEAR}",
    rf"(?=(?-i:[A-Z]))(?:{_CLEAR})\b\.?\s+{_ORDINAL}",
)
"""As in 2019-12-31, 12/31/2019 or 31.12.2019, 12/31/19, 31.12.19, 20191231, March 3, 2019, 3 Mar 2019,
March 2019, 05/2013, June 3 (neither March nor May, which are words)."""


def _any(phrases: Sequence[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+").replace(r"\.", r"\.?") for one in longest_first)


@cache
def words(part: str) -> frozenset[str]:
    """One part of `words.yaml`."""
    return frozenset(_lists()[part])


@cache
def _lists() -> dict[str, list[str]]:
    read: dict[str, list[object]] = yaml.safe_load(
        (files("lesionary.reports.scrubbing") / "words.yaml").read_text(encoding="utf-8")
    )
    return {part: [str(word).lower() for word in several] for part, several in read.items()}


@cache
def _patterns() -> dict[Scrub, tuple[re.Pattern[str], ...]]:
    """Each tells what to take out by its group `out`, or whole."""
    name = r"(?-i:[A-Z]\.|[A-Z][\w'\u2019-]{1,40}|[A-Z]\b)"
    names = rf"(?<![\w'\u2019-])(?P<out>{name}(?:,?[ \t]{{1,3}}{name}){{0,3}})"
    dates = [rf"{_START}{one}(?:,?\s*(?:at\s+)?{_CLOCK})?{_NO_SIZE}" for one in _DATES]
    written = {
        Scrub.DATES: (
            *dates,
            r"(?<![\w:/.])\d{1,2}:\d\d(?::\d\d)?\s?[ap](?:m\b|\.m\.)",
            r"(?<![\w:/.])\d{1,2}:\d\d:\d\d(?![\w:])",
            r"(?<![\w:/.])[0-2]\d[0-5]\d\s?(?:hrs|hours)\b",
            rf"\b(?:dated?|dob|birth)\s*(?:of|on|:)?\s*(?P<out>{_OF_MONTH}[-/]{_DAY})(?![\w/.-])",
            r"(?<![\w.])(?P<out>(?:9\d|1[01]\d))[\s-]*(?:years?|yrs?|y)[\s/-]*(?:old\b|o\b)",
        ),
        Scrub.NAMES: (
            rf"\b(?-i:{_any([one.capitalize() for one in _lists()['titles']])})\b\.?[ \t]+{names}",
            rf"\b(?-i:{_any([one.upper() for one in _lists()['titles']])})\b\.?[ \t]+"
            rf"(?P<out>(?-i:[A-Z]\.?[ \t]+)?(?-i:[A-Z]{{2}}[A-Z'\u2019-]{{0,40}})(?![a-z]))",
            rf"\b(?:{_any(_lists()['acts'])})[ \t]+(?:by|with|to)\b[ \t]*:?[ \t]*{names}",
            rf"\b(?:{_any(_lists()['roles'])})[ \t]*:[ \t]*{names}",
            rf"{names},?[ \t]{{1,3}}(?-i:{'|'.join(re.escape(one.upper()) for one in _lists()['degrees'])})(?!\w)",
        ),
        Scrub.NUMBERS: (
            rf"\b(?:{_any(_lists()['labels'])})\b\s*(?:\#|no\.?|number|is|:|-)?[\s:\#]*"
            r"(?P<out>(?=[\w./-]{0,40}\d)\w[\w./-]{0,40}\w)",
            r"(?<![\w.-])\d{3}-\d\d-\d{4}(?![\w-])",
            r"(?<![\w.])\d{7,}(?!\w|\.\d)",
            r"(?<![\w.-])(?-i:[A-Z]{1,5})-?\d{6,}(?!\w)",
            r"(?<![\w.])[0-2](?:\.\d+){5,}(?!\w)",
        ),
        Scrub.CONTACTS: (
            r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}",
            r"\b(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:?!]",
            rf"\b(?:{_any(_lists()['telephones'])})\b\.?\s*(?:no\.?|number)?\s*[:\#]?\s*"
            r"(?P<out>[+(]?\d[\d ()./-]{2,18}\d)",
            r"(?<![\w.-])(?:\+?1[ .-])?(?:\(\d{3}\)\s?|\d{3}[.-])\d{3}[ .-]\d{4}(?!\w)",
            r"(?<![\w.])\+\d{1,3}(?:[ ./-]{0,2}\(?\d{2,5}\)?){3,5}(?!\w)",
            r"(?<![\w./-])\d{1,5}[ \t]+(?:(?-i:[A-Z])[\w'-]{1,40}[ \t]{1,3}){1,3}"
            r"(?-i:Street|Avenue|Road|Boulevard|Lane|Drive|St\.|Ave\.?|Rd\.?|Blvd\.?)(?!\w)",
        ),
    }
    return {rule: tuple(re.compile(one, re.IGNORECASE) for one in several) for rule, several in written.items()}


def find_common(text: str, rule: Scrub) -> Iterator[Span]:
    """What the patterns of `rule` take out, in no order; spans may overlap.

    >>> text = "On 12/31/2019 Dr. Doe saw 2.3 x 1.2 cm (2/45), 3 weeks ago."
    >>> [text[start:end] for rule in Scrub for start, end in find_common(text, rule)]
    ['12/31/2019', 'Doe']
    """
    for pattern in _patterns().get(rule, ()):
        for found in pattern.finditer(text):
            span = found.span("out") if "out" in pattern.groupindex else found.span()
            yield from _proper(text, span) if rule is Scrub.NAMES else (span,)


def _proper(text: str, span: Span) -> Iterator[Span]:
    """A name up to its first ordinary word, without the stop that may end a sentence."""
    start = end = span[0]
    for word in re.finditer(r"[\w'\u2019-]+", text[start : span[1]]):
        initial = len(word[0]) == 1
        if not initial and word[0].lower() in words("ordinary") | words("titles") | words("degrees"):
            break
        end = start + word.end()
    if end - start > 1:
        yield start, end
