"""Series of an index, and their voxels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.errors import FileError
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images import deeplesion, dicom, enhanced, nifti, npz
from lesionary.cohorts.images.upright import Shift, moved, offset, room
from lesionary.imaging.geometry import Geometry

File = TypeVar("File")


@dataclass(frozen=True)
class Series:
    """A usable series. `files` are numbers in the cohort's listing: by growing z with None for a slice to
    interpolate (DICOM), or the one file that holds all slices (NIfTI, npz)."""

    kind: ImageKind
    files: tuple[int | None, ...]
    geometry: Geometry
    manufacturer: str
    patient: str
    """As the images name the patient; kept in memory only, as are the next three."""
    series_number: int | None = None
    """SeriesNumber; of an npz, the place of the volume in its file."""
    instances: tuple[int | None, ...] = ()
    """InstanceNumber by growing z: what reports call an image's number. Empty where the images tell none."""
    frames: tuple[int | None, ...] = ()
    """Which frame of its file each slice is, from 0. Empty where a file is one slice, or all of them."""
    places: tuple[float, ...] = ()
    """Of each slice of a resampled series: where it lies among `files`, as 2.25 between the third and the fourth."""
    shift_px: Shift | None = None
    """Of a series that is set upright: see `upright`."""
    study: str = field(default="", compare=False)
    frame_of_reference: str = field(default="", compare=False)
    stored_at: tuple[float, ...] = field(default=(), compare=False)
    """Slice of the volume at which each stored slice lies, where these differ."""

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
        "frames": pl.List(pl.Int32),
        "places": pl.List(pl.Float64),
        "shift_px": pl.List(pl.Float64),
    }
    SELDOM: ClassVar[tuple[str, ...]] = ("frames", "places", "shift_px")
    """Columns that an index has only where one of its series needs them."""

    def row(self) -> dict[str, Any]:
        """As a row of the index: nothing in it names a patient."""
        geometry = {name: list(v) if isinstance(v, tuple) else v for name, v in vars(self.geometry).items()}
        names = {"manufacturer": self.manufacturer, "series_number": self.series_number}
        numbers = {"files": list(self.files), "instances": list(self.instances)}
        seldom = {name: list(value) if (value := getattr(self, name)) else None for name in self.SELDOM}
        return {"kind": self.kind.value, **numbers, **geometry, **names, **seldom}

    @classmethod
    def of_row(cls, row: dict[str, Any]) -> Self:
        """Back from a row of the index."""
        vectors = {name: tuple(row[name]) for name in ("size", "spacing_mm", "origin_mm", "row", "column")}
        geometry = Geometry(**vectors, mirrored=row["mirrored"])
        numbers = {"series_number": row["series_number"], "instances": tuple(row["instances"])}
        seldom: dict[str, Any] = {name: tuple(row[name]) for name in cls.SELDOM if row.get(name)}
        return cls(ImageKind(row["kind"]), tuple(row["files"]), geometry, row["manufacturer"], "", **numbers, **seldom)

    def alone(self, files: Sequence[File]) -> tuple[Series, list[File]]:
        """This series with its own files only, numbered anew, so that both are cheap to hand to another process."""
        own = list(dict.fromkeys(n for n in self.files if n is not None))
        numbers = {n: k for k, n in enumerate(own)}
        return replace(self, files=tuple(None if n is None else numbers[n] for n in self.files)), [
            files[n] for n in own
        ]

    def read(self, files: Sequence[Path], slices: range) -> NDArray[np.int16]:
        """Slices in HU, shape (z, y, x); a missing slice is interpolated between its neighbours."""
        if self.kind is ImageKind.NPZ:
            volume = npz.read_volume(files[self.files[0] or 0], self.series_number or 0)
            return volume[slices.start : slices.stop].astype(np.int16)
        shares = [self._shares(z) for z in slices]
        stored = self._stored(files, sorted({number for mixture in shares for number in mixture}))
        return np.stack([_mixed(mixture, stored) for mixture in shares])

    def _shares(self, z: int) -> dict[int, float]:
        """Which stored slices slice `z` is mixed from, and how much of each."""
        if self.places:
            below, share = divmod(self.places[z], 1)
            return {int(below): 1.0} if not share else {int(below): 1 - share, int(below) + 1: share}
        if self.kind is ImageKind.NIFTI or self.files[z] is not None:
            return {z: 1.0}
        below = next(z - step for step in range(1, z + 1) if self.files[z - step] is not None)
        above = next(k for k in range(z + 1, len(self.files)) if self.files[k] is not None)
        share = (z - below) / (above - below)
        return {below: 1 - share, above: share}

    def _stored(self, files: Sequence[Path], numbers: Sequence[int]) -> dict[int, NDArray[np.int16]]:
        """Stored slices, by number, where they lie in the volume's plane."""
        if self.kind is ImageKind.NIFTI:
            whole = nifti.read_hu(files[self.files[0] or 0], range(numbers[0], numbers[-1] + 1))
            found = {number: whole[number - numbers[0]] for number in numbers}
        elif self.frames:
            found = {}
            for file, of_file in groupby(numbers, lambda number: self.files[number] or 0):
                mine = list(of_file)
                decoded = enhanced.read_hu(files[file], [self.frames[number] or 0 for number in mine])
                found |= dict(zip(mine, decoded, strict=True))
        else:
            read = deeplesion.read_hu if self.kind is ImageKind.DEEPLESION else dicom.read_hu
            found = {number: read(files[self.files[number] or 0]) for number in numbers}
        columns, rows, depth = self.geometry.size
        extra = room(self.shift_px, depth) if self.shift_px else (0, 0)
        for number, hu in found.items():
            if hu.shape != (rows - extra[1], columns - extra[0]):
                place = str(files[self.files[0 if self.kind is ImageKind.NIFTI else number] or 0])
                raise FileError(place, f"decodes to {hu.shape}, not to the size in its header", "copy it again")
            if self.shift_px:
                found[number] = moved(hu, offset(self.shift_px, depth, number), (columns, rows))
        return found


def _mixed(mixture: dict[int, float], stored: dict[int, NDArray[np.int16]]) -> NDArray[np.int16]:
    if len(mixture) == 1:
        return stored[next(iter(mixture))]
    mixed = sum(share * stored[number] for number, share in mixture.items())
    return np.rint(mixed).astype(np.int16)
