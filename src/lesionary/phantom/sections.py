"""What a report goes through (`sections.yaml`): regions of an examination, and the sections that belong to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

EXTENDED = 0.35  # how likely an examination shows a further region without a finding


class Region(StrEnum):
    """Of the body, as it is ordered to be scanned."""

    CHEST = "chest"
    ABDOMEN = "abdomen"
    PELVIS = "pelvis"


class Strict(BaseModel):
    """A part of `sections.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Normal(Strict):
    """A sentence without a finding."""

    text: str
    clear: tuple[str, ...] = ()
    sex: Literal["F", "M"] | None = None

    def fits(self, sex: str, taken: Collection[str]) -> bool:
        """Whether it may be said of someone of this sex with lesions at `taken`."""
        return self.sex in (None, sex) and not set(self.clear) & set(taken)


class Section(Strict):
    """A part of a report."""

    headings: tuple[str, ...]
    region: Region | None = None
    labels: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    normal: tuple[Normal, ...]


class Sections(Strict):
    """All of `sections.yaml`."""

    regions: dict[str, tuple[str, ...]]
    shown: dict[Region, tuple[str, ...]]
    elsewhere: dict[Region, tuple[str, ...]]
    sections: tuple[Section, ...]
    histories: tuple[str, ...]
    techniques: tuple[str, ...]
    comparisons: tuple[str, ...]
    conclusions: tuple[str, ...]

    def place(self, labels: Iterable[str]) -> int:
        """The section in which a lesion with `labels` is described; the last where no other is."""
        known = set(labels)
        for index, section in enumerate(self.sections):
            if known & set(section.labels):
                return index
        return len(self.sections) - 1

    def region(self, labels: Collection[str]) -> Region | None:
        """Where in the body a lesion with `labels` lies; None where they do not tell."""
        own = self.sections[self.place(labels)].region
        if own is not None:
            return own
        return next((region for region, shown in self.shown.items() if set(shown) & set(labels)), None)

    def beside(self, labels: Collection[str]) -> tuple[str, ...]:
        """What a lesion with `labels` may touch."""
        return self.sections[self.place(labels)].beside

    def elsewhere_of(self, labels: Collection[str]) -> tuple[str, ...]:
        """What the same examination shows besides."""
        return self.elsewhere[self.region(labels) or Region.ABDOMEN]


def examined(found: Iterable[Region | None], rng: np.random.Generator) -> list[Region]:
    """The regions of an examination with findings in `found`, from above."""
    shown = set(found) - {None} or {Region.ABDOMEN}
    return [region for region in Region if region in shown or rng.random() < EXTENDED]


@cache
def sections() -> Sections:
    """`sections.yaml`, checked."""
    text = (files("lesionary.phantom") / "sections.yaml").read_text(encoding="utf-8")
    return Sections.model_validate(yaml.safe_load(text))
