"""Parts a report into sentences, with exact places in its text.

A statistical splitter would need a model, and spaCy's rule (`sentencizer`) parts at "2.1 cm. in", at "vs." and nowhere
in "IMPRESSION\\n1. Cyst". So these are rules of our own on the report's layout; their words stand in `sentences.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from lesionary.reports.parsing.tokens import plain

LINE = re.compile(r"\f?(?:\r\n|[\n\v\r\x85])\f?|\f")
ITEM = re.compile(
    r"[ \t]*(?:(?:\d{1,2}|[a-hA-H])[.)](?=\s)|\d{1,2}\)(?=[A-Za-z])|[*>\u00b7\u25cf\u25aa]+|-{1,2}(?=\s))\s*(?=\S)"
)
"""A number, a letter or a bullet that opens an item of a list."""
STOP = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|(?<=[a-z]{2})\.(?=[A-Z][a-z])|(?<=\d)\.(?=[A-Z][a-z]{2})")
NUMBERED = re.compile(r"\s+(?:\d{1,2}[.)]\s+)(?=[A-Z])")
INITIAL = re.compile(r"(?:^|[A-Z][\w.]* |\bby )[A-Z]$")
"""The initial of a name, before its stop."""
WIDEST = 132
"""Longest line that was broken by a dictation system rather than ended by a person."""
DANGLING = re.compile(r"(?:,|\b(?:a|an|the|of|in|on|at|to|and|or|with|by|for|from|is|are|was|measuring|measures))\s*$")


class Sentence(NamedTuple):
    """`report[start:end]` is the sentence as written, line breaks inside it included."""

    start: int
    end: int
    section: str
    """The heading that it stands under, in lower case; empty before the first."""


class _Rules(NamedTuple):
    heading: re.Pattern[str]
    """At the start of a line, with a colon or alone in it."""
    inline: re.Pattern[str]
    """Behind a sentence, with a colon."""
    abbreviations: frozenset[str]
    units: frozenset[str]


def split_sentences(report: str) -> Iterator[Sentence]:
    """All sentences of a report, in order; headings and the numbers of list items belong to none.

    >>> text = "FINDINGS: Cyst, 2.3 x\\n2.1 cm. No mass vs. scar.\\nIMPRESSION:\\n1. Cyst.\\n2. Stable"
    >>> [(text[start:end], section) for start, end, section in split_sentences(text)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('Cyst, 2.3 x\\n2.1 cm.', 'findings'), ('No mass vs. scar.', 'findings'), ('Cyst.', 'impression'),
     ('Stable', 'impression')]
    """
    text, section = plain(report), ""
    for start, end in _blocks(text):
        at = start
        while heading := _rules().heading.match(text, at, end):
            section, at = " ".join(heading[1].lower().split()), heading.end()
        for stop, after in _stops(text, at, end):
            yield from _trimmed(text, at, stop, section)
            at = after
            if heading := _rules().inline.match(text, at, end):
                section, at = " ".join(heading[1].lower().split()), heading.end()
        yield from _trimmed(text, at, end, section)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that may share a sentence."""
    lines = list(_lines(text))
    widest = max((end - start for start, end in lines), default=0)
    block: tuple[int, int] | None = None
    for line in lines:
        if block and _continues(text, block, line, widest if widest <= WIDEST else 0):
            block = block[0], line[1]
            continue
        if block:
            yield block
        start, end = line
        item = ITEM.match(text, start, end)
        block = (item.end() if item else start, end) if text[start:end].strip() else None
    if block:
        yield block


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in LINE.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _continues(text: str, block: tuple[int, int], line: tuple[int, int], widest: int) -> bool:
    """Whether a sentence goes on from the end of `block` into `line`."""
    before, words = text[max(block[0], block[1] - WIDEST) : block[1]].rstrip(), text[line[0] : line[1]].split(None, 1)
    if not words or ITEM.match(text, *line) or before.endswith((":", "!")):
        return False
    if _rules().heading.match(text, *line) or _rules().heading.fullmatch(text, *block):
        return False
    if words[0][0].islower() or DANGLING.search(before):
        return True
    if before.endswith((".", "?")):
        return False
    if words[0][0] in "([" or (words[0][0].isdigit() and not words[0].endswith(".")):
        return True  # a reference or a size that had no room in the line before
    last = max(before.rfind("\n"), before.rfind("\r"))
    return len(before) - last - 1 + len(words[0]) >= widest > 0  # the next word had no room in this line


def _stops(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a sentence ends, and where the next one starts."""
    for found in STOP.finditer(text, start, end):
        stop = found.end()
        if stop < end and _ends(text, start, found):
            numbered = NUMBERED.match(text, stop, end)
            yield stop, numbered.end() if numbered else stop


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether this stop ends a sentence."""
    following = text[found.end() : found.end() + 40].lstrip()
    if not following:
        return False
    opening = following.lstrip("\"'([")[:1]
    if "." not in found.group():
        return not opening.islower()  # "? metastasis" is a doubt, no sentence
    word = text[max(start, found.start() - 40) : found.start()].lower().split()
    last = word[-1].lstrip("(\"'") if word else ""
    if last in _rules().abbreviations or INITIAL.search(text, max(start, found.start() - 40), found.start()):
        return False
    if last.isdigit() and found.start() - len(last) == start:
        return False  # the number of an item
    unit = last.lstrip("0123456789.-") in _rules().units
    if opening.islower():
        return not unit and len(last) > 2 and last.isalpha()
    return not (opening.isdigit() and last.isdigit() and following[0] == opening)  # "measures 2. 3 cm" was one number


def _trimmed(text: str, start: int, end: int, section: str) -> Iterator[Sentence]:
    """The sentence without white space around it, if anything that can be read is left."""
    item = ITEM.match(text, start, end)
    start = item.end() if item else start
    part = text[start:end]
    if any(map(str.isalnum, part)):
        start += len(part) - len(part.lstrip())
        yield Sentence(start, start + len(part.strip()), section)


@cache
def _rules() -> _Rules:
    words: dict[str, Any] = yaml.safe_load(
        (files("lesionary.reports.parsing") / "sentences.yaml").read_text(encoding="utf-8")
    )
    names = "|".join(re.sub(r"\s+", r"\\s+", name) for name in sorted(words["sections"], key=len, reverse=True))
    heading = rf"\s*((?:{names})(?:\s*(?:and|&|/)\s*(?:{names}))*)\s*"
    return _Rules(
        heading=re.compile(rf"{heading}(?::\s*|$)", re.IGNORECASE),
        inline=re.compile(rf"{heading}:\s*", re.IGNORECASE),
        abbreviations=frozenset(words["abbreviations"]),
        units=frozenset(words["units"]),
    )
