"""Small images as they are distributed: DeepLesion's folder, an npz of volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from lesionary.cohorts.images.deeplesion import ROWS

ROW = {
    "File_name": "000001_01_01_104.png", "Patient_index": "1", "Study_index": "1", "Series_ID": "1",
    "Key_slice_index": "104", "Bounding_boxes": "3.5, 4, 8.5, 9", "Possibly_noisy": "0",
    "Spacing_mm_px_": "0.7, 0.8, 5", "Train_Val_Test": "2",
}  # fmt: skip
"""Of DL_info.csv; its lesion lies on the second slice of what `write_deeplesion` writes."""
LESION = "000001_01_01_104 [3.5, 4, 8.5, 9]"
"""Its name."""


def write_slices(folder: Path, slices: Sequence[int] = (103, 104, 105)) -> None:
    """16-bit slices of 10 x 12 pixels, each of its number in HU."""
    folder.mkdir(parents=True, exist_ok=True)
    for z in slices:
        Image.fromarray(np.full((12, 10), 32768 + z, np.uint16)).save(folder / f"{z:03d}.png")


def write_deeplesion(folder: Path, rows: Sequence[Mapping[str, str]] = (ROW,)) -> Path:
    """One series, and a table of `rows`."""
    write_slices(folder / "Images_png" / "000001_01_01")
    pl.DataFrame(list(rows)).write_csv(folder / "DL_info.csv")
    return folder


def whole_table(number: int) -> list[dict[str, str]]:
    """As many rows as the official table has: `ROW` at `number`, others of series that are not there."""
    others = [{**ROW, "File_name": f"{n:06d}_01_01_001.png", "Patient_index": str(n)} for n in range(2, ROWS + 1)]
    return [*others[:number], ROW, *others[number:]]


def write_npz(path: Path, labels: Sequence[int] = (0, 1, 0, 1), side: int = 8) -> Path:
    """Volumes with these labels in each part, all different."""
    arrays: dict[str, np.ndarray] = {}
    for thickness, part in enumerate(("train", "val", "test"), start=1):
        images = np.zeros((len(labels), side, side, side), np.uint8)
        for n in range(len(labels)):
            images[n, 2 : 4 + n, 2:5, 1 : 1 + thickness] = 255
        arrays |= {f"{part}_images": images, f"{part}_labels": np.array(labels, np.uint8)[:, None]}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path
