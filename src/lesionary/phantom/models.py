"""Models of CT scanner (`scanners.yaml`): how each blurs, how it stores pixels, and what it writes about itself."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt, TypeAdapter

Pixels = NDArray[np.int16] | NDArray[np.uint16]


class Strict(BaseModel):
    """A part of `scanners.yaml`, whose head explains every key."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class ImageType(Strict):
    """Values of ImageType (PS3.3 C.8.2.1.1.1)."""

    axial: tuple[str, ...]
    reformatted: tuple[str, ...]


class PrivateElement(Strict):
    """An element of a vendor's own (PS3.5 7.8)."""

    creator: str
    group: int
    element: int
    vr: str
    value: str


class Model(Strict):
    """A scanner with one of its kernels."""

    maker: str
    name: str
    software: str
    kernel: str
    blur_px: PositiveFloat
    noise: PositiveFloat
    slope: PositiveFloat
    intercept: int
    signed: bool
    bits: PositiveInt
    padding: int | None
    rotation_s: PositiveFloat
    collimation_mm: tuple[PositiveFloat, PositiveFloat]
    pitch: PositiveFloat
    series: str
    image_type: ImageType
    attributes: dict[str, str]
    private: tuple[PrivateElement, ...]

    def field(self, matrix: int) -> NDArray[np.bool_]:
        """Pixels within the round field of view, shape (rows, columns); all of them where a scanner does not pad."""
        if self.padding is None:
            return np.ones((matrix, matrix), bool)
        offset = np.arange(matrix) - (matrix - 1) / 2
        return np.asarray(np.hypot(offset[:, None], offset) <= matrix / 2)

    def store(self, hu: NDArray[np.int16]) -> Pixels:
        """Stored values of `hu[z, y, x]`, padding outside the field: hu = stored * slope + intercept.

        That is PS3.3 C.11.1.1.2; with a slope of 1 or less it gives back every HU once rounded.
        """
        values = np.rint((hu.astype(np.float64) - self.intercept) / self.slope).astype(np.int32)
        if self.padding is not None:
            values[:, ~self.field(hu.shape[-1])] = self.padding
        return values.astype(np.int16) if self.signed else values.astype(np.uint16)


def _models() -> tuple[Model, ...]:
    text = (files("lesionary.phantom") / "scanners.yaml").read_text(encoding="utf-8")
    models: Any = yaml.safe_load(text)["models"]
    return TypeAdapter(tuple[Model, ...]).validate_json(json.dumps(models), strict=True)


MODELS = _models()
