"""Params of the embedded cohort."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveInt

from lesionary.base.sections import NonNegative, Section


class PhantomParams(Section):
    """The embedded cohort."""

    key = "phantom"
    seed: int
    patients: PositiveInt
    screening_patients: Annotated[int, Field(ge=0)]
    text_studies: Annotated[int, Field(ge=0)]
    matrix: Annotated[int, Field(ge=64, le=512)]
    max_slices: Annotated[int, Field(ge=8)]
    noise_hu: NonNegative
    overlap: NonNegative
    imbalance: NonNegative
    label_noise: NonNegative
    typos: Annotated[float, Field(ge=0, lt=0.5)]
