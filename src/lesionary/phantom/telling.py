"""A sentence as it is written down: its text, its bookmarks and mentions, and what they have to do with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache

from lesionary.phantom.kinds import Description
from lesionary.phantom.wording import Said, Side, wording

# an adenoma, an 8 mm nodule, an 18 mm one, an RLL nodule, an L2 lesion; but a uterine one, a uniform one
_SOUNDS_OPEN = re.compile(r"[aeio]|u(?!ni|ri|te)|A[A-Z]|8|1[18](?!\d)|[FHLMNRSX](?=[A-Z0-9])", flags=0)


class Relation(StrEnum):
    """Of a mention to a bookmark."""

    RELEVANT = "relevant"
    UNCERTAIN = "uncertain"
    IRRELEVANT = "irrelevant"


@dataclass(frozen=True)
class Told:
    """A finding as the writer of a report has it before them."""

    description: Description
    long_mm: float
    short_mm: float
    series: int
    image: int
    side: Side = Side.UNKNOWN
    """Of the body, for labels that know none."""


@dataclass(frozen=True)
class Mention:
    """Words that name a label, and the findings (by position) for which they are meant, surely or not."""

    start: int
    end: int
    label: str
    findings: frozenset[int] = frozenset()
    sure: bool = True

    def relation(self, finding: int) -> Relation:
        """To the bookmark of a finding."""
        if finding not in self.findings:
            return Relation.IRRELEVANT
        return Relation.RELEVANT if self.sure else Relation.UNCERTAIN

    def moved(self, by: int) -> Mention:
        """The same mention in a text that has more before it."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True)
class Link:
    """A bookmark of a finding (by position)."""

    start: int
    end: int
    finding: int

    def moved(self, by: int) -> Link:
        """The same bookmark in a text that has more before it."""
        return Link(self.start + by, self.end + by, self.finding)


@dataclass
class Sentence:
    """Text under construction."""

    text: str = ""
    mentions: list[Mention] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    article: bool = False

    def write(self, words: str) -> None:
        """Append words; the first letter of a sentence is a capital."""
        if not words or (self.article and words == " "):
            return
        if self.article:
            self.article, words = False, words.lstrip()
            words = f"{'an' if _SOUNDS_OPEN.match(words) else 'a'} {words}"
        self.text += words if self.text else words[0].upper() + words[1:]

    def name(self, said: Said, findings: frozenset[int], *, sure: bool = True) -> None:
        """Append a form of labels as mentions."""
        self.write(said.before)
        self.write(said.words)
        end = len(self.text)
        start = end - len(said.words)
        self.mentions += [Mention(start, end, label, findings, sure) for label in said.labels]
        self.write(said.after)

    def link(self, words: str, finding: int) -> None:
        """Append a hyperlink."""
        self.write(words)
        self.links.append(Link(len(self.text) - len(words), len(self.text), finding))

    def marked(self) -> Sentence:
        """The same with compounds as a judge marks them: "hepatic" and "mass" together name a hepatic mass."""
        mentions = list(self.mentions)
        for start, end, labels in _compounds(self.text):
            parts = [one for one in self.mentions if one.start < end and start < one.end]
            if len({one.start for one in parts}) < 2 or all(one.end != end for one in parts):
                continue
            findings = frozenset.intersection(*(one.findings for one in parts))
            sure = all(one.sure for one in parts)
            mentions = [one for one in mentions if one.start < start or one.end > end]
            mentions += [Mention(start, end, label, findings, sure) for label in labels]
        return replace(self, mentions=sorted(mentions, key=lambda one: (one.start, one.end, one.label)))


def _compounds(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    for match in _pattern().finditer(text):
        yield match.start(), match.end(), wording().compounds[match.group().lower()]


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(wording().compounds, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
