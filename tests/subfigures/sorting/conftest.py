"""A set of images that can be told apart by their brightness, read as the stage reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.subfigures.reading.images import read_images

COUNTS = {"train": {"DRCT": 10, "GFIG": 15, "GPLI": 1}, "test": {"DRCT": 4, "GFIG": 6, "GPLI": 2}}
LEVELS = {"DRCT": 40, "GFIG": 120, "GPLI": 210}


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes, one of which has a single training image."""
    folder, rng = tmp_path_factory.mktemp("images"), np.random.default_rng(4)
    for part, classes in COUNTS.items():
        for name, count in classes.items():
            (folder / part / name).mkdir(parents=True)
            for n in range(count):
                noise = rng.integers(-20, 21, (24, 24, 3))
                Image.fromarray((LEVELS[name] + noise).astype(np.uint8)).save(folder / part / name / f"{n}.png")
    return folder


@pytest.fixture(scope="session")
def figures(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `read_subfigures` leaves, without its pictures."""
    folder = tmp_path_factory.mktemp("processed")
    table = read_images(images, folder, SetAside(), side_px=64, validation=0.2, seed=1)
    table.write_parquet(folder / "images.parquet")
    assert dict(table.group_by("part").len().iter_rows()) == {"train": 21, "validation": 5, "test": 12}
    assert isinstance(table, pl.DataFrame)
    return folder
