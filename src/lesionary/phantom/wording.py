"""How labels are said (`wording.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, model_validator

_FORM = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")
NODE = "lymph node"
ENLARGED = "lymphadenopathy"


class Side(StrEnum):
    """Of the body, where a label knows none."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = ""

    @classmethod
    def of(cls, place: str) -> Side:
        """Which one a place is on.

        >>> Side.of("left axilla"), Side.of("sternum")
        (<Side.LEFT: 'left'>, <Side.UNKNOWN: ''>)
        """
        return next((side for side in (cls.LEFT, cls.RIGHT) if place.startswith(f"{side} ")), cls.UNKNOWN)


@dataclass(frozen=True)
class Said:
    """A form of one or more labels: the words that name them, and those around. Without a label it names nothing."""

    labels: tuple[str, ...]
    before: str
    words: str
    after: str = ""

    @classmethod
    def parse(cls, labels: tuple[str, ...], form: str, side: Side = Side.UNKNOWN) -> Said:
        """Take a form apart.

        >>> Said.parse(("rib",), "a {side}lower [rib]", Side.LEFT)
        Said(labels=('rib',), before='a left lower ', words='rib', after='')
        """
        match = _FORM.fullmatch(form.replace("{side}", f"{side} " if side else ""))
        if match is None:
            raise ValueError(f"wording.yaml: {labels}: {form!r} has not exactly one [part in brackets]")
        return cls(labels, *match.groups())

    @property
    def phrase(self) -> str:
        """All of it."""
        return f"{self.before}{self.words}{self.after}"


class Role(StrEnum):
    """Of a form in a sentence."""

    PLACE = "place"
    ADJECTIVE = "adjective"
    NOUN = "noun"
    NOUNS = "nouns"
    FEATURE = "feature"
    ABSENT = "absent"


class Entry(BaseModel):
    """One label; its keys are explained at the head of `wording.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    place: tuple[str, ...] = ()
    preposition: str = "in"
    adjective: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    coarse: str | None = None
    general: str | None = None
    keeps: bool = False
    aside: bool = False
    descriptive: bool = False
    joint: tuple[str, ...] = ()
    uncountable: bool = False
    sex: Literal["F", "M"] | None = None

    def forms(self, role: Role) -> tuple[str, ...]:
        """All forms in one role."""
        found: tuple[str, ...] = getattr(self, role.value)
        return self.feature if role is Role.ABSENT and not found else found


class Wording(BaseModel):
    """All of `wording.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    parts: dict[str, Entry]
    types: dict[str, Entry]
    attributes: dict[str, Entry]

    @model_validator(mode="after")
    def _known(self) -> Wording:
        labels = {**self.parts, **self.types, **self.attributes}
        for label, entry in labels.items():
            for key in ("coarse", "general"):
                if (other := getattr(entry, key)) is not None and other not in labels:
                    raise ValueError(f"{label}: {key}: {other!r} has no entry")
            if entry.stems and entry.general is None:
                raise ValueError(f"{label}: stems: say by `general` of which noun")
        return self

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every label's entry; what `stems` stand for is written out."""
        written = {**self.parts, **self.types, **self.attributes}

        def noun(label: str, role: Role) -> tuple[str, ...]:
            entry = written[label]
            if not entry.stems or entry.general is None:
                return entry.forms(role)
            heads = (Said.parse((label,), form).words for form in noun(entry.general, role))
            return tuple(f"[{stem} {head}]" for head in heads for stem in entry.stems)

        return {
            label: entry.model_copy(update={role.value: noun(label, role) for role in (Role.NOUN, Role.NOUNS)})
            for label, entry in written.items()
        }

    @cached_property
    def compounds(self) -> dict[str, tuple[str, ...]]:
        """Words that together name what none of them does alone, in lower case, and the labels they name."""
        found: dict[str, tuple[str, ...]] = {}
        for label, entry in self.entries.items():
            if entry.stems:
                for form in (*entry.noun, *entry.nouns):
                    found[Said.parse((label,), form).words.lower()] = (label,)
            for said in self.enlarged(label):
                found[said.words.lower()] = said.labels
        return found

    def enlarged(self, label: str) -> tuple[Said, ...]:
        """How enlarged nodes are named by one compound: "mediastinal lymphadenopathy", "enlarged node"."""
        entry = self.entries[label]
        if entry.general != NODE:
            return tuple(Said((label,), "", words) for words in entry.joint)
        heads = [Said.parse((ENLARGED,), form).words for form in self.types[ENLARGED].noun]
        words = [*(f"{stem} {head}" for stem in entry.stems for head in heads), *entry.joint]
        return tuple(Said((label, ENLARGED), "", each) for each in words)

    def say(self, label: str, role: Role, rng: np.random.Generator, side: Side = Side.UNKNOWN) -> Said | None:
        """One form of `label` in `role`, drawn; None where it has none."""
        forms = self.entries[label].forms(role)
        return Said.parse((label,), forms[int(rng.integers(len(forms)))], side) if forms else None

    def above(self, labels: Iterable[str]) -> set[str]:
        """`labels`, and what a hasty reader names instead, and so on.

        >>> sorted(wording().above(["lingula"]))
        ['left lung', 'lingula', 'lung']
        """
        found: set[str] = set()
        for label in labels:
            at: str | None = label
            while at is not None and at not in found:
                found.add(at)
                at = entry.coarse if (entry := self.entries.get(at)) else None
        return found

    def suits(self, labels: Iterable[str], sex: str) -> bool:
        """Whether a person of this sex can have all of `labels`.

        >>> wording().suits(("cyst", "ovary"), "M"), wording().suits(("cyst", "kidney"), "M")
        (False, True)
        """
        return all((entry := self.entries.get(label)) is None or entry.sex in (None, sex) for label in labels)

    def surface_forms(self) -> dict[str, set[str]]:
        """Every label that can be mentioned, and the words that name it, in lower case."""
        found = {
            label: {Said.parse((label,), form).words.lower() for role in Role for form in entry.forms(role)}
            for label, entry in self.entries.items()
        }
        for words, labels in self.compounds.items():
            for label in labels:
                found[label].add(words)
        return found


@cache
def wording() -> Wording:
    """`wording.yaml`, checked."""
    text = (files("lesionary.phantom") / "wording.yaml").read_text(encoding="utf-8")
    return Wording.model_validate(yaml.safe_load(text))
