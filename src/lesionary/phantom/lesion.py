"""A lesion in a body: what is true of it, and the mass of tissue that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import tissues
from lesionary.phantom.canvas import Point
from lesionary.phantom.catalogue import Kind
from lesionary.phantom.kinds import Description, draw_traits
from lesionary.phantom.mass import Inclusion, Mass
from lesionary.phantom.outline import ALONE, merged
from lesionary.phantom.places import Place

NECROSIS_HU = (12.0, 24.0)
CALCIUM_HU = (320.0, 520.0)
FAT_HU = (-100.0, -75.0)
GAS_HU = -960.0
OUTSIDE = ("lobulation", "roughness", "spicules", "edge_mm", "opacity", "patchy", "reticular")
ALIKE = (*OUTSIDE, "texture_hu", "grain_mm", "rim_hu", "rim_gaps")
"""Traits that a mass has under the same name."""
CALCIUM_CENTRAL = (4.0, 0.0, -2.5)  # in the middle, scattered, a shell: how `Inclusion.central` draws it


@dataclass(frozen=True)
class Bound:
    """What a lesion does not grow beyond: its place, or a layer along that place's surface."""

    place: Place
    layer_mm: float
    """Thickness of the layer; 0 for the whole place."""


@dataclass(frozen=True)
class Lesion:
    """One lesion; `fixed` ones are painted over the frame, the others give way to it."""

    description: Description
    mass: Mass
    fixed: bool
    bound: Bound | None = None


@dataclass(frozen=True)
class Shaped:
    """A lesion that has its traits and size and is yet to be placed."""

    kind: Kind
    radii_mm: Point
    traits: dict[str, float]
    depth: tuple[float, float]
    """How deep its centre lies in its organ, in radii."""

    @property
    def radius_mm(self) -> float:
        """The larger one in the axial plane."""
        return max(self.radii_mm[:2])

    def bound(self, place: Place) -> Bound | None:
        """What it stays in when it lies in `place`."""
        layer = self.traits["layer_mm"]
        return Bound(place, layer) if self.kind.stays or layer > 0 else None

    def at(self, centre_mm: Point, rng: np.random.Generator) -> Mass:
        """Its mass around `centre_mm`."""
        early, late = tissues()[self.kind.tissue]
        bodies = round(self.traits["bodies"])
        return Mass(
            centre_mm=centre_mm,
            radii_mm=self.radii_mm,
            tilt_deg=float(rng.uniform(-40, 40) if self.traits["slimness"] > 0.5 else rng.uniform(-90, 90)),
            balls=merged(bodies, rng) if bodies > 1 else ALONE,
            hu=late + float(rng.uniform(*self.kind.hu)),
            arterial_hu=early - late,
            inclusions=self._inclusions(rng),
            **{name: self.traits[name] for name in ALIKE},
        )

    def _inclusions(self, rng: np.random.Generator) -> tuple[Inclusion, ...]:
        grain = float(np.clip(0.35 * self.radius_mm, 2.5, 14.0))
        calcium = float(rng.choice(CALCIUM_CENTRAL))
        possible = (
            Inclusion(self.traits["necrosis"], rng.uniform(*NECROSIS_HU), grain, 1.6, 0.25),
            Inclusion(self.traits["fat"], rng.uniform(*FAT_HU), grain, 0.5, 0.3),
            Inclusion(self.traits["cavity"], GAS_HU, max(grain, 5.0), 7.0, 0.4),
            Inclusion(self.traits["bronchograms"], GAS_HU, 11.0, 0.0, 0.05, branching=True),
            Inclusion(self.traits["calcification"], rng.uniform(*CALCIUM_HU), min(grain, 4.0), calcium, 0.3),
        )
        return tuple(part for part in possible if part.share > 0)


def shape(kind: Kind, description: Description, highest_mm: float, rng: np.random.Generator) -> Shaped:
    """Draw how a described lesion looks; it is at most `highest_mm` high, so that a slab can hold it."""
    shown = (*description.types, *description.attributes)  # a type such as a lobular mass has a look, too
    traits, depth = draw_traits(kind, shown, rng)
    radius = description.diameter_mm / 2
    across, high = radius * traits["slimness"], radius * rng.uniform(0.75, 0.98)
    return Shaped(kind, (radius, across, min(high, highest_mm / 2)), traits, depth)
