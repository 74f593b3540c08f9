"""The five sub-types of adrenal mass and what each looks like (`masses.yaml`)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Trait = tuple[float, float, float, float]
"""Mean, standard deviation, lowest and highest value over patients."""


class Subtype(StrEnum):
    """A sub-type, as written in lesions.csv."""

    ACA = "ACA"
    """Adrenocortical carcinoma."""
    NAA = "NAA"
    """Non-functional adrenal adenoma."""
    GN = "GN"
    """Ganglioneuroma."""
    AM = "AM"
    """Adrenal myelolipoma."""
    PCC = "PCC"
    """Phaeochromocytoma."""


STUDIES = {Subtype.ACA: 54, Subtype.NAA: 35, Subtype.GN: 58, Subtype.AM: 33, Subtype.PCC: 49}  # Table 1 of the paper


class Picture(BaseModel):
    """Traits of the masses of one class; their meaning and units stand at the head of `masses.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    diameter_mm: Trait
    hu: Trait
    arterial_hu: Trait
    texture_hu: Trait
    grain_mm: Trait
    lobulation: Trait
    roughness: Trait
    edge_mm: Trait
    rim_hu: Trait
    necrosis: Trait
    necrosis_hu: Trait
    calcification: Trait
    fat: Trait
    fat_hu: Trait

    def draw(self, overlap: float, rng: np.random.Generator) -> dict[str, float]:
        """One mass's value of every trait; deviations grow with `overlap` (0.3 of those written at 0, all at 1)."""
        spread = 0.3 + 0.7 * overlap
        return {
            name: float(np.clip(mean + sd * spread * rng.standard_normal(), low, high))
            for name, (mean, sd, low, high) in self.model_dump().items()
        }


class Unusual(BaseModel):
    """A picture that deviates from its class's usual one in some traits."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    share: float = Field(ge=0, le=1)
    picture: Picture


class Look(BaseModel):
    """All pictures of a class."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    usual: Picture
    unusual: tuple[Unusual, ...]

    def draw(self, overlap: float, rng: np.random.Generator) -> tuple[dict[str, float], bool]:
        """Traits of one mass, and whether its picture is an unusual one."""
        dice, below = rng.random(), 0.0
        for other in self.unusual:
            below += other.share * min(overlap, 2.0)
            if dice < below:
                return other.picture.draw(overlap, rng), True
        return self.usual.draw(overlap, rng), False


@cache
def looks() -> dict[Subtype, Look]:
    """`masses.yaml`, checked: every class is there, every trait known."""
    text = (files("lesionary.phantom") / "masses.yaml").read_text(encoding="utf-8")
    values = {name: _complete(entry) for name, entry in yaml.safe_load(text).items()}
    looks = TypeAdapter(dict[Subtype, Look]).validate_python(values)
    return {subtype: looks[subtype] for subtype in Subtype}


def _complete(entry: dict[str, Any]) -> dict[str, Any]:
    unusual = [
        {"share": other["share"], "picture": entry["usual"] | {k: v for k, v in other.items() if k != "share"}}
        for other in entry["unusual"]
    ]
    return {"usual": entry["usual"], "unusual": unusual}


def class_numbers(patients: int, imbalance: float = 1.0) -> dict[Subtype, int]:
    """How many of `patients` have each sub-type: Table 1's proportions to the power of `imbalance`.

    0 makes the classes equal, 1 as unequal as the paper's; what does not divide goes to the largest remainders.

    >>> {subtype.value: number for subtype, number in class_numbers(229).items()}
    {'ACA': 54, 'NAA': 35, 'GN': 58, 'AM': 33, 'PCC': 49}
    >>> set(class_numbers(60, imbalance=0.0).values())
    {12}
    """
    weights = {subtype: studies**imbalance for subtype, studies in STUDIES.items()}
    total = sum(weights.values())
    quotas = {subtype: round(patients * weight / total, 9) for subtype, weight in weights.items()}  # 54, not 53.999...
    numbers = {subtype: int(quota) for subtype, quota in quotas.items()}
    by_remainder = sorted(quotas, key=lambda subtype: numbers[subtype] - quotas[subtype])
    for subtype in by_remainder[: patients - sum(numbers.values())]:
        numbers[subtype] += 1
    return numbers
