"""What may be corrected in a series that is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from lesionary.params.images import Affines, IndexParams, Masked, Mixed, Tilted, Uneven


@dataclass(frozen=True)
class Corrections:
    """As in the section `index` of params.yaml; without anything said, what is wrong is set aside."""

    tilted: Tilted = Tilted.SET_ASIDE
    uneven: Uneven = Uneven.SET_ASIDE
    mixed: Mixed = Mixed.SET_ASIDE
    max_anisotropy: float = 4.0
    affines: Affines = Affines.SET_ASIDE
    masked: Masked = Masked.VALUES

    @classmethod
    def of(cls, params: IndexParams) -> Self:
        """What params ask for."""
        return cls(**{field.name: getattr(params, field.name) for field in fields(cls)})


NOTHING = Corrections()
"""Nothing is corrected."""
