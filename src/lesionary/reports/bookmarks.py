"""Where a report refers to a lesion: hyperlinks, sizes and image references (LesaNet, 3.2).

Sizes come out in millimetres, references as numbers of series and slice. What merely looks like a size (slice
thickness, pressure, distance) is told by the words around it, which stand in `bookmarks.yaml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Protocol

import yaml

from lesionary.errors import ReportError
from lesionary.reports.tokens import plain


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


def _regex(pattern: str) -> re.Pattern[str]:
    """Compiled; white space in the text is bounded, since a run of a million blanks would cost its square."""
    bounded = pattern.replace(r"\s*", r"\s{0,12}").replace(r"\s+", r"\s{1,12}")
    return re.compile(bounded, re.IGNORECASE | re.VERBOSE)


NUMBER = r"(?:\d{1,4}(?:\.\d{1,3})?|\.\d{1,3})"
UNIT = r"(?:millimet(?:er|re)s?|centimet(?:er|re)s?|mms?|cms?|m\.m\.|c\.m\.)"
AXIS = r"""(?:\s*\(?(?:AP|TR|CC|SI|ML|RL|transverse(?:ly)?|trans|craniocaudal(?:ly)?|anteroposterior(?:ly)?|
    mediolateral(?:ly)?|longitudinal(?:ly)?|sagittal(?:ly)?|(?:in\s+)?(?:length|width|height))\)?(?![a-z]))?"""
SIZE = _regex(
    rf"""(?<![\d.:/\#\w+])(?P<one>{NUMBER})(?:\s*-?\s*(?P<unit_one>{UNIT}))?
    (?:{AXIS}\s*(?P<joint>x|by|\*|-|to)\s*(?P<two>{NUMBER})(?:\s*-?\s*(?P<unit_two>{UNIT}))?
    (?:{AXIS}\s*(?:x|by|\*)\s*(?P<three>{NUMBER})(?:\s*-?\s*(?P<unit_three>{UNIT}))?)?)?
    (?![\w^²]|\.\d|/\s*[a-z])"""
)
"""Up to three numbers, of which one at least must turn out to have a unit."""
BARE_UNIT = re.compile(r"[mMcC](?i:m|illimet(?:er|re)|entimet(?:er|re))s?(?!\w)")
"""Of a number in words; that its first letter is plain makes it four times as fast."""

_COLON = r"(?:[.:](?!\s*\n))?"  # "INTERPRETATION OF IMAGES:" and a line that starts with 1 are no reference
_SERIES = rf"\b(?:series|ser|se|seq)\b{_COLON}\s*(?:number|no\.?)?\s*\#?\s*(?P<series>\d{{1,4}})"
_IMAGE = rf"\b(?:images?|imgs?|ima?|slices?)\b{_COLON}\s*(?:numbers?|nos?\.?)?\s*\#?\s*"
_SLICE = r"(?P<slice>[1-9]\d{0,3})"
_UNITLESS = r"(?!\d|\.\d|\s*-?\s*(?:mm|cm|mg|ml|cc|units)\b)"
_MORE = rf"(?:/\d{{1,4}})?(?:\s*(?:-|to|through|,|and|&)\s*\#?\s*\d{{1,4}}{_UNITLESS}(?!\s*x\b))*"
REFERENCES = tuple(
    _regex(pattern)
    for pattern in (
        rf"{_SERIES}\s*[,;/:]?\s*(?:and\s+|on\s+)?{_IMAGE}{_SLICE}{_UNITLESS}{_MORE}",  # series 4, image 120
        rf"{_IMAGE}{_SLICE}{_UNITLESS}{_MORE}\s*[,;/]?\s*(?:(?:of|on|in|from)\s+)?(?:the\s+)?{_SERIES}(?!\d)",
        rf"{_SERIES}\s*[:/-]\s*{_SLICE}{_UNITLESS}",  # series 4: 120
        rf"\bS(?:er?)?\s?(?P<series>\d{{1,3}})\s*[,/: ]?\s*I(?:m|mg|ma)?\s?{_SLICE}\b",  # S4/I120
        rf"\bima?\b[.:]?\s*\#?\s*(?P<series>\d{{1,3}})\s*[:-]\s*{_SLICE}{_UNITLESS}",  # IMA 8-34, as Siemens prints it
        rf"\bimages?\b\s*\#?\s*(?P<series>\d{{1,3}}):{_SLICE}{_UNITLESS}",  # image 4:120
        rf"{_IMAGE}{_SLICE}{_UNITLESS}{_MORE}",  # image 23; images 6-9; image 33/68
        # (4:120); (4:120, 5:33)
        rf"(?<=[(\[,;])\s*(?P<series>\d{{1,3}})\s*:\s*{_SLICE}(?=\s*(?:[,;]\s*\d{{1,3}}:\d{{1,4}}\s*){{0,9}}[)\]])",
        rf"(?<=[(\[])\s*(?P<series>\d{{1,2}})\s*/\s*(?!19|20){_SLICE}(?<=\d\d\d)(?=\s*[)\]])",  # (4/120), no date
    )
)
"""The most telling first; where two overlap, the first wins."""


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
    matches = [found for pattern in REFERENCES for found in pattern.finditer(text)]
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
    for found in SIZE.finditer(text):
        size = _millimetres(found, text)
        if size and not _context().before.match(text, found.end()) and not _misled(text, found.start()):
            yield Bookmark(found.start(), found.end(), Kind.SIZE, size_mm=size)
    for unit in BARE_UNIT.finditer(text):  # these are rarer than the words of numbers, so that looking back is quicker
        word = _context().word.search(text, max(0, unit.start() - 24), unit.start())
        if word and not _context().before.match(text, unit.end()) and not _misled(text, word.start()):
            number = float(_context().numbers[word[1].lower()])
            size = (number * (10 if unit.group()[0] in "cC" else 1),)
            yield Bookmark(word.start(), unit.end(), Kind.SIZE, size_mm=size)


def _millimetres(found: re.Match[str], text: str) -> tuple[float, ...]:
    """All numbers in millimetres; a number without a unit takes the next one's, or else the one before."""
    numbers = [float(found[part]) for part in ("one", "two", "three") if found[part]]
    units = [found[f"unit_{part}"] for part in ("one", "two", "three")[: len(numbers)]]
    if not any(units) or not all(numbers):
        return ()
    for i in reversed(range(len(units) - 1)):
        units[i] = units[i] or units[i + 1]
    for i in range(1, len(units)):
        units[i] = units[i] or units[i - 1]
    size = [round(number * (10 if unit[0] in "cC" else 1), 2) for number, unit in zip(numbers, units, strict=True)]
    if (found["joint"] or "").lower() in ("-", "to"):
        grown = text[: found.start()].rstrip().lower().endswith("from")
        size[:2] = [size[1] if grown else sum(size[:2]) / 2]
    return tuple(size)


def _misled(text: str, start: int) -> bool:
    return bool(_context().after.search(text, max(0, start - 40), start))


@dataclass(frozen=True)
class _Context:
    before: re.Pattern[str]
    after: re.Pattern[str]
    numbers: dict[str, int]
    word: re.Pattern[str]
    """One of `numbers` before its unit."""


@cache
def _context() -> _Context:
    words = yaml.safe_load((files("lesionary.reports") / "bookmarks.yaml").read_text(encoding="utf-8"))
    before, after = (
        "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in sorted(words[key], key=len, reverse=True))
        for key in ("not_before", "not_after")
    )
    return _Context(
        before=_regex(rf"[\s.-]*(?:{before})(?!\w)"),
        after=_regex(
            rf"(?<!\w)(?:{after})\s*(?:about|approximately|roughly|only|less\s+than|up\s+to|at\s+least|~)?\s*$"
        ),
        numbers=words["numbers"],
        word=_regex(rf"(?<![\w-])({'|'.join(words['numbers'])})[\s-]\s*$"),
    )
