"""Folders of small images, a folder a class, as the sub-figure benchmark reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

SIDE_PX = 20


def paint(path: Path, number: int, *, flat: bool = False) -> None:
    """An image of its own for every number: noise, or grey of that level."""
    noise = np.random.default_rng(number).integers(0, 256, (SIDE_PX, SIDE_PX, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full_like(noise, number) if flat else noise).save(path)


def painted(folder: Path, counts: Mapping[str, Mapping[str, int]]) -> Path:
    """`{part}/{class}/{n}.png` for each count, all images different; numbers run on in that order."""
    number = 0
    for part, classes in counts.items():
        for name, count in classes.items():
            for n in range(count):
                paint(folder / part / name / f"{n}.png", number)
                number += 1
    return folder
