"""A sentence as it is written down: its text, its bookmarks and mentions, and what they have to do with each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from lesionary.phantom.kinds import Description
from lesionary.phantom.wording import Said

_SOUNDS_OPEN = re.compile(r"[aeiou]|8|1[18](?!\d)", re.IGNORECASE)  # an adenoma, an 8 mm nodule, an 18 mm one


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
        """Append a form of a label as a mention."""
        self.write(said.before)
        self.write(said.words)
        if said.label is not None:
            end = len(self.text)
            self.mentions.append(Mention(end - len(said.words), end, said.label, findings, sure))
        self.write(said.after)

    def link(self, words: str, finding: int) -> None:
        """Append a hyperlink."""
        self.write(words)
        self.links.append(Link(len(self.text) - len(words), len(self.text), finding))


def size(long_mm: float, short_mm: float, rng: np.random.Generator) -> str:
    """A measurement as it is dictated: one or two diameters, in cm or mm."""
    both, centimetres = rng.random() < 0.6, rng.random() < 0.65
    values = (long_mm, short_mm) if both else (long_mm,)
    numbers = [f"{value / 10:.1f}" if centimetres else f"{max(1.0, value):.0f}" for value in values]
    return f"{' x '.join(numbers)} {'cm' if centimetres else 'mm'}"


def date(rng: np.random.Generator) -> str:
    """The day of an earlier study."""
    year, month, day = int(rng.integers(2012, 2016)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    return f"{month}/{day}/{year}" if rng.random() < 0.7 else f"{year}-{month:02d}-{day:02d}"
