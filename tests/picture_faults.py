"""Faults of pictures in folders of their classes, as what makes each of sound ones, and what a check says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from faults import Fault
from image_folders import paint
from PIL import Image

COUNTS = {"train": {"DRCT": 4, "GFIG": 4}, "test": {"DRCT": 2, "GFIG": 2}}
ODD = "train/GFIG/odd.png"
SECTIONS: dict[str, dict[str, Any]] = {"rows": {"subfigures": ["hand_crafted"]}}


def saved(pixels: np.ndarray, path: str = ODD) -> Callable[[Path], None]:
    """A picture more."""
    return lambda folder: Image.fromarray(pixels).save(folder / path)


def again(number: int, path: str) -> Callable[[Path], None]:
    """A copy of a picture by its number: four of each class in train, then two of each in test."""
    return lambda folder: paint(folder / path, number)


def broken(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.write_bytes(b"broken")


def with_class(folder: Path) -> None:
    (folder / "test" / "GMAT").mkdir()
    paint(folder / "test" / "GMAT" / "1.png", 99)


def giant(folder: Path) -> None:
    Image.new("1", (8000, 8000)).save(folder / ODD)


def dangling(folder: Path) -> None:
    (folder / ODD).symlink_to(folder / "nowhere.png")


def of(make: Callable[[Path], Any], said: str, where: str = "") -> Fault:
    return Fault(make, said, where, SECTIONS)


PICTURES = {
    "a copy of test": of(again(8, ODD), "is an image of the test set, too", f"file {ODD}"),
    "a copy in its class": of(again(4, ODD), "is an image of its class in training already", f"file {ODD}"),
    "under two classes": of(again(0, ODD), "is the same image under the classes DRCT and GFIG", f"file {ODD}"),
    "a link to nowhere": of(dangling, "is no file", f"file {ODD}"),
    "broken": of(lambda folder: (folder / ODD).write_bytes(b"no"), "cannot be read as an image", f"file {ODD}"),
    "tiny": of(saved(np.zeros((4, 30), np.uint8)), "has 30 x 4 pixels, and 8 are the least", f"file {ODD}"),
    "giant": of(giant, "says that it has more than 50,000,000 pixels", f"file {ODD}"),
    "floats": of(saved(np.zeros((9, 9), np.float32), "train/GFIG/odd.tiff"), "holds floats", "odd.tiff"),
    "32 bits": of(saved(np.full((9, 9), 70_000, np.int32), "train/GFIG/odd.tiff"), "holds 32-bit values", "odd.tiff"),
    "astray": of(lambda folder: paint(folder / "astray.png", 99), "lies in no folder of a class", "file astray.png"),
    "no test": of(lambda folder: shutil.rmtree(folder / "test"), "has no folder test"),
    "an empty class": of(lambda folder: (folder / "test" / "GMAT").mkdir(), "has no file in test", "class GMAT"),
    "a class broken in test": of(lambda folder: broken(folder, "test/GFIG/*"), "has no image in test that can be read"),
    "test broken": of(lambda folder: broken(folder, "test/*/*"), "has no usable image"),
    "one class of pictures": of(lambda folder: shutil.rmtree(folder / "train" / "GFIG"), "has 1 usable classes"),
    "a class of test alone": of(with_class, "only test has usable images of GMAT"),
}
