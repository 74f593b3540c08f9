"""A patient with lesions, drawn at random and painted in Hounsfield units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.anatomy import Anatomy, Push
from lesionary.phantom.body import Body, Side, adrenal_mm
from lesionary.phantom.canvas import Canvas, Point, Window
from lesionary.phantom.lesion import Bound, Lesion
from lesionary.phantom.mass import Inclusion, Mass, MassPainter
from lesionary.phantom.regions import region
from lesionary.phantom.subtypes import Subtype, looks
from lesionary.phantom.texture import Image, Plane


@dataclass(frozen=True)
class Tumour:
    """An adrenal mass of one of the five sub-types."""

    side: Side
    subtype: Subtype
    unusual: bool
    """Whether it deviates from the usual picture of its sub-type."""
    mass: Mass


@dataclass(frozen=True)
class Patient:
    """One patient; everything that a scan of them shows follows from these fields."""

    number: int
    sex: str
    age: int
    body: Body
    seed: int
    """Of everything random about the inside of the body."""
    tumour: Tumour | None = None
    lesions: tuple[Lesion, ...] = ()
    """All but the tumour."""

    @property
    def masses(self) -> tuple[Mass, ...]:
        """What a reader finds, in order: the tumour's, then the lesions'."""
        own = () if self.tumour is None else (self.tumour.mass,)
        return (*own, *(lesion.mass for lesion in self.lesions))

    def painter(self) -> Painter:
        """Paints planes of this patient."""
        return _painter(self)

    def hu(self, plane: Plane, portal: float = 1.0) -> Image:
        """Noise-free HU on one plane, shape (rows, columns)."""
        return self.painter().paint(plane, portal)[0]

    def later(self, growth: float) -> Patient:
        """The same patient at the next scan, the radii of the tumour `growth` times as long."""
        if self.tumour is None:
            return self
        x, y, z = self.tumour.mass.radii_mm
        grown = replace(self.tumour.mass, radii_mm=(x * growth, y * growth, z * growth))
        return replace(self, tumour=replace(self.tumour, mass=grown))


class Painter:
    """The inside of one patient, ready to be painted plane by plane."""

    def __init__(self, patient: Patient) -> None:
        tumour = patient.tumour
        self.masses = [
            MassPainter(mass, np.random.default_rng([patient.seed, 2 + index]))
            for index, mass in enumerate(patient.masses)
        ]
        nothing = [None] * (tumour is not None)
        self.fixed = [False] * (tumour is not None) + [lesion.fixed for lesion in patient.lesions]
        self.bounds = [*nothing, *(lesion.bound for lesion in patient.lesions)]
        push = None if tumour is None else Push(tumour.mass, tumour.side)
        self.anatomy = Anatomy(patient.body, push, np.random.default_rng([patient.seed, 1]), patient.sex)

    @property
    def bounds_mm(self) -> tuple[Point, Point]:
        """Lowest and highest corner of the first mass in patient coordinates."""
        return self.masses[0].bounds_mm

    def paint(self, plane: Plane, portal: float) -> tuple[Image, Image]:
        """HU, shape (rows, columns), and each mass's share (0 to 1) of every point, shape (masses, rows, columns).

        `portal` is the phase of enhancement: 0 late arterial (about 35 s after injection), 1 portal venous (70 s).
        """
        canvas = self.anatomy.organs(plane, portal)
        canvas.lesions = np.zeros((len(self.masses), *canvas.hu.shape), np.float32)
        self._lesions(canvas, plane, portal, fixed=False)
        # Spine, great vessels and body wall do not give way to a mass; they take its place.
        self.anatomy.frame(canvas, plane, portal)
        self._lesions(canvas, plane, portal, fixed=True)
        return canvas.hu, canvas.lesions

    def _lesions(self, canvas: Canvas, plane: Plane, portal: float, *, fixed: bool) -> None:
        for index, mass in enumerate(self.masses):
            window = mass.window(plane) if self.fixed[index] is fixed else None
            if window is not None:
                rows, columns = window
                seen = Plane(plane.x_mm[columns], plane.y_mm[rows], plane.z_mm)
                bound = self.bounds[index]
                confined = None if bound is None else self._beyond(bound, mass.mass, canvas, window, seen)
                canvas.lesions[(index, *window)] = mass.lay(canvas.hu[window], seen, portal, confined)

    def _beyond(self, bound: Bound, mass: Mass, canvas: Canvas, window: Window, plane: Plane) -> Image:
        """Signed distance (mm) to what bounds a lesion, negative inside, in a window of the canvas."""
        where = region(self.anatomy, bound.place)
        if where is None:
            raise ValueError(f"this body has no {bound.place}")
        part = Canvas(canvas.hu[window], canvas.lesions[:0, *window], *canvas.at(window))
        part = self.anatomy.fixed(part, plane) if where.fixed else part
        distance = where.shape(*part.at())
        if not bound.layer_mm:
            return distance
        x, y = np.meshgrid(plane.x_mm.astype(np.float32), plane.y_mm.astype(np.float32))
        radius = mass.radius(x, y, plane.z_mm)
        thinning = np.sqrt(np.clip(1 - radius * radius, 0, 1))  # towards its end
        return np.asarray(np.abs(distance) - np.float32(bound.layer_mm / 2) * thinning, np.float32)


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
        tumour=Tumour(side, subtype, unusual, _mass(traits, side, body, rng)),
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
        lobulation=traits["lobulation"],
        roughness=traits["roughness"],
        edge_mm=traits["edge_mm"],
        hu=traits["hu"],
        arterial_hu=traits["arterial_hu"],
        texture_hu=traits["texture_hu"],
        grain_mm=traits["grain_mm"],
        rim_hu=traits["rim_hu"],
        inclusions=_inclusions(traits, radius, rng),
    )


def _inclusions(traits: dict[str, float], radius: float, rng: np.random.Generator) -> tuple[Inclusion, ...]:
    grain = float(np.clip(radius * rng.uniform(0.25, 0.6), 4, 22))
    possible = (
        Inclusion(traits["necrosis"], traits["necrosis_hu"], grain, rng.uniform(0.6, 2.5), rng.uniform(0.15, 0.6)),
        Inclusion(traits["fat"], traits["fat_hu"], min(grain, 9.0), rng.uniform(0, 0.8), rng.uniform(0.15, 0.7)),
        Inclusion(traits["calcification"], rng.uniform(220, 550), 3.0, rng.uniform(-0.5, 0.5), 0.3),
    )
    return tuple(part for part in possible if part.share > 0)
