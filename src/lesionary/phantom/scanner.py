"""A CT scanner: how a patient is scanned, and what comes out of it.

The ranges are those of the DMRN paper's cohort (2.1): GE LightSpeed and Discovery, Philips iCT, Siemens SOMATOM;
pixels of 0.5625 to 0.9766 mm, slices of 1.25 to 5 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from lesionary.imaging.geometry import Geometry
from lesionary.params import PhantomParams
from lesionary.phantom.canvas import Point
from lesionary.phantom.patient import Patient
from lesionary.phantom.texture import Plane

PIXEL_MM = (0.5625, 0.9766)
THICKNESS_MM = (1.25, 2.5, 3.0, 3.75, 5.0)
MARGIN_SLICES = 2  # above and below the mass
MARGIN_MM = 12.0  # around it, in the plane
SURVEY_MM = 5.0  # thickness of a survey's slices
SURVEY_SLICES = (8, 9)
SURVEY_PIXEL_MM = (0.95, 1.25)  # at 256 rows: most of the body, not all of its wall


class Encoding(StrEnum):
    """Transfer syntaxes that archives hand out."""

    PLAIN = "1.2.840.10008.1.2.1"
    """Explicit VR little endian, uncompressed."""
    RLE = "1.2.840.10008.1.2.5"
    """RLE lossless."""
    JPEG_2000 = "1.2.840.10008.1.2.4.90"
    """JPEG 2000, lossless only."""


class Order(StrEnum):
    """What InstanceNumber follows."""

    HEAD_FIRST = "head first"
    """The first instance is the highest slice."""
    FEET_FIRST = "feet first"
    """The first instance is the lowest slice."""
    INTERLEAVED = "interleaved"
    """Odd slices, then even ones, as after merging two reconstructions: it disagrees with position."""


@dataclass(frozen=True)
class Model:
    """A scanner and how it writes pixels: HU = stored + intercept; `padding` is stored outside its round field."""

    maker: str
    name: str
    kernel: str
    blur_px: float
    signed: bool
    intercept: int
    padding: int | None


MODELS = (
    Model("GE MEDICAL SYSTEMS", "LightSpeed VCT", "STANDARD", 0.6, True, -1024, -2000),
    Model("GE MEDICAL SYSTEMS", "LightSpeed16", "SOFT", 0.8, True, -1024, -2000),
    Model("GE MEDICAL SYSTEMS", "Discovery CT750 HD", "STANDARD", 0.55, True, 0, -3024),
    Model("Philips", "iCT 256", "B", 0.65, False, -1024, None),
    Model("Philips", "iCT 256", "C", 0.5, False, -1024, None),
    Model("SIEMENS", "SOMATOM Definition Flash", "B30f", 0.7, False, -1024, None),
    Model("SIEMENS", "SOMATOM Definition AS", "B40f", 0.5, False, -8192, None),
)


@dataclass(frozen=True)
class Protocol:
    """One way of scanning one patient."""

    model: Model
    kvp: int
    portal: float
    """Phase of enhancement: 0 late arterial, 1 portal venous."""
    pixel_mm: float
    thickness_mm: float
    matrix: int
    slices: int
    origin_mm: Point
    """Centre of the first pixel of the lowest slice."""
    noise_hu: float
    """Standard deviation in a 2.5 mm slice."""
    encoding: Encoding
    order: Order
    layer_mm: float = 1.6
    """Distance of the planes that a slice averages over."""

    @property
    def geometry(self) -> Geometry:
        """Axial slices of a supine patient: x to the left, y to the back, z to the head."""
        size, spacing = (self.matrix, self.matrix, self.slices), (self.pixel_mm, self.pixel_mm, self.thickness_mm)
        return Geometry(size, spacing, self.origin_mm, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))

    def field(self) -> NDArray[np.bool_]:
        """Pixels within the round field of view, shape (rows, columns); all of them where a scanner does not pad."""
        if self.model.padding is None:
            return np.ones((self.matrix, self.matrix), bool)
        offset = np.arange(self.matrix) - (self.matrix - 1) / 2
        return np.asarray(np.hypot(offset[:, None], offset) <= self.matrix / 2)


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
    corner = centre - (params.matrix - 1) / 2 * pixel
    lowest = middle[2] - (slices - 1) / 2 * thickness + rng.uniform(-0.4, 0.4) * thickness
    return Protocol(
        model=MODELS[rng.integers(len(MODELS))],
        kvp=int(rng.choice([100, 120, 120, 120])),
        portal=float(rng.uniform(0.75, 1.0) if rng.random() < 0.75 else rng.uniform(0.0, 0.4)),
        pixel_mm=pixel,
        thickness_mm=thickness,
        matrix=params.matrix,
        slices=slices,
        origin_mm=(round(float(corner[0]), 3), round(float(corner[1]), 3), round(float(lowest), 3)),
        noise_hu=params.noise_hu * float(rng.uniform(0.75, 1.25)),
        encoding=list(Encoding)[rng.choice(3, p=[0.6, 0.2, 0.2])],
        order=list(Order)[rng.choice(3, p=[0.6, 0.3, 0.1])],
    )


def draw_survey(params: PhantomParams, rng: np.random.Generator) -> Protocol:
    """A protocol for a few thick slices somewhere between the dome of the spleen and the middle of the kidneys."""
    pixel = _rounded_up(rng.uniform(*SURVEY_PIXEL_MM) * 256 / params.matrix)
    slices = int(rng.integers(SURVEY_SLICES[0], SURVEY_SLICES[1] + 1))
    half = (params.matrix - 1) / 2 * pixel
    centre = rng.normal(0, 22), rng.normal(14, 10), rng.uniform(-42, 24)
    return Protocol(
        model=MODELS[rng.integers(len(MODELS))],
        kvp=int(rng.choice([100, 120, 120, 120])),
        portal=float(rng.uniform(0.75, 1.0)),
        pixel_mm=pixel,
        thickness_mm=SURVEY_MM,
        matrix=params.matrix,
        slices=slices,
        origin_mm=(
            round(float(centre[0] - half), 3),
            round(float(centre[1] - half), 3),
            round(float(centre[2] - (slices - 1) / 2 * SURVEY_MM), 3),
        ),
        noise_hu=params.noise_hu * float(rng.uniform(0.75, 1.25)),
        encoding=list(Encoding)[rng.choice(3, p=[0.6, 0.2, 0.2])],
        order=list(Order)[rng.choice(3, p=[0.6, 0.3, 0.1])],
        layer_mm=2.5,
    )


def _rounded_up(mm: float) -> float:
    return float(np.ceil(mm * 1e4) / 1e4)  # four decimals, as scanners write them


def _thickness(extent_mm: float, max_slices: int, rng: np.random.Generator) -> float:
    """A usual thickness with which mass and margins fit; preferably one at which a 110 mm mass still would."""
    room = max(1, max_slices - 2 * MARGIN_SLICES)
    fitting = np.array([t for t in THICKNESS_MM if np.ceil(extent_mm / t) <= room])
    if not len(fitting):
        return _rounded_up(extent_mm / room)
    usual = min(max(110 / room, THICKNESS_MM[0]), THICKNESS_MM[-1])
    weight = np.exp(-np.abs(np.log(fitting / usual)) / 0.25)
    return float(rng.choice(fitting, p=weight / weight.sum()))


def acquire(patient: Patient, protocol: Protocol, rng: np.random.Generator) -> Scan:
    """Scan a patient: slices average over their thickness, the kernel blurs, and noise lies on all of it."""
    geometry, painter = protocol.geometry, patient.painter()
    x, y, z = (np.arange(n, dtype=np.float64) * step + first for n, step, first in _axes(geometry))
    noise = protocol.noise_hu * np.sqrt(2.5 / protocol.thickness_mm)  # photons grow with thickness
    samples = max(1, round(protocol.thickness_mm / protocol.layer_mm))
    offsets = ((np.arange(samples) + 0.5) / samples - 0.5) * protocol.thickness_mm
    hu = np.empty(geometry.size[::-1], np.int16)
    marks = np.zeros(hu.shape, np.uint8)
    for index, height in enumerate(z):
        layers = [painter.paint(Plane(x, y, float(height + offset)), protocol.portal) for offset in offsets]
        tissue = gaussian_filter(np.mean([layer for layer, _ in layers], axis=0), protocol.model.blur_px)
        noisy = tissue + noise * _noise(tissue.shape, protocol.model.blur_px, rng)
        hu[index] = np.clip(np.rint(noisy), -1024, 3071)
        for number, cover in enumerate(np.mean([covers for _, covers in layers], axis=0), start=1):
            marks[index][cover > 0.5] = number
    return Scan(hu, geometry, marks)


def _axes(geometry: Geometry) -> list[tuple[int, float, float]]:
    return list(zip(geometry.size, geometry.spacing_mm, geometry.origin_mm, strict=True))


def _noise(shape: tuple[int, ...], blur_px: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of standard deviation 1 with the grain of filtered backprojection."""
    white = rng.standard_normal(shape, dtype=np.float32)
    return np.asarray(_grain(white, blur_px) / _grain_deviation(blur_px), np.float32)


def _grain(white: NDArray[np.float32], blur_px: float) -> NDArray[np.float32]:
    """A band of frequencies: backprojection leaves no low ones, the kernel few high ones."""
    return np.asarray(gaussian_filter(white, blur_px) - gaussian_filter(white, 3 * blur_px), np.float32)


@cache
def _grain_deviation(blur_px: float) -> float:
    """Standard deviation of `_grain` of white noise: the norm of its impulse response."""
    impulse = np.zeros((65, 65), np.float32)
    impulse[32, 32] = 1
    return float(np.linalg.norm(_grain(impulse, blur_px)))
