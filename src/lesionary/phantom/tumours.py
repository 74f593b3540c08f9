"""What a radiologist would say of an adrenal mass of a sub-type: its labels, read off its traits."""

from __future__ import annotations

from lesionary.phantom.catalogue import catalogue
from lesionary.phantom.kinds import Description
from lesionary.phantom.patient import Tumour
from lesionary.phantom.subtypes import Subtype

KIND = "adrenal mass"
MASS_MM = 30.0  # a nodule below (Fleischner Society, glossary of 2008)


def describe_tumour(tumour: Tumour) -> Description:
    """Labels that show in its picture; none names the sub-type, but for the adenoma."""
    mass = tumour.mass
    diameter = 2 * max(mass.radii_mm)
    calcium = sum(part.share for part in mass.inclusions if part.hu > 200)
    shown = {
        "indistinct": mass.edge_mm > 2.5,
        "heterogeneous": mass.texture_hu > 11 or mass.necrosis > 0.2 or mass.fat > 0.2,
        "hypoattenuation": mass.hu < 42,
        "enhancing": mass.hu > 78,
        "necrosis": mass.necrosis > 0.12,
        "calcified": calcium > 0.005,
        "lobular": mass.lobulation > 0.13,
        "fat-containing": mass.fat > 0.08,
    }
    attributes = (*catalogue().size_labels(diameter), *(label for label, holds in shown.items() if holds))
    general = ("mass",) if diameter >= MASS_MM else ("nodule",)
    return Description(
        kind=KIND,
        parts=(f"{tumour.side.value} adrenal gland",),
        types=(*(("adenoma",) if tumour.subtype is Subtype.NAA else ()), *general),
        attributes=attributes,
        diameter_mm=diameter,
        maybe=("adenoma", "metastasis"),
        absent=tuple(label for label in ("calcified", "necrosis") if label not in attributes),
    )
