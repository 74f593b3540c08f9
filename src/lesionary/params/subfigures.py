"""Params of the sub-figure benchmark."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveInt

from lesionary.base.sections import NonNegative, Section


class SubfigurePhantomParams(Section):
    """The embedded sub-figures."""

    key = "subfigure_phantom"
    seed: Annotated[int, Field(ge=0)]
    train: PositiveInt
    test: PositiveInt
    imbalance: NonNegative
