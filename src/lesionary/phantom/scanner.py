"""A CT scanner: how a patient is scanned, and what comes out of it.

The ranges are those of the DMRN paper's cohort (2.1): GE LightSpeed and Discovery, Philips iCT, Siemens SOMATOM;
pixels of 0.5625 to 0.9766 mm, slices of 1.25 to 5 mm.

Planes are painted along the axes of the body. Some patients lie turned on the table and their images follow the body:
in the coordinates of the table, which are DICOM's, such a stack is oblique.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from lesionary.imaging.geometry import Geometry
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.canvas import Point
from lesionary.phantom.encoding import Encoding
from lesionary.phantom.models import MODELS, Model
from lesionary.phantom.noise import draw_noise
from lesionary.phantom.patient import Patient
from lesionary.phantom.texture import Plane

PIXEL_MM = (0.5625, 0.9766)
THICKNESS_MM = (1.25, 2.5, 3.0, 3.75, 5.0)
MARGIN_SLICES = 2  # above and below the mass
MARGIN_MM = 12.0  # around it, in the plane
LAYER_MM = 2.0  # about the distance of the planes that a slice averages over
SURVEY_MM = 5.0  # thickness of a survey's slices
SURVEY_SLICES = (7, 8)
SURVEY_FIELD_MM = (243.2, 320.0)  # most of the body, not all of its wall
SURVEY_CENTRE_MM = (-42.0, 24.0)  # from the dome of the spleen to the middle of the kidneys
REFERENCE_MAS = 180.0  # tube current times time at which `phantom.noise_hu` holds
MAS = (115, 320)
ENCODINGS = dict(zip(Encoding, (0.4, 0.15, 0.15, 0.15, 0.15), strict=True))
OBLIQUE = 0.12  # share of stacks
TURN_DEG = (12.0, 8.0, 6.0)  # about x, y and z, at most


class Order(StrEnum):
    """What InstanceNumber follows."""

    HEAD_FIRST = "head first"
    """The first instance is the highest slice."""
    FEET_FIRST = "feet first"
    """The first instance is the lowest slice."""
    INTERLEAVED = "interleaved"
    """Odd slices, then even ones, as after merging two reconstructions: it disagrees with position."""


@dataclass(frozen=True)
class Protocol:
    """One way of scanning one patient."""

    model: Model
    kvp: int
    mas: int
    """Tube current times the time of a turn."""
    portal: float
    """Phase of enhancement: 0 late arterial, 1 portal venous."""
    pixel_mm: float
    thickness_mm: float
    matrix: int
    slices: int
    origin_mm: Point
    """Centre of the first pixel of the lowest slice, in the coordinates of the body."""
    noise_hu: float
    """Standard deviation in a 2.5 mm slice."""
    encoding: Encoding
    order: Order
    turn_deg: Point = (0.0, 0.0, 0.0)
    """How the body lies on the table: turned about the table's x, then y, then z."""

    @property
    def geometry(self) -> Geometry:
        """The stack on the table: x to the left, y to the back, z to the head of a supine patient who lies straight."""
        size, spacing = (self.matrix, self.matrix, self.slices), (self.pixel_mm, self.pixel_mm, self.thickness_mm)
        turn = rotation(self.turn_deg)
        origin, row, column = turn @ self.origin_mm, turn[:, 0], turn[:, 1]
        return Geometry(size, spacing, _vector(origin), _vector(row), _vector(column))

    @property
    def oblique(self) -> bool:
        """Whether the body lies turned."""
        return any(self.turn_deg)

    @property
    def middle_mm(self) -> float:
        """Height of the middle of the stack, in the coordinates of the body."""
        return self.origin_mm[2] + (self.slices - 1) / 2 * self.thickness_mm

    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates in the body of columns, rows and slices, in mm."""
        steps = (self.matrix, self.pixel_mm), (self.matrix, self.pixel_mm), (self.slices, self.thickness_mm)
        x, y, z = (
            np.arange(count, dtype=np.float64) * step + first
            for (count, step), first in zip(steps, self.origin_mm, strict=True)
        )
        return x, y, z


def rotation(turn_deg: Point) -> NDArray[np.float64]:
    """The matrix that turns about x, then y, then z, shape (3, 3).

    >>> rotation((0.0, 0.0, 90.0)).round() @ [1, 0, 0]
    array([0., 1., 0.])
    """
    turned = np.eye(3)
    for axis, angle in enumerate(np.radians(turn_deg)):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        about = np.eye(3)
        about[first, first] = about[second, second] = np.cos(angle)
        about[second, first], about[first, second] = np.sin(angle), -np.sin(angle)
        turned = about @ turned
    return turned


def _vector(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z


@dataclass(frozen=True)
class Scan:
    """A volume in HU, where it lies, and which voxels are lesion (the truth, which no reader sees)."""

    hu: NDArray[np.int16]
    geometry: Geometry
    marks: NDArray[np.uint8]
    """0, or the number of the lesion, counted from 1 in the patient's order."""


def draw_protocol(patient: Patient, params: PhantomParams, rng: np.random.Generator) -> Protocol:
    """A protocol whose stack holds the whole mass within `params.max_slices` slices of `params.matrix` pixels."""
    low, high = (np.array(corner) for corner in patient.painter().bounds_mm)
    half, middle = (high - low) / 2, (high + low) / 2
    within_mm = float(np.hypot(half[0], half[1])) + MARGIN_MM
    finest = max(PIXEL_MM[0], 2 * within_mm / params.matrix)
    pixel = _rounded_up(rng.uniform(finest, max(finest, PIXEL_MM[1])))
    thickness = _thickness(2 * half[2], params.max_slices, rng)
    slices = int(min(params.max_slices, np.ceil(2 * half[2] / thickness) + 2 * MARGIN_SLICES))
    # Centred between mass and midline, as far as the round field allows.
    aim = np.array([rng.normal(0.5, 0.1) * middle[0], rng.normal(8, 6)]) - middle[:2]
    slack = params.matrix * pixel / 2 - within_mm
    centre = middle[:2] + aim * min(1.0, max(0.0, slack) / float(np.hypot(*aim)))
    height = middle[2] + rng.uniform(-0.4, 0.4) * thickness
    portal = float(rng.uniform(0.75, 1.0) if rng.random() < 0.75 else rng.uniform(0.0, 0.4))
    return _draw((centre[0], centre[1], height), pixel, thickness, slices, portal, params, rng)


def draw_survey(params: PhantomParams, rng: np.random.Generator, centre_z_mm: float | None = None) -> Protocol:
    """A protocol for a few thick slices about a height of the body; None: somewhere in the upper abdomen."""
    pixel = _rounded_up(max(PIXEL_MM[0], rng.uniform(*SURVEY_FIELD_MM) / params.matrix))
    slices = int(rng.integers(SURVEY_SLICES[0], SURVEY_SLICES[1] + 1))
    height = float(rng.uniform(*SURVEY_CENTRE_MM)) if centre_z_mm is None else centre_z_mm
    centre = float(rng.normal(0, 22)), float(rng.normal(14, 10)), height
    return _draw(centre, pixel, SURVEY_MM, slices, float(rng.uniform(0.75, 1.0)), params, rng)


def _draw(
    centre_mm: Point,
    pixel_mm: float,
    thickness_mm: float,
    slices: int,
    portal: float,
    params: PhantomParams,
    rng: np.random.Generator,
) -> Protocol:
    """A stack about a centre, with everything drawn that does not depend on the patient."""
    model, mas = MODELS[rng.integers(len(MODELS))], int(rng.integers(*MAS, endpoint=True))
    half = np.array([params.matrix - 1, params.matrix - 1, slices - 1]) / 2 * (pixel_mm, pixel_mm, thickness_mm)
    turn = rng.uniform(-1, 1, 3) * TURN_DEG * (rng.random() < OBLIQUE)
    return Protocol(
        model=model,
        kvp=int(rng.choice([100, 120, 120, 120])),
        mas=mas,
        portal=portal,
        pixel_mm=pixel_mm,
        thickness_mm=thickness_mm,
        matrix=params.matrix,
        slices=slices,
        origin_mm=_vector((centre_mm - half).round(3)),
        noise_hu=params.noise_hu * model.noise * float(np.sqrt(REFERENCE_MAS / mas)),  # photons grow with the current
        encoding=list(ENCODINGS)[rng.choice(len(ENCODINGS), p=list(ENCODINGS.values()))],
        order=list(Order)[rng.choice(3, p=[0.6, 0.3, 0.1])],
        turn_deg=_vector(turn.round(1)),
    )


def _rounded_up(mm: float) -> float:
    return float(np.ceil(mm * 1e4) / 1e4)  # four decimals, as scanners write them


def _thickness(extent_mm: float, max_slices: int, rng: np.random.Generator) -> float:
    """A usual thickness with which mass and margins fit; preferably one at which a 110 mm mass still would.

    A mass too large for that has the thickest, at the cost of margins; only where `max_slices` leaves too few even for
    the mass and a slice on either side (140 mm at 30) are slices thicker than a scanner makes them.
    """
    room = max(1, max_slices - 2 * MARGIN_SLICES)
    fitting = np.array([t for t in THICKNESS_MM if np.ceil(extent_mm / t) <= room])
    if not len(fitting):
        return max(THICKNESS_MM[-1], _rounded_up(extent_mm / (max_slices - 2)))
    usual = min(max(110 / room, THICKNESS_MM[0]), THICKNESS_MM[-1])
    weight = np.exp(-np.abs(np.log(fitting / usual)) / 0.35)
    return float(rng.choice(fitting, p=weight / weight.sum()))


def acquire(patient: Patient, protocol: Protocol, rng: np.random.Generator) -> Scan:
    """Scan a patient: slices average over their thickness, the kernel blurs, and noise lies on all of it."""
    painter, blur_px = patient.painter(), protocol.model.blur_px
    x, y, z = protocol.axes()
    noise = protocol.noise_hu * np.sqrt(2.5 / protocol.thickness_mm)  # photons grow with thickness
    samples = max(1, round(protocol.thickness_mm / LAYER_MM))
    offsets = ((np.arange(samples) + 0.5) / samples - 0.5) * protocol.thickness_mm
    hu = np.empty((len(z), len(y), len(x)), np.int16)
    marks = np.zeros(hu.shape, np.uint8)
    for index, height in enumerate(z):
        layers = [painter.paint(Plane(x, y, float(height + offset)), protocol.portal) for offset in offsets]
        tissue = gaussian_filter(np.mean([layer for layer, _ in layers], axis=0), blur_px)
        noisy = tissue + noise * draw_noise(tissue.shape, blur_px, rng)
        hu[index] = np.clip(np.rint(noisy), -1024, 3071)
        for number, cover in enumerate(np.mean([covers for _, covers in layers], axis=0), start=1):
            marks[index][cover > 0.5] = number
    return Scan(hu, protocol.geometry, marks)
