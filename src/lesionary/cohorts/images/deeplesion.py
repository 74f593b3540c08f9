"""DeepLesion as it is distributed: 16-bit PNG slices under `Images_png` and the official table `DL_info.csv`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from lesionary.base.errors import CohortError, FileError, LesionError
from lesionary.cohorts.contract.layout import LesionRow
from lesionary.imaging.geometry import Box, Geometry

TABLE = "DL_info.csv"
ROWS = 32_735
"""Rows of the official table: only where all are there does a row's number name a lesion."""
OFFSET_HU = 32_768
SERIES = re.compile(r"((\d{6})_\d{2})_\d{2}")
"""The folder of a series, `patient_study_series`: its study, then its patient."""
SPLITS = {"1": "train", "2": "val", "3": "test"}
_COLUMNS = ("File_name", "Patient_index", "Study_index", "Series_ID", "Key_slice_index", "Bounding_boxes",
            "Possibly_noisy", "Spacing_mm_px_", "Train_Val_Test")  # fmt: skip


def read_table(path: Path) -> pl.DataFrame:
    """The official table as text, in its own order; `CohortError` names what it lacks."""
    if not path.is_file():
        raise CohortError(str(path), "is missing", "put DeepLesion's table beside the images folder")
    table = pl.read_csv(path, infer_schema=False)
    missing = [column for column in _COLUMNS if column not in table.columns]
    if missing:
        raise CohortError(str(path), f"lacks the columns {missing}", "take the official table as it is")
    return table.with_row_index("line", offset=2)


def official_numbers(table: pl.DataFrame, place: str) -> range:
    """Row numbers, from 0, as the released labels use them; `CohortError` on a table with missing rows."""
    if len(table) != ROWS:
        reason = f"has {len(table)} rows, the official table {ROWS}: a row's number here is not the lesion's"
        raise CohortError(place, reason, "use the whole table, or name lesions by file name and box")
    return range(ROWS)


def lesion_name(row: Mapping[str, str]) -> str:
    """A name that does not change when other rows are missing: the key slice, and the box on it.

    >>> lesion_name({"File_name": "000001_02_01_017.png", "Bounding_boxes": "1.2, 2, 3, 4"})
    '000001_02_01_017 [1.2, 2, 3, 4]'
    """
    return f"{row['File_name'].removesuffix('.png')} [{row['Bounding_boxes']}]"


def study_of(row: Mapping[str, str]) -> str:
    """Patient and study of a row, which name its study."""
    return f"{row['Patient_index']}_{row['Study_index']}"


def parse_row(row: Mapping[str, str], first_slice: int, place: str) -> LesionRow:
    """A row as a lesion; `LesionError` for one that the table itself flags as possibly noisy."""
    if row["Possibly_noisy"] == "1":
        raise LesionError(place, "is flagged as possibly noisy by the table itself", "LesaNet leaves these out, too")
    box = box_of(row, first_slice, place)
    split = SPLITS.get(row["Train_Val_Test"])
    series = series_of(row["File_name"])
    key_slice = int(box.z_min)
    return LesionRow(place, lesion_name(row), row["Patient_index"], study_of(row), series, box, key_slice, None, split)


def stacks(files: Sequence[Path], table: pl.DataFrame) -> Iterator[tuple[str, tuple[int | None, ...], Geometry]]:
    """Series that the table names: name (`patient_study_series`), files by growing z with None for a hole, geometry.

    The distance of slices is the table's; where it is unknown (not positive) it is written as 0.
    """
    spacing = {series_of(row["File_name"]): _numbers(row["Spacing_mm_px_"]) for row in table.iter_rows(named=True)}
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for number, path in enumerate(files):
        if path.suffix == ".png" and path.stem.isdecimal() and path.parent.name in spacing:
            found[path.parent.name][int(path.stem)] = number
    for name, slices in sorted(found.items()):
        first, last = min(slices), max(slices)
        filled = tuple(slices.get(z) for z in range(first, last + 1))
        with Image.open(files[slices[first]]) as image:
            columns, rows = image.size
        x, y, z = (float(v) for v in (*spacing[name], 0.0)[:3])
        size = (columns, rows, len(filled))
        yield (
            name,
            filled,
            Geometry(size, (x, y, max(z, 0.0)), (0.0, 0.0, float(first)), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
        )


def box_of(row: Mapping[str, str], first_slice: int, place: str) -> Box:
    """The lesion's box in voxels: the table counts pixel centres from 1, and knows one slice (its key slice)."""
    values = _numbers(row["Bounding_boxes"])
    if len(values) != 4 or values[0] >= values[2] or values[1] >= values[3]:
        raise LesionError(place, f"Bounding_boxes are no box: {values}", "take the official table as it is")
    x_min, y_min, x_max, y_max = (value - 0.5 for value in values)
    z = int(row["Key_slice_index"]) - first_slice
    return Box(x_min, y_min, float(z), x_max, y_max, float(z + 1))


def series_of(file_name: str) -> str:
    """The folder of a key slice.

    >>> series_of("000001_02_01_017.png")
    '000001_02_01'
    """
    return file_name.rpartition("_")[0]


def read_hu(path: Path) -> NDArray[np.int16]:
    """One slice in HU, shape (rows, columns): pixel value less 32,768."""
    try:
        with Image.open(path) as image:
            stored = np.asarray(image, np.int64)
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise FileError(str(path), f"its pixels cannot be decoded ({type(error).__name__})", "copy it again") from None
    if stored.ndim != 2 or stored.max() < 256:
        raise FileError(str(path), "is no 16-bit grey image", "take DeepLesion's PNG as they are")
    return np.clip(stored - OFFSET_HU, -32768, 32767).astype(np.int16)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
