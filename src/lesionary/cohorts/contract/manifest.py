"""A list of a cohort's images in place of a folder of images: `images.csv`.

    file      where an image lies: from the cohort's folder, with `/` between the parts (`../` leads out of it)
    bytes     its size
    sha256    of its bytes

What depends on the cohort then depends on this one table and not on every image: DVC looks at each file of a folder
whenever it is asked whether anything has changed. The images themselves may lie anywhere, read-only.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lesionary.base.errors import CohortError, FileError
from lesionary.running.parallel import in_order

MANIFEST = "images.csv"

COLUMNS = {"file": pl.String, "bytes": pl.Int64, "sha256": pl.String}
_BUNDLE = 256  # files hashed in one go


@dataclass(frozen=True, slots=True)  # a large cohort has millions
class Listed:
    """An image as the list has it; `name` is what `lesions.csv` calls a series that is this one file."""

    name: str
    path: Path
    size: int | None = None
    """In bytes, where a manifest tells it."""
    sha256: str = ""
    """Of its bytes, likewise."""

    def check(self) -> None:
        """`FileError` if it is not there, or not as long as it was when it was listed."""
        if self.size is None:
            return
        there = _there(self.path)
        if there != f"has {self.size} bytes":
            raise FileError(str(self.path), f"{there}; {MANIFEST} says {self.size}", "restore it, or list anew")


def _there(path: Path) -> str:
    """What is there, in words: a folder that may not be looked into hides a file as well as its end does."""
    try:
        told = path.stat()
    except PermissionError:
        return "may not be looked at"
    except OSError:
        return "is missing"
    if not stat.S_ISREG(told.st_mode):
        return "is missing"
    return f"has {told.st_size} bytes" if os.access(path, os.R_OK) else "may not be read"


def write_manifest(cohort: Path, images: Iterable[Path]) -> None:
    """List `images` in the folder `cohort`, sorted by name."""
    named = sorted((Path(os.path.relpath(image, cohort)).as_posix(), image) for image in images)
    rows = list(in_order(_row, named, "listing images", bundle=_BUNDLE))
    pl.DataFrame(rows, schema=COLUMNS, orient="row").write_csv(cohort / MANIFEST)


def _row(named: tuple[str, Path]) -> tuple[str, int, str]:
    name, image = named
    content = image.read_bytes()
    return name, len(content), hashlib.sha256(content).hexdigest()


def read_manifest(path: Path) -> tuple[Listed, ...]:
    """What `path` lists, in its order; `CohortError` names the line that cannot be used."""
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise CohortError(str(path), f"is no CSV table in UTF-8 ({error})", "list the images anew") from None
    if table.columns != list(COLUMNS):
        raise CohortError(str(path), f"has the columns {table.columns}", f"it has {list(COLUMNS)}; list anew")
    found = []
    for line, (name, size, digest) in enumerate(table.iter_rows(), start=2):
        if not name or not (size or "").isdecimal():
            raise CohortError(f"{path}, line {line}", f"file {name!r}, bytes {size!r}", "list the images anew")
        found.append(Listed(name, path.parent / name, int(size), digest or ""))
    return tuple(found)
