"""A cohort as it lies under `data/raw/<cohort>`: the contract with a user.

    cohort.yaml      name, about (where it is from), images: [dicom, nifti, deeplesion, npz] (kinds that occur);
                     npz: {classes, spacing_mm} where images are that
    pseudonym.key    one line of text, the secret behind the pseudonyms; it never leaves this folder
    images/          DICOM in any nesting (classic and enhanced CT; RTSTRUCT, SEG and SR of lesions); NIfTI (`x.nii.gz`,
                     with its mask beside it as `x_mask.nii.gz`); DeepLesion's Images_png, with its DL_info.csv in
                     place of lesions.csv; one npz as MedMNIST's, which needs none. Or images.csv, a list of images
                     that lie elsewhere (`lesionary.cohorts.contract.manifest`)
    lesions.csv      lesion, patient, study, series, x_min .. z_max, key_slice, subtype, split

Tables of text lie beside them (`lesionary.cohorts.texts`), or what was mined elsewhere (`lesionary.cohorts.mined`).
`series` is the SeriesInstanceUID, or the path under images/ or as images.csv writes it (of the file; of the folder
where UIDs were blanked). The box columns may be left empty: the box is then that of the region which is drawn on the
series and named like `lesion`, or of its only region. Without lesions.csv every region that is drawn is a lesion,
without a sub-type.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, ValidationError, model_validator

from lesionary.base.errors import CohortError, LesionError
from lesionary.cohorts.contract.manifest import MANIFEST, Listed, read_manifest
from lesionary.cohorts.contract.splits import read_split
from lesionary.cohorts.csv_rows import check_header
from lesionary.imaging.geometry import Box

REQUIRED = ("lesion", "patient", "study", "series")
BOX = ("x_min", "y_min", "z_min", "x_max", "y_max", "z_max")


class ImageKind(StrEnum):
    """Kinds of image that a cohort may hold."""

    DICOM = "dicom"
    NIFTI = "nifti"
    DEEPLESION = "deeplesion"
    """16-bit PNG slices and DL_info.csv in place of lesions.csv."""
    NPZ = "npz"
    """Volumes, labels and parts in one file, as MedMNIST distributes them; no lesions.csv."""


class NpzDescription(BaseModel):
    """What an npz does not tell of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    classes: Annotated[tuple[str, ...], Field(min_length=2)]
    """What its labels 0, 1 ... mean."""
    spacing_mm: PositiveFloat
    """Of its voxels, which are cubes."""


class Description(BaseModel):
    """`cohort.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    about: str
    images: Annotated[tuple[ImageKind, ...], Field(min_length=1)]
    npz: NpzDescription | None = None
    deidentified: bool = False
    """Its reports name nobody, since they were made up or cleaned before: they are read as they are."""

    @model_validator(mode="after")
    def _npz_alone(self) -> Self:
        if (ImageKind.NPZ in self.images) != (self.npz is not None):
            raise ValueError("images: [npz] and npz: {classes, spacing_mm} go together")
        if ImageKind.NPZ in self.images and len(self.images) > 1:
            raise ValueError("an npz holds its own labels: it is a cohort of its own, without other kinds of image")
        return self


@dataclass(frozen=True)
class LesionRow:
    """One row of `lesions.csv`, as the user wrote it; `place` is its line for messages."""

    place: str
    lesion: str
    patient: str
    study: str
    series: str
    box: Box | None
    key_slice: int | None
    subtype: str | None
    split: str | None


@dataclass(frozen=True)
class Cohort:
    """A cohort folder that could be opened: its description, key and the sorted listing of its images."""

    folder: Path
    description: Description
    key: bytes
    images: tuple[Listed, ...]

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Where the images lie."""
        return tuple(image.path for image in self.images)

    @classmethod
    def open(cls, folder: Path) -> Cohort:
        """Open `folder`; `CohortError` names what is missing and how to make it."""
        images = list_images(folder)
        return cls(folder, read_description(folder / "cohort.yaml"), _key(folder / "pseudonym.key"), images)

    def lesions(self) -> pl.DataFrame:
        """`lesions.csv` as text, sorted by patient, study and lesion; `CohortError` if it cannot be read."""
        path = self.folder / "lesions.csv"
        if not path.is_file():
            columns = ", ".join((*REQUIRED, *BOX, "key_slice", "subtype", "split"))
            raise CohortError(str(path), "is missing", f"write it with the columns {columns}; box columns may be empty")
        try:
            table = pl.read_csv(path, infer_schema=False)
        except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
            raise CohortError(
                str(path), f"is no CSV table in UTF-8 ({error})", "save it as comma-separated UTF-8"
            ) from None
        check_header(table.columns, REQUIRED, path)
        unknown = sorted(set(table.columns) - {*REQUIRED, *BOX, "key_slice", "subtype", "split"})
        if unknown:
            raise CohortError(str(path), f"has unknown columns {unknown}", "correct or remove them")
        optional = [
            pl.lit(None, pl.String).alias(c) for c in (*BOX, "key_slice", "subtype", "split") if c not in table.columns
        ]
        return (
            table.with_columns(optional)
            .with_row_index("line", offset=2)
            .sort("patient", "study", "lesion", maintain_order=True)
        )


def list_images(cohort: Path) -> tuple[Listed, ...]:
    """The images of a cohort in an order in which a number names one: every file below images/, hidden ones left out,
    sorted by relative path; or what images.csv lists. `CohortError` if there is neither, or both."""
    manifest, folder = cohort / MANIFEST, cohort / "images"
    if manifest.is_file():
        if folder.exists():
            raise CohortError(str(cohort), f"has both images/ and {MANIFEST}", "keep the one that is meant")
        return read_manifest(manifest)
    if not folder.is_dir():
        raise CohortError(str(folder), "is missing", f"put the images there, in any nesting, or write {MANIFEST}")
    named = [Listed(path.relative_to(folder).as_posix(), path) for path in files_below(folder)]
    return tuple(sorted(named, key=lambda one: one.name))


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder but hidden ones and those in hidden folders, in no order.

    Links are followed, those of folders after all that are none, and a folder is gone through once, whatever names it
    has. What only looks like a file (a pipe, a socket, a device) is left out: to read it might never end. A folder that
    may not be looked into stands for what lies in it, so that whoever reads it tells.
    """
    seen: set[tuple[int, int]] = set()
    starts, closed = [str(folder)], list[OSError]()
    while starts:
        for root, folders, names in os.walk(starts.pop(0), onerror=closed.append):
            told = os.stat(root)
            if (told.st_dev, told.st_ino) in seen:
                folders.clear()
                continue
            seen.add((told.st_dev, told.st_ino))
            folders[:] = [name for name in folders if not name.startswith(".")]
            starts = sorted([*starts, *(one for name in folders if os.path.islink(one := os.path.join(root, name)))])
            yield from (path for name in names if not name.startswith(".") and _can_be_read(path := Path(root, name)))
    yield from (Path(os.fsdecode(one.filename)) for one in closed)


def _can_be_read(path: Path) -> bool:
    """A file, or a link that leads nowhere, which whoever reads it tells."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def read_description(path: Path) -> Description:
    """`cohort.yaml`; `CohortError` if it is missing or cannot be used."""
    if not path.is_file():
        raise CohortError(str(path), "is missing", "write it with the keys name, about and images: [dicom] or [nifti]")
    try:
        return Description.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CohortError(
            str(path), f"cannot be used: {error}", "it has the keys name, about, images (and npz)"
        ) from None


def _key(path: Path) -> bytes:
    text = path.read_bytes().strip() if path.is_file() else b""
    if not text:
        make = f"make one and keep it: python -c 'import secrets; print(secrets.token_hex())' > {path}"
        raise CohortError(str(path), "is missing or empty", make)
    return text


def parse_row(row: dict[str, str | None], place: str) -> LesionRow:
    """One row of `lesions.csv` with its numbers read; `LesionError` names the column and the value."""
    for column in REQUIRED:
        if not row[column]:
            raise LesionError(place, f"column {column} is empty", "every lesion names its patient, study and series")
    numbers = [_number(row, column, place) for column in BOX]
    key_slice = _number(row, "key_slice", place)
    if key_slice is not None and not key_slice.is_integer():
        cure = "write the number of a slice: from 0, as stored, sorted by position"
        raise LesionError(f"{place}, key_slice {key_slice}", "column key_slice is no whole number", cure)
    if any(n is None for n in numbers) and any(n is not None for n in numbers):
        raise LesionError(place, "the box is incomplete", f"fill all of {', '.join(BOX)} or none")
    box = None if numbers[0] is None else Box(*(n for n in numbers if n is not None))
    if box and min(box.extent) <= 0:
        raise LesionError(place, f"the box has no thickness: {box.extent} voxels", "its max must lie above its min")
    return LesionRow(
        place,
        str(row["lesion"]),
        str(row["patient"]),
        str(row["study"]),
        str(row["series"]),
        box,
        None if key_slice is None else int(key_slice),
        row["subtype"] or None,
        read_split(row["split"], place, LesionError),
    )


def _number(row: dict[str, str | None], column: str, place: str) -> float | None:
    text = (row[column] or "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise LesionError(
            f"{place}, {text[:40]!r}", f"column {column} is no number", "write a voxel coordinate"
        ) from None
    if not math.isfinite(value):
        raise LesionError(place, f"column {column} is not finite", "write a voxel coordinate")
    return value
