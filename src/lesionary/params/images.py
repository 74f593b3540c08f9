"""Params of what is read and cut from a cohort's images."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from lesionary.base.sections import NonNegative, Section


class Tilted(StrEnum):
    """What becomes of a series from a tilted gantry."""

    SET_ASIDE = "set_aside"
    UPRIGHT = "upright"
    """Each slice is moved within its own plane, so that the volume's axes stand at right angles."""


class Uneven(StrEnum):
    """What becomes of a series whose slices lie at unequal distances."""

    SET_ASIDE = "set_aside"
    RESAMPLED = "resampled"
    """Slices are interpolated at the median distance."""


class Mixed(StrEnum):
    """What becomes of a series of slices that do not belong together."""

    SET_ASIDE = "set_aside"
    LARGEST = "largest"
    """The largest set that does is kept."""


class Affines(StrEnum):
    """What becomes of a NIfTI file whose sform and qform place it differently."""

    SET_ASIDE = "set_aside"
    SFORM = "sform"
    QFORM = "qform"


class Masked(StrEnum):
    """What one lesion is in a mask or a segmentation."""

    VALUES = "values"
    """All voxels of one value, or of one segment."""
    COMPONENTS = "components"
    """Each connected part of them."""


class IndexParams(Section):
    """What is accepted as a series and what is corrected, and what is one lesion."""

    key = "index"
    max_gap_mm: NonNegative
    tilt_deg: NonNegative
    tilted: Tilted
    uneven: Uneven
    mixed: Mixed
    max_anisotropy: Annotated[float, Field(ge=1)]
    affines: Affines
    masked: Masked


class SlicesParams(Section):
    """The slices that subtyping sees."""

    key = "slices"
    side_px: PositiveInt
    margin_mm: NonNegative


class PatchesParams(Section):
    """The patches that annotation sees."""

    key = "patches"
    side_mm: PositiveFloat
    spacing_mm: PositiveFloat
    slice_gap_mm: PositiveFloat
