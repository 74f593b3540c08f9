"""One lesion drawn at random from the kinds that there are (`catalogue`), and what is true of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lesionary.phantom.catalogue import Group, Kind, Part, Range, Traits, catalogue


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


def draw_kind(rng: np.random.Generator, sex: str = "F") -> Kind:
    """A kind by its frequency, among those that a man or a woman can have."""
    kinds = [kind for kind in catalogue().kinds if kind.occurs_in(sex)]
    weights = np.array([kind.frequency for kind in kinds])
    return kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))]


def draw_part(kind: Kind, rng: np.random.Generator) -> Part:
    """One of its places by its share."""
    shares = np.array([each.share for each in kind.parts])
    return kind.parts[int(rng.choice(len(kind.parts), p=shares / shares.sum()))]


def describe(kind: Kind, rng: np.random.Generator, part: Part | None = None) -> tuple[Description, Part]:
    """One lesion of `kind`, in one of its places, and that place."""
    part = part or draw_part(kind, rng)
    diameter = _diameter(kind, rng)
    attributes = (*catalogue().size_labels(diameter), *_one_of_each(kind.attributes, rng))
    description = Description(
        kind=kind.name,
        parts=(*part.labels, *_one_of_each((kind.sites,), rng)),
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


def _diameter(kind: Kind, rng: np.random.Generator) -> float:
    """Log-normal: of every kind there are many small ones and a few that are far larger."""
    mean, sd, low, high = kind.diameter_mm
    spread = np.sqrt(np.log1p((sd / mean) ** 2))
    middle = np.log(mean) - spread**2 / 2
    return float(np.clip(np.exp(middle + spread * rng.standard_normal()), low, high))


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
