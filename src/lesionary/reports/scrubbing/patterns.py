"""What names somebody in any report: dates, names behind a title, numbers behind a label, telephones, addresses.

A pattern must leave sizes ("2.3 x 1.2 cm"), references ("series 4, image 23", "(2/45)", "4:120") and how long ago
something was alone. Years by themselves stay.
"""

from __future__ import annotations

import re
import unicodedata
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
_NTH = rf"{_DAY}(?:st|nd|rd|th)"
_OF_MONTH = r"(?:0?[1-9]|1[0-2])"
_AGE = r"(?:9\d|1[0-2]\d)"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap](?:m\b|\.m\.)|\s?(?:hrs?|hours|h)\b)?"
_NO_SIZE = r"(?![\w^]|[-/.]\d|\s*(?:x\s*\d|[mc]m\b))"
_CAPITAL = f"[{''.join(one for one in map(chr, range(0x530)) if unicodedata.category(one) == 'Lu')}]"
"""Latin, Greek and Cyrillic."""
_START = r"(?<![\w./:-])"

_DATES = (
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T[0-2]\d[0-5]\d(?:[0-5]\d)?Z?",
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
    rf"{_MONTH}\s+(?:the\s+)?{_NTH}(?:[\s,]+{_YEAR})?",
    rf"{_NTH}\s+(?:of\s+{_MONTH}|(?:{_CLEAR})\b)",
    rf"{_YEAR}\s+(?=(?-i:[A-Z])){_MONTH}\s+{_DAY}",
    rf"{_DAY}(?:{_CLEAR}|mar|may)(?:{_YEAR}|\d\d)",
)
"""As in 2019-12-31, 12/31/2019 or 31.12.2019, 12/31/19, 31.12.19, 20191231, March 3, 2019, 3 Mar 2019,
March 2019, 05/2013, June 3 (neither March nor May, which are words), May the 3rd, 3rd of May, 2019 May 3, 03MAY2019."""


def _any(phrases: Sequence[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+").replace(r"\.", r"\.?") for one in longest_first)


@cache
def words(part: str) -> frozenset[str]:
    """One part of `words.yaml`."""
    return frozenset(_lists()[part])


def ordinals() -> list[str]:
    """The days of a month in words: the first one is "first"."""
    return _lists()["ordinals"]


@cache
def _lists() -> dict[str, list[str]]:
    read: dict[str, list[object]] = yaml.safe_load(
        (files("lesionary.reports.scrubbing") / "words.yaml").read_text(encoding="utf-8")
    )
    return {part: [str(word).lower() for word in several] for part, several in read.items()}


@cache
def _patterns() -> dict[Scrub, tuple[re.Pattern[str], ...]]:
    """Each tells what to take out by its group `out`, or whole."""
    name = rf"(?-i:{_CAPITAL}\.|{_CAPITAL}[\w'\u2019-]{{1,40}}|{_CAPITAL}\b)"
    names = rf"(?<![\w'\u2019-])(?P<out>{name}(?:,?[ \t]{{1,3}}{name}){{0,3}})"
    particles = rf"(?:(?:{_any(_lists()['particles'])})\b\.?[ \t]+){{0,3}}"
    gap = r"(?:\.[ \t]{0,3}|[ \t]+)(?:\r?\n[ \t]*(?![^\n]{0,40}:))?"
    nth = _any(ordinals())
    called = r"\.?\s*(?:no\.?|number)?\s*[:\#]?\s*"
    no_size = r"(?!\s*(?:[-/.x]?\s*\d|[mc]m\b|%|hu\b))"
    dates = [rf"{_START}{one}(?:,?\s*(?:at\s+)?{_CLOCK})?{_NO_SIZE}" for one in _DATES]
    written = {
        Scrub.DATES: (
            *dates,
            r"(?<![\w:/.])\d{1,2}:\d\d(?::\d\d)?\s?[ap](?:m\b|\.m\.)",
            r"(?<![\w:/.])\d{1,2}:\d\d:\d\d(?![\w:])",
            r"(?<![\w:/.])[0-2]\d[0-5]\d\s?(?:hrs|hours)\b",
            rf"\b(?:dated?|dob|birth)\s*(?:of|on|:)?\s*(?P<out>{_OF_MONTH}[-/]{_DAY})(?![\w/.-])",
            rf"\b(?:{nth})\s+(?:day\s+)?of\s+{_MONTH}(?:[\s,]+{_YEAR})?",
            rf"\b{_MONTH}\s+(?:the\s+)?(?:{nth})[\s,]+{_YEAR}\b",
            rf"(?<![\w.])(?P<out>{_AGE})[\s-]*(?:(?:years?|yrs?|y)[\s./-]*(?:old\b|o\b)|(?:years|yrs)\s+of\s+age\b)",
            rf"\baged?\b\s*(?:is|of|:)?\s*(?P<out>{_AGE})(?![\w%]|[-/.]\d|\s*(?:x\s*\d|[mc]m\b|days?|weeks?|hours?|months?))",
            r"\b(?P<out>ninety(?:[\s-]\w{3,5})?)[\s-]years?[\s-](?:old|of\s+age)\b",
            r"\bin\s+(?:his|her|their)\s+(?:(?:early|mid|late)[\s-]+)?(?P<out>90'?s|nineties)\b",
        ),
        Scrub.NAMES: (
            rf"\b(?-i:{_any([one.capitalize() for one in _lists()['titles']])})\b{gap}{particles}{names}",
            rf"\b(?-i:{_any([one.upper() for one in _lists()['titles']])})\b{gap}{particles}"
            rf"(?P<out>(?-i:{_CAPITAL}\.?[ \t]+)?(?-i:{_CAPITAL}{{2}}(?:{_CAPITAL}|['\u2019-]){{0,40}})(?![a-z]))",
            rf"\b(?-i:Drs)\b{gap}{name}(?:,?[ \t]{{1,3}}{name}){{0,3}}[ \t]+(?:and|&)[ \t]+{names}",
            rf"\b(?:{_any(_lists()['acts'])})[ \t]+(?:by|with|to)\b[ \t]*:?[ \t]*{names}",
            rf"\b(?:{_any(_lists()['roles'])})[ \t]*:[ \t]*{names}",
            rf"{names},?[ \t]{{1,3}}(?-i:{'|'.join(re.escape(one.upper()) for one in _lists()['degrees'])})(?!\w)",
        ),
        Scrub.NUMBERS: (
            rf"\b(?:{_any(_lists()['labels'])})(?:\b(?:(?<=\sno)\.)?|(?=\d))\s*(?:\#|no\.?|number|is|:|-)?[\s:\#]*"
            r"(?P<out>(?=[\w./-]{0,40}\d)\w[\w./-]{0,40}\w)",
            r"(?<![\w.-])\d{3}-\d\d-\d{4}(?![\w-])",
            r"(?<![\w.])\d{7,}(?!\w|\.\d)",
            r"(?<![\w.-])(?-i:[A-Z]{1,5})-?\d{6,}(?!\w)",
            r"(?<![\w.])[0-2](?:\.\d+){5,}(?!\w)",
        ),
        Scrub.CONTACTS: (
            r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}",
            r"(?<![\w.+-])[\w.+-]{1,64}\s?[(\[]at[)\]]\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}",
            r"\b(?:[a-z]{2,8}://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:?!]",
            r"(?<![\w.-])(?-i:[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,4}\.(?:com|edu|gov|net|org))(?![\w-])",
            r"(?<![\w\\])(?:[a-z]:\\|\\\\\w)[^\s<>\"]+",
            r"(?<![\w.])(?:[1-9]\d|1\d\d|2[0-5]\d)(?:\.\d{1,3}){3}(?::\d{1,5})?(?!\w|\.\d)",
            r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])",
            rf"\b(?:{_any(_lists()['telephones'])})\b{called}(?P<out>[+(]?\d[\d ()./-]{{2,18}}\d){no_size}",
            rf"\b(?:{_any(_lists()['handsets'])})\b{called}(?P<out>[+(]?\d[\d ()./-]{{6,18}}\d){no_size}",
            rf"\b(?:{_any(_lists()['extensions'])})\b{called}(?P<out>\d{{3,6}}){no_size}",
            r"(?<![\w.-])(?:\+?1[ .-])?(?:\(\d{3}\)\s?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\w)",
            r"(?<![\w.])\(?0\d{1,4}\)?[ /-]\d{3,5}[ -]?\d{3,4}(?![\w.])",
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
