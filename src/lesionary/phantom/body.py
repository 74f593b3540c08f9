"""Size and build of a body, and its tissues' density."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from pydantic import TypeAdapter

from lesionary.phantom.canvas import Point

REFERENCE_MM = (165.0, 115.0)  # half width and half depth of the body in whose millimetres organs are laid out


class Side(StrEnum):
    """Of the body, as the patient feels it."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Body:
    """Outer half axes at the level of the adrenals, and the thickness of subcutaneous fat and muscle wall."""

    half_width_mm: float
    half_depth_mm: float
    fat_mm: float
    wall_mm: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Body:
        """From slim to obese: fat and girth go together."""
        girth = float(np.clip(rng.normal(0, 1), -1.8, 2.2))
        return cls(
            half_width_mm=165 + 11 * girth + rng.normal(0, 4),
            half_depth_mm=113 + 9 * girth + rng.normal(0, 4),
            fat_mm=float(np.clip(17 + 7 * girth + rng.normal(0, 2), 5, 38)),
            wall_mm=float(np.clip(rng.normal(11, 2), 7, 16)),
        )

    @property
    def scale(self) -> tuple[float, float]:
        """Body millimetres (x, y) per reference millimetre; what is inside grows less than the fat around it."""
        width = self.half_width_mm - self.fat_mm + 17, self.half_depth_mm - self.fat_mm + 17
        return width[0] / REFERENCE_MM[0], width[1] / REFERENCE_MM[1]


ADRENAL_MM = {Side.LEFT: (36.0, 25.0, 0.0), Side.RIGHT: (-36.0, 29.0, 0.0)}  # in the reference body


def adrenal_mm(side: Side, body: Body) -> Point:
    """Where an adrenal lies, in patient coordinates."""
    x, y, z = ADRENAL_MM[side]
    return x * body.scale[0], y * body.scale[1], z


@cache
def tissues() -> dict[str, tuple[float, float]]:
    """`tissues.yaml`: HU of each tissue in the late arterial and the portal venous phase."""
    text = (files("lesionary.phantom") / "tissues.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, tuple[float, float]]).validate_python(yaml.safe_load(text))


def densities(portal: float) -> dict[str, float]:
    """HU of each tissue; `portal` is 0 in the late arterial phase and 1 in the portal venous."""
    return {name: (1 - portal) * early + portal * late for name, (early, late) in tissues().items()}
