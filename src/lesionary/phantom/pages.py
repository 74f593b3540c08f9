"""A report on its way to paper: text to which sentences are added, and where everything in it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lesionary.phantom.telling import Link, Relation, Sentence

WIDTH = 84  # of a line, in characters
_NUMBERED = re.compile(r"\d+[.)]")  # opening a line, it would be read as the number of an item


@dataclass(frozen=True)
class Judgement:
    """What a mention has to do with a bookmark of its sentence; positions in the report's text."""

    start: int
    end: int
    label: str
    bookmark: int
    relation: Relation


@dataclass(frozen=True)
class Report:
    """Text, its bookmarks (the finding by position) and every pair of a mention and a bookmark in one sentence."""

    text: str
    links: tuple[Link, ...]
    judgements: tuple[Judgement, ...]


@dataclass
class Draft:
    """A report under construction."""

    text: str = ""
    links: list[Link] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Append text without a finding."""
        self.text += text

    def add(self, sentence: Sentence, findings: Sequence[int]) -> None:
        """Append a sentence about `findings`, given by their position in the report."""
        at = len(self.text)
        self.text += sentence.text
        links = [link.moved(at) for link in sentence.links]
        mentions = [mention.moved(at) for mention in sentence.mentions]
        self.links += [replace(link, finding=findings[link.finding]) for link in links]
        self.judgements += [
            Judgement(mention.start, mention.end, mention.label, link.start, mention.relation(link.finding))
            for mention in mentions
            for link in links
        ]

    def finished(self, *, narrow: bool) -> Report:
        """The report; its lines are broken where the page is `narrow`."""
        text = _wrapped(self.text) if narrow else self.text
        return Report(text, tuple(self.links), tuple(self.judgements))


def _wrapped(text: str) -> str:
    """Break long lines at spaces: every position stays what it was."""
    characters, start, gap = list(text), 0, None
    for at, character in enumerate(text):
        if character == "\n":
            start, gap = at + 1, None
        elif character == " " and text[at - 1] != ":" and not _NUMBERED.match(text, at + 1):
            gap = at
        if at - start >= WIDTH and gap is not None:
            characters[gap] = "\n"
            start, gap = gap + 1, None
    return "".join(characters)
