"""What may be corrected in a series that is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass

from lesionary.params.images import Affines, Masked, Mixed, Tilted, Uneven


@dataclass(frozen=True)
class Corrections:
    """As in the section `index` of params.yaml; without anything said, what is wrong is set aside."""

    tilted: Tilted = Tilted.SET_ASIDE
    uneven: Uneven = Uneven.SET_ASIDE
    mixed: Mixed = Mixed.SET_ASIDE
    max_anisotropy: float = 4.0
    affines: Affines = Affines.SET_ASIDE
    masked: Masked = Masked.VALUES


NOTHING = Corrections()
"""Nothing is corrected."""
