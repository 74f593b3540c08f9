"""Params of what is built and measured."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lesionary.base.sections import Section


class EvaluationParams(Section):
    """Intervals and pictures."""

    key = "evaluation"
    seed: int
    replicates: Annotated[int, Field(ge=100)]
    level: Annotated[float, Field(gt=0.5, lt=1)]


class RowsParams(Section):
    """Which rows are built."""

    key = "rows"
    subtyping: tuple[str, ...]
    annotation: Annotated[tuple[str, ...], Field(min_length=1)]
    subfigures: tuple[str, ...]
    relations: tuple[str, ...]
    subsets: tuple[Annotated[int, Field(ge=0)], ...]
