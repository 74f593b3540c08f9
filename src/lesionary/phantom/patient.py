"""A patient with an adrenal mass, drawn at random and painted in Hounsfield units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from lesionary.params import PhantomParams
from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.body import Body, Side, adrenal_mm
from lesionary.phantom.canvas import Point
from lesionary.phantom.mass import Inclusion, Mass, MassPainter
from lesionary.phantom.subtypes import Subtype, looks
from lesionary.phantom.texture import Image, Plane


@dataclass(frozen=True)
class Patient:
    """One patient; everything that a scan of them shows follows from these fields."""

    number: int
    sex: str
    age: int
    body: Body
    side: Side
    subtype: Subtype
    unusual: bool
    """Whether the mass deviates from the usual picture of its sub-type."""
    mass: Mass
    seed: int
    """Of everything random about the inside of the body."""

    def painter(self) -> Painter:
        """Paints planes of this patient."""
        return _painter(self)

    def hu(self, plane: Plane, portal: float = 1.0) -> Image:
        """Noise-free HU on one plane, shape (rows, columns)."""
        return self.painter().paint(plane, portal)[0]

    def later(self, growth: float) -> Patient:
        """The same patient at the next scan, the mass's radii `growth` times as long."""
        x, y, z = self.mass.radii_mm
        return replace(self, mass=replace(self.mass, radii_mm=(x * growth, y * growth, z * growth)))


class Painter:
    """The inside of one patient, ready to be painted plane by plane."""

    def __init__(self, patient: Patient) -> None:
        body, mass = (np.random.default_rng([patient.seed, part]) for part in (1, 2))
        self.mass = MassPainter(patient.mass, mass)
        self.anatomy = Anatomy(patient.body, patient.side, patient.mass, body)

    @property
    def bounds_mm(self) -> tuple[Point, Point]:
        """Lowest and highest corner of the mass in patient coordinates."""
        return self.mass.bounds_mm

    def paint(self, plane: Plane, portal: float) -> tuple[Image, Image]:
        """HU and the share of the mass (0 to 1) at every point of a plane.

        `portal` is the phase of enhancement: 0 late arterial (about 35 s after injection), 1 portal venous (70 s).
        """
        canvas = self.anatomy.organs(plane, portal)
        tissue, cover = self.mass.paint(plane, portal)
        canvas.hu += cover * (tissue - canvas.hu)
        canvas.mass = cover
        # Spine, great vessels and body wall do not give way to the mass; they take its place.
        self.anatomy.frame(canvas, plane, portal)
        return canvas.hu, canvas.mass


@lru_cache(maxsize=1)  # a patient is looked at several times in a row: to plan the scan, then to do it
def _painter(patient: Patient) -> Painter:
    return Painter(patient)


def draw_patient(number: int, subtype: Subtype, params: PhantomParams, rng: np.random.Generator) -> Patient:
    """A patient whose mass is of `subtype`; `params.overlap` says how far it may stray from the text-book."""
    traits, unusual = looks()[subtype].draw(params.overlap, rng)
    body = Body.draw(rng)
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    return Patient(
        number=number,
        sex="F" if rng.random() < 0.55 else "M",
        age=int(np.clip(rng.normal(49, 13), 18, 84)),
        body=body,
        side=side,
        subtype=subtype,
        unusual=unusual,
        mass=_mass(traits, side, body, rng),
        seed=int(rng.integers(2**31)),
    )


def _mass(traits: dict[str, float], side: Side, body: Body, rng: np.random.Generator) -> Mass:
    radius = traits["diameter_mm"] / 2
    radii = (radius * rng.uniform(0.78, 1.0), radius * rng.uniform(0.72, 0.95), radius * rng.uniform(0.82, 1.0))
    x, y, z = adrenal_mm(side, body)
    # A mass grows away from spine and great vessels: lateral and forward, up or down.
    shift = max(0.0, radius - 8.0)
    outward = 1.0 if side is Side.LEFT else -1.0
    centre = (x + outward * 0.62 * shift, y - rng.uniform(0.3, 0.6) * shift, z + rng.uniform(-0.3, 0.3) * shift)
    return Mass(
        centre_mm=centre,
        radii_mm=radii,
        tilt_deg=float(rng.uniform(-40, 40)),
        inclusions=_inclusions(traits, radius, rng),
        **{name: traits[name] for name in ("lobulation", "roughness", "edge_mm", "hu", "arterial_hu")},
        **{name: traits[name] for name in ("texture_hu", "grain_mm", "rim_hu")},
    )


def _inclusions(traits: dict[str, float], radius: float, rng: np.random.Generator) -> tuple[Inclusion, ...]:
    grain = float(np.clip(radius * rng.uniform(0.25, 0.6), 4, 22))
    possible = (
        Inclusion(traits["necrosis"], traits["necrosis_hu"], grain, rng.uniform(0.6, 2.5), rng.uniform(0.15, 0.6)),
        Inclusion(traits["fat"], traits["fat_hu"], min(grain, 9.0), rng.uniform(0, 0.8), rng.uniform(0.15, 0.7)),
        Inclusion(traits["calcification"], rng.uniform(220, 550), 3.0, rng.uniform(-0.5, 0.5), 0.3),
    )
    return tuple(part for part in possible if part.share > 0)
