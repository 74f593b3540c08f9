"""A lesion in a body: what is true of it, and the mass of tissue that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import tissues
from lesionary.phantom.canvas import Point
from lesionary.phantom.kinds import Description, Kind, draw_traits
from lesionary.phantom.mass import Inclusion, Mass

NECROSIS_HU = (12.0, 24.0)
CALCIUM_HU = (320.0, 520.0)


@dataclass(frozen=True)
class Lesion:
    """One lesion; `fixed` ones are painted over the frame, the others give way to it."""

    description: Description
    mass: Mass
    fixed: bool


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

    def at(self, centre_mm: Point, rng: np.random.Generator) -> Mass:
        """Its mass around `centre_mm`."""
        traits = dict(self.traits)
        early, late = tissues()[self.kind.tissue]
        grain = float(np.clip(0.35 * self.radius_mm, 2.5, 14.0))
        necrosis = Inclusion(traits.pop("necrosis"), rng.uniform(*NECROSIS_HU), grain, 1.6, 0.25)
        calcium = Inclusion(traits.pop("calcification"), rng.uniform(*CALCIUM_HU), min(grain, 4.0), 0.0, 0.3)
        return Mass(
            centre_mm=centre_mm,
            radii_mm=self.radii_mm,
            tilt_deg=float(rng.uniform(-40, 40)),
            hu=late + float(rng.uniform(*self.kind.hu)),
            arterial_hu=early - late,
            inclusions=tuple(part for part in (necrosis, calcium) if part.share > 0),
            **traits,
        )


def shape(kind: Kind, description: Description, highest_mm: float, rng: np.random.Generator) -> Shaped:
    """Draw how a described lesion looks; it is at most `highest_mm` high, so that a slab can hold it."""
    traits, depth = draw_traits(kind, description.attributes, rng)
    radius = description.diameter_mm / 2
    across, high = radius * rng.uniform(0.72, 0.98), radius * rng.uniform(0.75, 0.98)
    return Shaped(kind, (radius, across, min(high, highest_mm / 2)), traits, depth)
