"""What an import is asked, and what kind of source it is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import files_below
from lesionary.cohorts.images import deeplesion
from lesionary.importing.listing import is_image

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp", ".ppm")
"""Endings of what the sub-figure track reads."""


class Source(StrEnum):
    """Kinds of source, each told by what it is."""

    EXPORT = "an export"
    """A folder of DICOM or NIfTI in any nesting."""
    DEEPLESION = "DeepLesion"
    """A folder with DL_info.csv: its PNG slices lie beside it, in Images_png."""
    NPZ = "an npz"
    """A file of volumes as MedMNIST distributes them."""
    CLASSES = "pictures in folders of their classes"
    """`{train,test}/<class>/<file>` or `<class>/<file>`, and neither DICOM nor NIfTI among them."""


@dataclass(frozen=True)
class Request:
    """What is to be imported, and how."""

    source: Path
    cohort: Path
    memory: Path
    sheets: Mapping[str, Path] = field(default_factory=dict)
    """Spreadsheets by the name of our table; of DeepLesion's labels, given by hand or mined, the released file."""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column: theirs, by the name of our table."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Which sheet of a workbook, by the name of our table."""
    about: str = ""
    copy: bool = False
    rehash: bool = False
    drop_missing: bool = False
    classes: tuple[str, ...] = ()
    """Of an npz: what its labels 0, 1 ... mean."""
    spacing_mm: float | None = None
    """Of an npz: edge of its voxels, which are cubes."""
    test_share: float | None = None
    """Of pictures without folders train and test: share that tests."""


def kind_of(source: Path) -> Source:
    """What a source is; `CohortError` if it is neither a folder nor an npz."""
    if source.is_file() and source.suffix.lower() == ".npz":
        return Source.NPZ
    if not source.is_dir():
        reason, cure = "is neither a folder nor an npz", "name the folder that the images were exported to"
        raise CohortError(str(source), reason, cure)
    if (source / deeplesion.TABLE).is_file():
        return Source.DEEPLESION
    files = sorted(files_below(source))
    if any(map(is_picture, files)) and not any(map(is_image, files)):
        return Source.CLASSES
    return Source.EXPORT


def is_picture(path: PurePath) -> bool:
    """Whether a file is called like a picture."""
    return path.suffix.lower() in PICTURES
