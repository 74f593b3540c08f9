"""DeepLesion as it is distributed: 16-bit PNG slices under `Images_png` and the official table `DL_info.csv`."""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from lesionary.base.errors import CohortError, FileError, LesionError
from lesionary.cohorts.contract.layout import LesionRow
from lesionary.cohorts.images.limits import check_size
from lesionary.imaging.geometry import Box, Geometry

TABLE = "DL_info.csv"
ROWS = 32_735
"""Rows of the official table: only where all are there does a row's number name a lesion."""
OFFSET_HU = 32_768
SERIES = re.compile(r"((\d{6})_\d{2})_\d{2}")
"""The folder of a series, `patient_study_series`: its study, then its patient."""
SPLITS = {"1": "train", "2": "val", "3": "test"}
UNREADABLE = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, struct.error)
"""What Pillow raises on broken files, and on those that promise too much."""
_COLUMNS = ("File_name", "Patient_index", "Study_index", "Series_ID", "Key_slice_index", "Bounding_boxes",
            "Possibly_noisy", "Spacing_mm_px_", "Train_Val_Test")  # fmt: skip

_NUMBER = r"-?\d+(\.\d+)?(e-?\d+)?"
_FORMS = {
    "File_name": r"^\d{6}_\d{2}_\d{2}_\d+\.png$",
    "Key_slice_index": r"^\d+$",
    "Spacing_mm_px_": rf"^{_NUMBER}, *{_NUMBER}, *{_NUMBER}$",
}
"""Without these a row names no series, or its series has no geometry."""


def read_table(path: Path) -> pl.DataFrame:
    """The official table as text, in its own order; `CohortError` names what it lacks."""
    if not path.is_file():
        raise CohortError(str(path), "is missing", "put DeepLesion's table beside the images folder")
    try:
        table = pl.read_csv(path, infer_schema=False).fill_null("")
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        reason = f"is no CSV table in UTF-8 ({type(error).__name__})"
        raise CohortError(str(path), reason, "take the official table as it is") from None
    missing = [column for column in _COLUMNS if column not in table.columns]
    if missing:
        raise CohortError(str(path), f"lacks the columns {missing}", "take the official table as it is")
    table = table.with_row_index("line", offset=2)
    for column, form in _FORMS.items():
        for line, value in table.filter(~pl.col(column).str.contains(form)).select("line", column).head(1).iter_rows():
            reason = f"column {column} is not as in the official table"
            raise CohortError(f"{path}, line {line}, {value[:40]!r}", reason, "take the official table as it is")
    return table


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


def stacks(files: Sequence[Path], table: pl.DataFrame) -> dict[str, dict[int, int]]:
    """Series that the table names, sorted: name (`patient_study_series`), then file by number of the slice."""
    named = {series_of(name) for name in table["File_name"]}
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for number, path in enumerate(files):
        if path.suffix == ".png" and path.stem.isdecimal() and path.parent.name in named:
            found[path.parent.name][int(path.stem)] = number
    return dict(sorted(found.items()))


def spacings(table: pl.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Of each series that the table names: distances of voxels in mm; that of slices is 0 where it is unknown."""
    found = {}
    for name, text in table.select("File_name", "Spacing_mm_px_").iter_rows():
        x, y, z = _numbers(text)
        found[series_of(name)] = x, y, max(z, 0.0)  # an unknown one is not positive
    return found


def geometry_of(path: Path, first: int, depth: int, spacing_mm: tuple[float, float, float]) -> Geometry:
    """Of a series by its first file and that one's number; `FileError` if it is no image."""
    try:
        with Image.open(path) as image:
            columns, rows = image.size
    except UNREADABLE as error:
        raise FileError(str(path), f"is no image ({type(error).__name__})", "copy it again") from None
    check_size(path, columns, rows, depth)
    return Geometry((columns, rows, depth), spacing_mm, (0.0, 0.0, float(first)), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def box_of(row: Mapping[str, str], first_slice: int, place: str) -> Box:
    """The lesion's box in voxels: the table counts pixel centres from 1, and knows one slice (its key slice)."""
    try:
        values = _numbers(row["Bounding_boxes"])
    except ValueError:
        raise LesionError(place, "Bounding_boxes are no numbers", "take the official table as it is") from None
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
    except UNREADABLE as error:
        raise FileError(str(path), f"its pixels cannot be decoded ({type(error).__name__})", "copy it again") from None
    if stored.ndim != 2 or stored.max() < 256:
        raise FileError(str(path), "is no 16-bit grey image", "take DeepLesion's PNG as they are")
    return np.clip(stored - OFFSET_HU, -32768, 32767).astype(np.int16)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]
