"""Lesions of many kinds (`findings.yaml`): what there is, how often, and one of them drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

from lesionary.phantom.places import Place

Range = tuple[float, float]
Probability = Annotated[float, Field(ge=0, le=1)]
Group = dict[str, Probability]
"""Labels of which at most one holds, and how likely each does."""


class Strict(BaseModel):
    """A part of `findings.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Traits(Strict):
    """Ranges of what a lesion looks like; those left out are taken from elsewhere."""

    lobulation: Range | None = None
    roughness: Range | None = None
    edge_mm: Range | None = None
    texture_hu: Range | None = None
    grain_mm: Range | None = None
    rim_hu: Range | None = None
    necrosis: Range | None = None
    calcification: Range | None = None
    depth: Range | None = None

    def over(self, other: Traits) -> Traits:
        """These, and `other`'s where there are none."""
        return Traits(**(other.model_dump(exclude_none=True) | self.model_dump(exclude_none=True)))


class Part(Strict):
    """One of the places of a kind."""

    labels: tuple[str, ...]
    place: Place
    share: Probability


class Kind(Strict):
    """One kind of lesion; its keys are explained at the head of `findings.yaml`."""

    name: str
    frequency: PositiveFloat
    parts: tuple[Part, ...]
    types: tuple[Group, ...]
    attributes: tuple[Group, ...]
    tissue: str
    hu: Range
    diameter_mm: tuple[float, float, float, float]
    maybe: tuple[str, ...]
    absent: tuple[str, ...]
    picture: Traits = Traits()
    own: dict[str, Traits] = {}


class Catalogue(Strict):
    """All of `findings.yaml`."""

    large_mm: PositiveFloat
    subcentimeter_mm: PositiveFloat
    usual: Traits
    attributes: dict[str, Traits]
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _complete(self) -> Catalogue:
        missing = [name for name, value in self.usual if value is None]
        if missing:
            raise ValueError(f"usual: {missing} have no range")
        return self

    def size_labels(self, diameter_mm: float) -> tuple[str, ...]:
        """What a diameter alone says.

        >>> catalogue().size_labels(44.9), catalogue().size_labels(45.0)
        ((), ('large',))
        """
        if diameter_mm >= self.large_mm:
            return ("large",)
        return ("subcentimeter",) if diameter_mm < self.subcentimeter_mm else ()


@cache
def catalogue() -> Catalogue:
    """`findings.yaml`, checked."""
    text = (files("lesionary.phantom") / "findings.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)
    values["kinds"] = [{"name": name} | kind for name, kind in values["kinds"].items()]
    return Catalogue.model_validate(values)


@dataclass(frozen=True)
class Description:
    """What is true of one lesion: everything that its picture and its report follow from."""

    kind: str
    parts: tuple[str, ...]
    types: tuple[str, ...]
    attributes: tuple[str, ...]
    diameter_mm: float
    maybe: tuple[str, ...]
    """Types that may be suspected."""
    absent: tuple[str, ...]
    """Attributes it does not have, and of which one would say so."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Body parts (the finest), types, attributes."""
        return (*self.parts, *self.types, *self.attributes)


def draw_kind(rng: np.random.Generator) -> Kind:
    """A kind by its frequency."""
    kinds = catalogue().kinds
    weights = np.array([kind.frequency for kind in kinds])
    return kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]


def describe(kind: Kind, rng: np.random.Generator, part: Part | None = None) -> tuple[Description, Part]:
    """One lesion of `kind`, in one of its places, and that place."""
    shares = np.array([each.share for each in kind.parts])
    part = part or kind.parts[int(rng.choice(len(kind.parts), p=shares / shares.sum()))]
    mean, sd, low, high = kind.diameter_mm
    diameter = float(np.clip(mean + sd * rng.standard_normal(), low, high))
    attributes = (*catalogue().size_labels(diameter), *_one_of_each(kind.attributes, rng))
    description = Description(
        kind=kind.name,
        parts=part.labels,
        types=_one_of_each(kind.types, rng),
        attributes=attributes,
        diameter_mm=diameter,
        maybe=kind.maybe,
        absent=tuple(label for label in kind.absent if label not in attributes),
    )
    return description, part


def draw_traits(kind: Kind, attributes: Sequence[str], rng: np.random.Generator) -> tuple[dict[str, float], Range]:
    """Every trait of a lesion of `kind` with `attributes`, and how deep it may lie."""
    known, traits = catalogue(), Traits()
    for attribute in attributes:
        traits = traits.over(kind.own.get(attribute, known.attributes.get(attribute, Traits())))
    ranges = traits.over(kind.picture).over(known.usual).model_dump()
    depth = ranges.pop("depth")
    return {name: float(rng.uniform(low, high)) for name, (low, high) in ranges.items()}, depth


def _one_of_each(groups: Sequence[Group], rng: np.random.Generator) -> tuple[str, ...]:
    drawn = []
    for group in groups:
        dice, below = rng.random(), 0.0
        for label, probability in group.items():
            below += probability
            if dice < below:
                drawn.append(label)
                break
    return tuple(drawn)
