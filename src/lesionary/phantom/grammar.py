"""Sentence skeletons (`grammar.yaml`) as lists of plain text and slots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, PositiveFloat

_SLOT = re.compile(r"\{([a-z ]+?)(?: ([1-9]))?\}")
_LINKS = frozenset({"size", "image", "picture", "here"})
_BUILT_IN = _LINKS | {
    "a", "noun", "organ noun", "plain noun", "plain organ noun", "place", "nouns", "organ nouns", "common place",
    "type", "measured", "earlier", "date", "maybe", "absent", "elsewhere",
}  # fmt: skip


class Style(StrEnum):
    """Groups of sentences; what each is for stands beside it in `grammar.yaml`."""

    PLAIN = "plain"
    COMPARED = "compared"
    HEDGED = "hedged"
    DENIED = "denied"
    ELSEWHERE = "elsewhere"
    TWO = "two"
    ALIKE = "alike"
    THREE = "three"
    NODES = "nodes"


SINGLE = (Style.PLAIN, Style.COMPARED, Style.HEDGED, Style.DENIED, Style.ELSEWHERE)


@dataclass(frozen=True)
class Slot:
    """A place in a skeleton, and which finding (from 0) it speaks of."""

    name: str
    finding: int

    @property
    def is_link(self) -> bool:
        """Whether it becomes a bookmark."""
        return self.name in _LINKS


Skeleton = tuple[str | Slot, ...]


class Group(BaseModel):
    """Sentences of one style, and how often it is drawn among those that fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    share: PositiveFloat
    skeletons: tuple[str, ...]


class Grammar(BaseModel):
    """All of `grammar.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lists: dict[str, tuple[str, ...]]
    sentences: dict[Style, Group]
    headers: dict[str, str]
    normal: tuple[str, ...]
    impressions: tuple[str, ...]
    openings: tuple[str, ...]
    comparisons: tuple[str, ...]

    def draw_style(self, styles: tuple[Style, ...], rng: np.random.Generator) -> Style:
        """One of `styles`, by their shares."""
        shares = np.array([self.sentences[style].share for style in styles])
        return styles[int(rng.choice(len(styles), p=shares / shares.sum()))]

    def draw_skeleton(self, style: Style, rng: np.random.Generator) -> Skeleton:
        """A sentence of one style, its lists drawn."""
        skeletons = self.sentences[style].skeletons
        return self.expand(skeletons[int(rng.integers(len(skeletons)))], rng)

    def expand(self, text: str, rng: np.random.Generator) -> Skeleton:
        """Text and built-in slots of `text`; slots that name a list are drawn from it."""
        pieces: list[str | Slot] = []
        at = 0
        for match in _SLOT.finditer(text):
            pieces.append(text[at : match.start()])
            at = match.end()
            name, number = match.group(1), match.group(2)
            entries = self.lists.get(f"{name} {number}" if number else name)
            if entries is not None:
                pieces.extend(self.expand(entries[int(rng.integers(len(entries)))], rng))
            elif name in _BUILT_IN:
                pieces.append(Slot(name, int(number or 1) - 1))
            else:
                raise ValueError(f"grammar.yaml: {text!r}: no slot or list is called {match.group()}")
        return (*pieces, text[at:])


@cache
def grammar() -> Grammar:
    """`grammar.yaml`, checked."""
    text = (files("lesionary.phantom") / "grammar.yaml").read_text(encoding="utf-8")
    return Grammar.model_validate(yaml.safe_load(text))
