"""Someone who reads the scan: finds each lesion, draws a box around it and names the slice that shows it best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.imaging.geometry import Box
from lesionary.phantom.identity import Visit
from lesionary.phantom.kinds import Description
from lesionary.phantom.mass import Mass
from lesionary.phantom.patient import Patient
from lesionary.phantom.scanner import Scan
from lesionary.phantom.subtypes import Subtype
from lesionary.phantom.tumours import describe_tumour

TIGHTEST, WIDEST = -0.5, 1.5  # voxels by which a drawn edge lies outside the true one, in the plane


@dataclass(frozen=True)
class Finding:
    """A lesion as read: its box in voxel coordinates of the sorted volume, and its key slice (0-based z)."""

    lesion: str
    box: Box
    key_slice: int
    diameters_mm: tuple[float, float]
    """In the key slice, the longer one first."""
    description: Description
    mass: Mass
    mark: int
    """Its voxels in the scan."""
    subtype: Subtype | None = None


def read(patient: Patient, visit: Visit, scan: Scan, rng: np.random.Generator) -> list[Finding]:
    """All findings of one scan, in the order of reading; what a slice does not show is not found."""
    tumour = patient.tumour
    everything: list[tuple[Description, Mass, Subtype | None]] = [
        (lesion.description, lesion.mass, None) for lesion in patient.lesions
    ]
    if tumour is not None:
        everything.insert(0, (describe_tumour(tumour), tumour.mass, tumour.subtype))
    findings = []
    for mark, (description, mass, subtype) in enumerate(everything, start=1):
        mask = scan.marks == mark
        if not mask.any():
            continue
        key_slice = int(np.argmax(mask.sum(axis=(1, 2))))
        number = f"L{patient.number:04d}-{visit.number}"
        findings.append(
            Finding(
                lesion=number if tumour is not None else f"{number}-{mark}",
                box=_drawn(Box.of_mask(mask), scan.geometry.size, rng),
                key_slice=key_slice,
                diameters_mm=_diameters(mask[key_slice], scan.geometry.spacing_mm[0]),
                description=description,
                mass=mass,
                mark=mark,
                subtype=subtype,
            )
        )
    return findings


def _diameters(section: NDArray[np.bool_], pixel_mm: float) -> tuple[float, float]:
    """The longer and the shorter side of a section, in mm."""
    rows, columns = (np.flatnonzero(section.any(axis=axis)) for axis in (1, 0))
    sides = [float(where[-1] - where[0] + 1) * pixel_mm for where in (rows, columns)]
    return max(sides), min(sides)


def _drawn(truth: Box, size: tuple[int, int, int], rng: np.random.Generator) -> Box:
    """The box as a hand draws it: a voxel or so off in the plane, whole slices along z, never outside the image."""
    left, top, right, bottom = (round(float(off), 1) for off in rng.uniform(TIGHTEST, WIDEST, 4))
    return Box(
        x_min=max(0.0, truth.x_min - left),
        y_min=max(0.0, truth.y_min - top),
        z_min=truth.z_min,
        x_max=min(float(size[0]), truth.x_max + right),
        y_max=min(float(size[1]), truth.y_max + bottom),
        z_max=truth.z_max,
    )
