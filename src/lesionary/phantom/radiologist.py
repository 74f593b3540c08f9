"""Someone who reads the scan: finds the mass, draws a box around it and names the slice that shows it best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.imaging.geometry import Box
from lesionary.phantom.identity import Visit
from lesionary.phantom.patient import Patient
from lesionary.phantom.scanner import Scan
from lesionary.phantom.subtypes import Subtype

TIGHTEST, WIDEST = -0.5, 1.5  # voxels by which a drawn edge lies outside the true one, in the plane


@dataclass(frozen=True)
class Finding:
    """A lesion as read: its box in voxel coordinates of the sorted volume, and its key slice (0-based z)."""

    lesion: str
    box: Box
    key_slice: int
    subtype: Subtype


def read(patient: Patient, visit: Visit, scan: Scan, rng: np.random.Generator) -> list[Finding]:
    """All findings of one scan, in the order of reading."""
    truth = Box.of_mask(scan.mass)
    areas = scan.mass.sum(axis=(1, 2))
    finding = Finding(
        lesion=f"L{patient.number:04d}-{visit.number}",
        box=_drawn(truth, scan.geometry.size, rng),
        key_slice=int(np.argmax(areas)),
        subtype=patient.subtype,
    )
    return [finding]


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
