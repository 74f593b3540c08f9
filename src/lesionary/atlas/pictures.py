"""Pictures for the page: a part of a slice as PNG, the lesion's box beside it as numbers, so that it hides nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lesionary.cohorts.images.hounsfield import AIR_HU
from lesionary.cohorts.images.reading import Series
from lesionary.figures.windows import Window
from lesionary.imaging.geometry import Box
from lesionary.imaging.patches import Patch, cut_patch

CROP_MM = (60.0, 120.0)
"""Side of a crop: the lesion with as much around it again, within these."""
CROP_PX = 192
SLICE_PX = 288
AROUND = 1.5
"""Distance of the drawn box from the lesion's, in pixels of the picture."""


@dataclass(frozen=True)
class Shown:
    """A square picture of `side` pixels; `box` is x, y, width, height in it, or nothing."""

    data: str
    side: int
    side_mm: float
    box: tuple[float, float, float, float] | None
    window: str
    alt: str


def crop(series: Series, files: tuple[Path, ...], lesion: Mapping[str, Any], window: Window) -> Shown:
    """The lesion's key slice around its box."""
    box = Box(*(lesion[name] for name in Box.__dataclass_fields__))
    extent_mm = max(np.multiply(box.extent[:2], series.geometry.spacing_mm[:2]))
    side_mm = float(np.clip(2 * extent_mm, *CROP_MM).clip(min=1.2 * extent_mm))  # the largest masses need more
    patch = _cut(series, files, box, lesion["key_slice"], side_mm, CROP_PX)
    x_min, y_min, x_max, y_max = patch.box
    edges = (x_min - AROUND, y_min - AROUND, x_max - x_min + 2 * AROUND, y_max - y_min + 2 * AROUND)
    drawn = tuple(round(edge, 1) for edge in edges)
    alt = f"{lesion['kind']}, {side_mm:.0f} mm wide, {window.name} window"
    return Shown(_png(window.grey(patch.hu[1])), CROP_PX, side_mm, (drawn[0], drawn[1], drawn[2], drawn[3]),
                 window.name, alt)  # fmt: skip


def whole(series: Series, files: tuple[Path, ...], z: int, window: Window, what: str) -> Shown:
    """All of one slice."""
    size = series.geometry.size
    side_mm = float(max(np.multiply(size[:2], series.geometry.spacing_mm[:2])))
    patch = _cut(series, files, Box(0, 0, z, size[0], size[1], z + 1), z, side_mm, SLICE_PX)
    alt = f"{what}, axial slice, {window.name} window"
    return Shown(_png(window.grey(patch.hu[1])), SLICE_PX, side_mm, None, window.name, alt)


def _cut(series: Series, files: tuple[Path, ...], box: Box, z: int, side_mm: float, side: int) -> Patch:
    """A patch of the key slice; a rim of air makes black what lies beyond it, where patches repeat the border."""
    rim = (0, 0), (1, 1), (1, 1)
    columns, rows, depth = series.geometry.size
    return cut_patch(
        lambda slices: np.pad(series.read(files, slices), rim, constant_values=AIR_HU),
        replace(series.geometry, size=(columns + 2, rows + 2, depth)),
        Box(box.x_min + 1, box.y_min + 1, box.z_min, box.x_max + 1, box.y_max + 1, box.z_max),
        z,
        side_mm=side_mm,
        spacing_mm=side_mm / side,
        slice_gap_mm=0.0,  # the key slice alone
    )


def _png(grey: NDArray[np.uint8]) -> str:
    """As a `data:` address."""
    file = BytesIO()
    Image.fromarray(grey).save(file, "PNG", optimize=False, compress_level=6)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
