"""What is true of a mass, beyond what a reader sees: kept out of the cohort, for judging results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.imaging.geometry import Box
from lesionary.phantom.patient import Patient
from lesionary.phantom.radiologist import Finding
from lesionary.phantom.scanner import Protocol, Scan
from lesionary.phantom.subtypes import Subtype


@dataclass(frozen=True)
class Truth:
    """One line of truth.csv. Shares are of the mass's volume; `unusual` is 1 where its picture misleads."""

    lesion: str
    subtype: Subtype
    unusual: int
    mean_hu: float
    sd_hu: float
    diameter_mm: float
    volume_ml: float
    fat_share: float
    necrosis_share: float
    slices: int
    thickness_mm: float
    portal: float


def measure(finding: Finding, patient: Patient, protocol: Protocol, scan: Scan) -> Truth:
    """Measure the mass on the acquired voxels (noise included)."""
    inside = scan.hu[scan.mass].astype(np.float64)
    spacing = scan.geometry.spacing_mm
    extents = np.multiply(Box.of_mask(scan.mass).extent, spacing)
    return Truth(
        lesion=finding.lesion,
        subtype=patient.subtype,
        unusual=int(patient.unusual),
        mean_hu=round(float(inside.mean()), 2),
        sd_hu=round(float(inside.std()), 2),
        diameter_mm=round(float(extents.max()), 1),
        volume_ml=round(len(inside) * float(np.prod(spacing)) / 1000, 2),
        fat_share=round(patient.mass.fat, 4),
        necrosis_share=round(patient.mass.necrosis, 4),
        slices=int(scan.mass.any(axis=(1, 2)).sum()),
        thickness_mm=protocol.thickness_mm,
        portal=round(protocol.portal, 3),
    )
