"""Sentence skeletons (`grammar.yaml`) as lists of plain text and slots."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    "a", "noun", "organ noun", "plain noun", "plain organ noun", "bare noun", "bare organ noun", "described", "place",
    "in place", "nouns", "organ nouns", "in common place", "type", "also", "measured", "earlier", "smaller", "larger",
    "date", "maybe", "perhaps", "absent", "elsewhere", "in elsewhere", "beside",
}  # fmt: skip


class Style(StrEnum):
    """Groups of sentences; what each is for stands beside it in `grammar.yaml`."""

    PLAIN = "plain"
    BARE = "bare"
    COMPARED = "compared"
    HEDGED = "hedged"
    DENIED = "denied"
    ELSEWHERE = "elsewhere"
    FURTHER = "further"
    TWO = "two"
    ALIKE = "alike"
    THREE = "three"
    NODES = "nodes"


SINGLE = (Style.PLAIN, Style.BARE, Style.COMPARED, Style.HEDGED, Style.DENIED, Style.ELSEWHERE, Style.FURTHER)
"""Sentences about one finding of any kind."""


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


class Strict(BaseModel):
    """A part of `grammar.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(Strict):
    """Sentences of one style, and how often it is drawn among those that fit."""

    share: PositiveFloat
    noisy: bool = False
    skeletons: tuple[str, ...]


class Figures(Strict):
    """How sizes, references to images and days are written (`str.format`)."""

    size: tuple[str, ...]
    image: tuple[str, ...]
    picture: tuple[str, ...]
    date: tuple[str, ...]


class Grammar(Strict):
    """All of `grammar.yaml`."""

    figures: Figures
    lists: dict[str, tuple[str, ...]]
    sentences: dict[Style, Group]
    impressions: tuple[str, ...]

    def draw_style(self, styles: Sequence[Style], noise: float, rng: np.random.Generator) -> Style:
        """One of `styles`, by their shares; those of noisy ones are multiplied by `noise`."""
        groups = [self.sentences[style] for style in styles]
        shares = np.array([group.share * (noise if group.noisy else 1.0) for group in groups])
        return styles[int(rng.choice(len(styles), p=shares / shares.sum()))]

    def draw_skeleton(self, style: Style, rng: np.random.Generator) -> Skeleton:
        """A sentence of one style, its lists drawn."""
        return self.expand(one_of(self.sentences[style].skeletons, rng), rng)

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
                pieces.extend(self.expand(one_of(entries, rng), rng))
            elif name in _BUILT_IN:
                pieces.append(Slot(name, int(number or 1) - 1))
            else:
                raise ValueError(f"grammar.yaml: {text!r}: no slot or list is called {match.group()}")
        return (*pieces, text[at:])


def one_of(texts: Sequence[str], rng: np.random.Generator) -> str:
    """Any of `texts`."""
    return texts[int(rng.integers(len(texts)))]


@cache
def grammar() -> Grammar:
    """`grammar.yaml`, checked."""
    text = (files("lesionary.phantom") / "grammar.yaml").read_text(encoding="utf-8")
    return Grammar.model_validate(yaml.safe_load(text))
