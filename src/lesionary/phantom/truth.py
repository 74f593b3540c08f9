"""What is true of a lesion, beyond what a reader sees: kept out of the cohort, for judging results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.imaging.geometry import Box
from lesionary.phantom.patient import Patient
from lesionary.phantom.radiologist import Finding
from lesionary.phantom.scanner import Protocol, Scan


@dataclass(frozen=True)
class Truth:
    """One line of truth.csv. Shares are of the lesion's volume; `unusual` is 1 where its picture misleads.

    `labels` are all that show, joined by "|": body parts (the finest), types, attributes.
    """

    lesion: str
    kind: str
    labels: str
    subtype: str
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
    """Measure a lesion on the acquired voxels (noise included)."""
    mask = scan.marks == finding.mark
    inside = scan.hu[mask].astype(np.float64)
    spacing = scan.geometry.spacing_mm
    extents = np.multiply(Box.of_mask(mask).extent, spacing)
    return Truth(
        lesion=finding.lesion,
        kind=finding.description.kind,
        labels="|".join(finding.description.labels),
        subtype=finding.subtype.value if finding.subtype else "",
        unusual=int(finding.subtype is not None and patient.tumour is not None and patient.tumour.unusual),
        mean_hu=round(float(inside.mean()), 2),
        sd_hu=round(float(inside.std()), 2),
        diameter_mm=round(float(extents.max()), 1),
        volume_ml=round(len(inside) * float(np.prod(spacing)) / 1000, 2),
        fat_share=round(finding.mass.fat, 4),
        necrosis_share=round(finding.mass.necrosis, 4),
        slices=int(mask.any(axis=(1, 2)).sum()),
        thickness_mm=protocol.thickness_mm,
        portal=round(protocol.portal, 3),
    )
