"""How labels are said (`wording.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

_FORM = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")


@dataclass(frozen=True)
class Said:
    """A form of a label: the words that name it, and those around them. Without a label it names nothing."""

    label: str | None
    before: str
    words: str
    after: str = ""

    @classmethod
    def parse(cls, label: str, form: str) -> Said:
        """Take a form apart.

        >>> Said.parse("rib", "a lower [rib]")
        Said(label='rib', before='a lower ', words='rib', after='')
        """
        match = _FORM.fullmatch(form)
        if match is None:
            raise ValueError(f"wording.yaml: {label}: {form!r} has not exactly one [part in brackets]")
        return cls(label, *match.groups())


class Entry(BaseModel):
    """One label; its keys are explained at the head of `wording.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    place: tuple[str, ...] = ()
    adjective: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()
    coarse: str | None = None
    general: str | None = None
    uncountable: bool = False

    def forms(self, role: str) -> tuple[str, ...]:
        """All forms in one role (`place`, `adjective`, `noun`, `nouns`, `feature`)."""
        found: tuple[str, ...] = getattr(self, role)
        return found


class Wording(BaseModel):
    """All of `wording.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    parts: dict[str, Entry]
    types: dict[str, Entry]
    attributes: dict[str, Entry]

    def entry(self, label: str) -> Entry:
        """The entry of a label of any class."""
        return {**self.parts, **self.types, **self.attributes}[label]

    def say(self, label: str, role: str, rng: np.random.Generator) -> Said | None:
        """One form of `label` in `role`, drawn; None where it has none."""
        forms = self.entry(label).forms(role)
        return Said.parse(label, forms[int(rng.integers(len(forms)))]) if forms else None

    def surface_forms(self) -> dict[str, list[str]]:
        """Every label that can be mentioned, and the words that name it."""
        roles = ("place", "adjective", "noun", "nouns", "feature")
        return {
            label: sorted({Said.parse(label, form).words for role in roles for form in entry.forms(role)})
            for section in (self.parts, self.types, self.attributes)
            for label, entry in section.items()
        }


@cache
def wording() -> Wording:
    """`wording.yaml`, checked."""
    text = (files("lesionary.phantom") / "wording.yaml").read_text(encoding="utf-8")
    return Wording.model_validate(yaml.safe_load(text))
