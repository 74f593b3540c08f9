"""Where a report refers to a lesion: hyperlinks, sizes and image references (LesaNet, 3.2).

Sizes come out in millimetres, references as numbers of series and slice. What merely looks like a size (slice
thickness, pressure, distance) is told by the words around it, which stand in `bookmarks.yaml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Protocol

import yaml

from lesionary.base.errors import ReportError
from lesionary.reports.parsing.tokens import plain


class Kind(StrEnum):
    """What a bookmark is."""

    HYPERLINK = "hyperlink"
    """Given, with the lesion it leads to."""
    SIZE = "size"
    IMAGE = "image"
    """A reference to an image, by its series and slice."""


class Hyperlink(Protocol):
    """A row of a cohort's bookmarks.csv (`cohorts.texts.Link`)."""

    @property
    def start(self) -> int:
        """Place of its first character."""

    @property
    def end(self) -> int:
        """Place behind its last."""

    @property
    def lesion(self) -> str | None:
        """None where the lesion has no image."""


@dataclass(frozen=True)
class Bookmark:
    """`report[start:end]` refers to a lesion."""

    start: int
    end: int
    kind: Kind
    size_mm: tuple[float, ...] = ()
    """As written, one to three numbers; of a range ("2-3 mm") the middle, of a change ("from 2 to 3 mm") the end."""
    series: int | None = None
    slice: int | None = None
    """The first, where several are named."""
    lesion: str | None = None
    past: bool = False
    """A size that an earlier study had: "previously 2.3 cm"."""


def _regex(pattern: str) -> re.Pattern[str]:
    """Compiled; white space in the text is bounded, since a run of a million blanks would cost its square."""
    bounded = pattern.replace(r"\s*", r"\s{0,12}").replace(r"\s+", r"\s{1,12}")
    return re.compile(bounded, re.IGNORECASE | re.VERBOSE)


NUMBER = r"(?:\d{1,4}(?:\.\d{1,3})?|\.\d{1,3})"
UNIT = r"(?:millimet(?:er|re)s?|centimet(?:er|re)s?|mms?|cms?|m\.m\.|c\.m\.)"
AXIS = r"""(?:\s*\(?(?:AP|TR|CC|SI|ML|RL|transverse(?:ly)?|trans|craniocaudal(?:ly)?|anteroposterior(?:ly)?|
    mediolateral(?:ly)?|longitudinal(?:ly)?|sagittal(?:ly)?|(?:in\s+)?(?:length|width|height))\)?(?![a-z]))?"""
SIZE = _regex(
    rf"""(?P<one>{NUMBER})(?:\s*-?\s*(?P<unit_one>{UNIT}))?
    (?:{AXIS}\s*(?P<joint>x|by|\*|-|to)\s*(?P<two>{NUMBER})(?:\s*-?\s*(?P<unit_two>{UNIT}))?
    (?:{AXIS}\s*(?:x|by|\*)\s*(?P<three>{NUMBER})(?:\s*-?\s*(?P<unit_three>{UNIT}))?)?)?
    (?![\w^²]|\.\d|/\s*[a-z])"""
)
"""Up to three numbers, of which one at least must turn out to have a unit."""
BARE_UNIT = re.compile(r"[mMcC](?i:m|illimet(?:er|re)|entimet(?:er|re))s?(?!\w)")
"""Of a number in words; that its first letter is plain makes it four times as fast."""
START = re.compile(r"[\d.]+")
"""Whose first character may start a size; a pattern that begins with characters is the fastest to look for."""
DATE = r"(?:on|in|of)\s+(?:\d{1,4}[-/]\d{1,2}[-/]\d{2,4}|(?:19|20)\d\d)"
RANGE = ("-", "to")
"""What joins the ends of a range, or of a change."""
NO_START = re.compile(r"[:/#\w+]")
"""What stands before no size."""

_COLON = r"(?:[.:](?!\s*\n))?"  # "INTERPRETATION OF IMAGES:" and a line that starts with 1 are no reference
_SERIES = rf"\b(?:series|ser|se|seq)\b{_COLON}\s*(?:number|no\.?)?\s*\#?\s*(?P<series>\d{{1,4}})"
_IMAGE = rf"\b(?:images?|imgs?|ima?|slices?)\b{_COLON}\s*(?:numbers?|nos?\.?)?\s*\#?\s*"
_SLICE = r"(?P<slice>[1-9]\d{0,3})"
_UNITLESS = r"(?!\d|\.\d|\s*-?\s*(?:mm|cm|mg|ml|cc|units)\b)"
_MORE = rf"(?:/\d{{1,4}})?(?:\s*(?:-|to|through|,|and|&)\s*\#?\s*\d{{1,4}}{_UNITLESS}(?!\s*x\b))*"
# What must stand in the text, in lower case, for a reference to be there; looking for this takes a tenth of the time.
_SERIES_NAMED = re.compile(r"se(?:r|ries|q)?[^a-z\d]*(?:n[a-z]*[^a-z\d]*)?\d")
_IMAGE_NAMED = re.compile(r"(?:im(?:a|ages?|gs?)?|slices?)[^a-z\d]*(?:n[a-z]*[^a-z\d]*)?\d")
_I_NAMED = re.compile(r"i(?:m|mg|ma)?\s?[1-9]")
_COLON_BETWEEN = re.compile(r":\s*[1-9]")
_SLASH_BETWEEN = re.compile(r"/\s*[1-9]")
REFERENCES = tuple(
    (needed, _regex(pattern))
    for needed, pattern in (
        # series 4, image 120
        (_SERIES_NAMED, rf"{_SERIES}\s*[,;/:]?\s*(?:and\s+|on\s+)?{_IMAGE}{_SLICE}{_UNITLESS}{_MORE}"),
        (
            _SERIES_NAMED,  # image 120 of series 4
            rf"{_IMAGE}{_SLICE}{_UNITLESS}{_MORE}\s*[,;/]?\s*(?:(?:of|on|in|from)\s+)?(?:the\s+)?{_SERIES}(?!\d)",
        ),
        (_SERIES_NAMED, rf"{_SERIES}\s*[:/-]\s*{_SLICE}{_UNITLESS}"),  # series 4: 120
        # S4/I120
        (_I_NAMED, rf"\bS(?:er?)?\s?(?P<series>\d{{1,3}})\s*[,/: ]?\s*I(?:m|mg|ma)?\s?{_SLICE}\b"),
        # IMA 8-34, as Siemens prints it
        (_IMAGE_NAMED, rf"\bima?\b[.:]?\s*\#?\s*(?P<series>\d{{1,3}})\s*[:-]\s*{_SLICE}{_UNITLESS}"),
        (_IMAGE_NAMED, rf"\bimages?\b\s*\#?\s*(?P<series>\d{{1,3}}):{_SLICE}{_UNITLESS}"),  # image 4:120
        (_IMAGE_NAMED, rf"{_IMAGE}{_SLICE}{_UNITLESS}{_MORE}"),  # image 23; images 6-9; image 33/68
        (
            _COLON_BETWEEN,  # (4:120); (4:120, 5:33)
            rf"(?<=[(\[,;])\s*(?P<series>\d{{1,3}})\s*:\s*{_SLICE}"
            r"(?=\s*(?:[,;]\s*\d{1,3}:\d{1,4}\s*){0,9}[)\]])",
        ),
        (
            _SLASH_BETWEEN,  # (4/120), no date
            rf"(?<=[(\[])\s*(?P<series>\d{{1,2}})\s*/\s*(?!19|20){_SLICE}(?<=\d\d\d)(?=\s*[)\]])",
        ),
    )
)
"""What is needed, and the reference; the most telling first: where two overlap, the first wins."""
NEEDED = tuple(dict.fromkeys(needed for needed, _ in REFERENCES))


def find_bookmarks(report: str, hyperlinks: Iterable[Hyperlink] = ()) -> list[Bookmark]:
    """Hyperlinks as given, and the sizes and image references found, in order of their place.

    What is found within a hyperlink tells its size, series and slice; it is no bookmark of its own.

    >>> for found in find_bookmarks("A 2.3 x 2.1 cm mass (series 4 image 120)."):
    ...     print(found.start, found.end, found.kind, found.size_mm, found.series, found.slice)
    2 14 size (23.0, 21.0) None None
    21 39 image () 4 120
    """
    links = sorted((_linked(link, len(report)) for link in hyperlinks), key=lambda link: (link.start, link.end))
    text = plain(report)
    references = list(_references(text))
    rest = list(text)
    for reference in references:
        rest[reference.start : reference.end] = "#" * (reference.end - reference.start)
    ends = list(accumulate((link.end for link in links), max))
    alone = []
    for found in [*references, *_sizes("".join(rest))]:
        owner = bisect_right(ends, found.start)  # the first hyperlink that is not over yet
        if owner < len(links) and links[owner].start < found.end:
            links[owner] = _joined(links[owner], found)
        else:
            alone.append(found)
    return sorted([*links, *alone], key=lambda one: (one.start, one.end))


def _linked(link: Hyperlink, length: int) -> Bookmark:
    if not 0 <= link.start < link.end <= length:
        raise ReportError(
            f"hyperlink of lesion {link.lesion!r}",
            f"runs from {link.start} to {link.end} in a text of {length} characters",
            "count characters as Python does, line ends as they stand in the file",
        )
    return Bookmark(link.start, link.end, Kind.HYPERLINK, lesion=link.lesion)


def _joined(link: Bookmark, found: Bookmark) -> Bookmark:
    """The hyperlink with what it says, as far as it was silent."""
    if found.kind is Kind.SIZE:
        return replace(link, size_mm=link.size_mm or found.size_mm)
    return link if link.slice else replace(link, series=found.series, slice=found.slice)


def _references(text: str) -> Iterator[Bookmark]:
    """Image references, none within another."""
    low = text.lower()
    there = {needed for needed in NEEDED if needed.search(low)}
    matches = [found for needed, pattern in REFERENCES if needed in there for found in pattern.finditer(text)]
    taken = bytearray(len(text))
    for found in matches:
        start = found.start() + len(found.group()) - len(found.group().lstrip())
        if any(taken[start : found.end()]):
            continue
        taken[start : found.end()] = b"\1" * (found.end() - start)
        series = found.groupdict().get("series")
        yield Bookmark(
            start, found.end(), Kind.IMAGE, series=int(series) if series else None, slice=int(found["slice"])
        )


def _sizes(text: str) -> Iterator[Bookmark]:
    over = 0
    for number in START.finditer(text):
        at = number.start()
        if at < over or (at and NO_START.match(text, at - 1)) or not (found := SIZE.match(text, at)):
            continue
        over = found.end()
        size = _millimetres(found, text)
        if size and not _context().not_before.match(text, found.end()) and not _context().not_after(text, at):
            changed = (found["joint"] or "").lower() in RANGE
            past = not changed and (bool(_context().past_before.match(text, over)) or _context().past_after(text, at))
            yield Bookmark(at, over, Kind.SIZE, size_mm=size, past=past)
    for unit in BARE_UNIT.finditer(text):  # these are rarer than the words of numbers, so that looking back is quicker
        word = _context().word.search(text, max(0, unit.start() - 24), unit.start())
        if word and not _context().not_before.match(text, unit.end()) and not _context().not_after(text, word.start()):
            size = (float(_context().numbers[word[1].lower()] * (10 if unit.group()[0] in "cC" else 1)),)
            yield Bookmark(word.start(), unit.end(), Kind.SIZE, size_mm=size)


def _millimetres(found: re.Match[str], text: str) -> tuple[float, ...]:
    """All numbers in millimetres; a number without a unit takes the next one's, or else the one before."""
    if not (found["unit_one"] or found["unit_two"] or found["unit_three"]):
        return ()
    numbers = [float(found[part]) for part in ("one", "two", "three") if found[part]]
    units = [found[f"unit_{part}"] for part in ("one", "two", "three")[: len(numbers)]]
    if not all(numbers):
        return ()
    for i in reversed(range(len(units) - 1)):
        units[i] = units[i] or units[i + 1]
    for i in range(1, len(units)):
        units[i] = units[i] or units[i - 1]
    size = [round(number * (10 if unit[0] in "cC" else 1), 2) for number, unit in zip(numbers, units, strict=True)]
    if (found["joint"] or "").lower() in RANGE:
        grown = text[: found.start()].rstrip().lower().endswith("from")
        size[:2] = [size[1] if grown else sum(size[:2]) / 2]
    return tuple(size)


class _Behind:
    """Whether a size stands right behind one of some phrases; most often their last letters alone deny it."""

    def __init__(self, phrases: Sequence[str], between: Sequence[str]) -> None:
        self._ends = tuple(phrase.split()[-1].lower() for phrase in (*phrases, *between))
        self._whole = _regex(rf"(?<!\w)(?:{_any_of(phrases)})\s*(?:(?:{_any_of(between)})\s*){{0,2}}$")

    def __call__(self, text: str, start: int) -> bool:
        before = text[max(0, start - 40) : start].rstrip().lower()
        return before.endswith(self._ends) and bool(self._whole.search(before))


@dataclass(frozen=True)
class _Context:
    not_before: re.Pattern[str]
    not_after: _Behind
    past_before: re.Pattern[str]
    past_after: _Behind
    numbers: dict[str, int]
    word: re.Pattern[str]
    """One of `numbers` before its unit."""


@cache
def _context() -> _Context:
    words = yaml.safe_load((files("lesionary.reports.parsing") / "bookmarks.yaml").read_text(encoding="utf-8"))
    between = words["between"]
    return _Context(
        not_before=_regex(rf"[\s.-]*(?:{_any_of(words['not_before'])})(?!\w)"),
        not_after=_Behind(words["not_after"], between),
        past_before=_regex(rf"\s*\(?(?:{_any_of(words['past_before'])}|{DATE})(?!\w|\s*{NUMBER})"),
        past_after=_Behind(words["past_after"], between),
        numbers=words["numbers"],
        word=_regex(rf"(?<![\w-])({'|'.join(words['numbers'])})[\s-]\s*$"),
    )


def _any_of(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in longest_first)
