"""Params of what is read and cut from a cohort's images."""

from __future__ import annotations

from pydantic import PositiveFloat, PositiveInt

from lesionary.params.sections import NonNegative, Section


class IndexParams(Section):
    """What is accepted as a series."""

    key = "index"
    max_gap_mm: NonNegative
    tilt_deg: NonNegative


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
