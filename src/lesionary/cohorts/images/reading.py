"""Series of an index, and their voxels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.cohorts.images import deeplesion, nifti, npz
from lesionary.cohorts.images.dicom import Header, Structures, read_header, read_hu
from lesionary.cohorts.layout import ImageKind
from lesionary.errors import FileError, ItemError
from lesionary.imaging.geometry import Geometry
from lesionary.running.parallel import in_order

_CHUNK = 64  # files read in one go: more than the errand between processes costs


@dataclass(frozen=True)
class Series:
    """A usable series. `files` are numbers in the cohort's listing: by growing z with None for a slice to
    interpolate (DICOM), or the one file that holds all slices (NIfTI, npz)."""

    kind: ImageKind
    files: tuple[int | None, ...]
    geometry: Geometry
    manufacturer: str
    patient: str
    """As the images name the patient; kept in memory only."""
    series_number: int | None = None
    """SeriesNumber; of an npz, the place of the volume in its file."""
    instances: tuple[int | None, ...] = ()
    """InstanceNumber by growing z: what reports call an image's number. Empty where the images tell none."""

    SCHEMA: ClassVar[dict[str, Any]] = {
        "kind": pl.String,
        "files": pl.List(pl.Int32),
        "size": pl.List(pl.Int32),
        "spacing_mm": pl.List(pl.Float64),
        "origin_mm": pl.List(pl.Float64),
        "row": pl.List(pl.Float64),
        "column": pl.List(pl.Float64),
        "mirrored": pl.Boolean,
        "manufacturer": pl.String,
        "series_number": pl.Int32,
        "instances": pl.List(pl.Int32),
    }

    def row(self) -> dict[str, Any]:
        """As a row of the index: nothing in it names a patient."""
        geometry = {name: list(v) if isinstance(v, tuple) else v for name, v in vars(self.geometry).items()}
        names = {"manufacturer": self.manufacturer, "series_number": self.series_number}
        numbers = {"files": list(self.files), "instances": list(self.instances)}
        return {"kind": self.kind.value, **numbers, **geometry, **names}

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """Back from a row of the index."""
        vectors = {name: tuple(row[name]) for name in ("size", "spacing_mm", "origin_mm", "row", "column")}
        geometry = Geometry(**vectors, mirrored=row["mirrored"])
        numbers = {"series_number": row["series_number"], "instances": tuple(row["instances"])}
        return cls(ImageKind(row["kind"]), tuple(row["files"]), geometry, row["manufacturer"], "", **numbers)

    def alone(self, files: Sequence[Path]) -> tuple[Series, list[Path]]:
        """This series with its own files only, numbered anew, so that both are cheap to hand to another process."""
        own = [n for n in self.files if n is not None]
        numbers = {n: k for k, n in enumerate(own)}
        return replace(self, files=tuple(None if n is None else numbers[n] for n in self.files)), [
            files[n] for n in own
        ]

    def read(self, files: Sequence[Path], slices: range) -> NDArray[np.int16]:
        """Slices in HU, shape (z, y, x); a missing slice is interpolated between its neighbours."""
        if self.kind is ImageKind.NIFTI:
            return nifti.read_hu(files[self.files[0] or 0], slices)
        if self.kind is ImageKind.NPZ:
            volume = npz.read_volume(files[self.files[0] or 0], self.series_number or 0)
            return volume[slices.start : slices.stop].astype(np.int16)
        return np.stack([self._slice(files, z) for z in slices])

    def _slice(self, files: Sequence[Path], z: int) -> NDArray[np.int16]:
        file = self.files[z]
        if file is not None:
            hu = deeplesion.read_hu(files[file]) if self.kind is ImageKind.DEEPLESION else read_hu(files[file])
            if hu.shape != self.geometry.size[1::-1]:
                raise FileError(
                    str(files[file]), f"decodes to {hu.shape}, not to the size in its header", "copy it again"
                )
            return hu
        below = next(z - step for step in range(1, z + 1) if self.files[z - step] is not None)
        above = next(k for k in range(z + 1, len(self.files)) if self.files[k] is not None)
        share = (z - below) / (above - below)
        mixed = (1 - share) * self._slice(files, below) + share * self._slice(files, above)
        return np.rint(mixed).astype(np.int16)


def read_headers(files: Sequence[tuple[int, Path]]) -> Iterator[tuple[int, Header | Structures | ItemError]]:
    """Headers of many files, in order, read in parallel; an error is handed on as a value."""
    chunks = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    for chunk in in_order(_read_chunk, chunks, "reading headers"):
        yield from chunk


def _read_chunk(files: Sequence[tuple[int, Path]]) -> list[tuple[int, Header | Structures | ItemError]]:
    return [(number, _read_one(number, path)) for number, path in files]


def _read_one(number: int, path: Path) -> Header | Structures | ItemError:
    try:
        return read_header(number, path)
    except ItemError as error:
        return error
