"""The real numbers: `figures.yaml`, written by hand, and `measured.yaml`, written by real/reality.py."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Strict):
    """One line: its meaning stands at the head of `figures.yaml`."""

    what: str
    source: str
    decimals: int
    percent: bool = False
    real: float | None = None
    measured: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.real is None) == (self.measured is None):
            raise ValueError(f"{self.what}: give either real or measured")
        return self


class Group(_Strict):
    """Lines under a heading."""

    title: str
    lines: dict[str, Figure]


class Measured(_Strict):
    """`measured.yaml`."""

    numbers: dict[str, float]
    labels: dict[str, float]
    """Shares of lesions with each of the 171 released labels."""


@cache
def read_figures() -> dict[str, Group]:
    """`figures.yaml`, checked, with the measured numbers filled in."""
    text = (files("lesionary.atlas") / "figures.yaml").read_text(encoding="utf-8")
    groups = {name: Group.model_validate(group) for name, group in yaml.safe_load(text).items()}
    return {name: group.model_copy(update={"lines": _filled(group)}) for name, group in groups.items()}


@cache
def read_measured() -> Measured:
    """`measured.yaml`, checked."""
    text = (files("lesionary.atlas") / "measured.yaml").read_text(encoding="utf-8")
    return Measured.model_validate(yaml.safe_load(text))


def _filled(group: Group) -> dict[str, Figure]:
    numbers = read_measured().numbers
    return {
        name: line.model_copy(update={"real": numbers[line.measured]}) if line.measured else line
        for name, line in group.lines.items()
    }
