"""3-D volumes in one `.npz` as MedMNIST distributes them: `{train,val,test}_images` and `_labels`.

Images are uint8 (volumes, x, y, z), as NIfTI would store them: in AdrenalMNIST3D the last axis is the transaxial one
(18.5 % of its neighbouring slices are equal, as thick CT slices that were resampled leave them, of the other axes 2 %;
sections along it are of one piece, 1.02 on average, and 1.16 and 1.39 along the others). Labels are (volumes, 1). No
patient is named, so each volume is taken for a patient and a study of its own.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from lesionary.base.errors import CohortError, LesionError
from lesionary.cohorts.contract.layout import LesionRow
from lesionary.cohorts.contract.splits import SPLITS
from lesionary.imaging.geometry import Box, Geometry

LARGEST_BYTES = 2**32
"""Of one array; the largest that MedMNIST distributes, at 64 voxels a side, holds a tenth of it."""
LESION = "1"
"""Name of the one lesion of a volume."""
MOST_VOLUMES = 2**20
"""Of one part: each is an object, and a zip of ten megabytes can promise a thousand times as many."""
_BROKEN = (ValueError, EOFError, OSError, RuntimeError, SyntaxError, zipfile.BadZipFile, zlib.error)
"""What broken archives and arrays raise; RuntimeError where one is encrypted or packed as nothing here unpacks."""
_ENTRY_BYTES = 64 * 1024  # that a header may take; numpy writes 128


@dataclass(frozen=True)
class Volume:
    """One volume of a file."""

    name: str
    """Of its series, study and patient: the file without its ending, the part, its number."""
    part: str
    number: int
    """In its part, from 0."""
    size: tuple[int, int, int]
    """Voxels along x, y, z."""
    label: int

    def geometry(self, spacing_mm: float) -> Geometry:
        """Of cubes of `spacing_mm`, which the file does not tell; nor does it tell where they lie in the patient."""
        spacing = (spacing_mm, spacing_mm, spacing_mm)
        return Geometry(self.size, spacing, (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def read_volumes(path: Path) -> tuple[Volume, ...]:
    """All volumes of a file, train before val before test; `CohortError` names the array and what is wrong with it.

    Headers and labels alone are read.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise CohortError(str(path), f"is no npz ({error})", "take the file as it is distributed") from None
    with archive:
        known = {name.removesuffix(".npy") for name in archive.namelist()}
        wanted = {f"{part}_{what}" for part in SPLITS for what in ("images", "labels")}
        told = [f"lacks {name}" for name in sorted(wanted - known)] + [f"has {name}" for name in sorted(known - wanted)]
        if told:
            raise CohortError(str(path), ", ".join(told[:6]), f"its arrays are {', '.join(sorted(wanted))}")
        return tuple(volume for part in SPLITS for volume in _of_part(archive, part, path))


def _of_part(archive: zipfile.ZipFile, part: str, path: Path) -> Iterator[Volume]:
    shape, labels = (_header(archive, f"{part}_{what}", path) for what in ("images", "labels"))
    if len(shape) != 4 or min(shape) < 1:
        reason = f"has the shape {shape}"
        raise CohortError(f"{path}, {part}_images", reason, "volumes are (volumes, x, y, z), none of these 0")
    if shape[0] > MOST_VOLUMES:
        raise CohortError(
            f"{path}, {part}_images", f"holds {shape[0]} volumes, more than {MOST_VOLUMES}", "divide the cohort"
        )
    if labels != (shape[0], 1):
        reason = f"has the shape {labels}"
        raise CohortError(f"{path}, {part}_labels", reason, f"{shape[0]} volumes have labels ({shape[0]}, 1)")
    _, x, y, z = shape
    for number, label in enumerate(_array(archive, f"{part}_labels", path)[:, 0].tolist()):
        yield Volume(f"{path.stem}/{part}/{number}", part, number, (x, y, z), label)


def _header(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[int, ...]:
    """Shape of an array; `CohortError` before memory is taken for one that is not what its file can hold."""
    place, cure = f"{path}, {name}", "take the file as it is distributed"
    entry = archive.getinfo(f"{name}.npy")
    try:
        with archive.open(entry) as stream:
            version = npy.read_magic(stream)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, _, dtype = read(stream, max_header_size=_ENTRY_BYTES)
            start = stream.tell()
    except _BROKEN as error:
        raise CohortError(place, f"has no header of an array ({type(error).__name__})", cure) from None
    if dtype != np.uint8:
        raise CohortError(place, f"is {dtype}", "images and labels are uint8")
    promised = int(np.prod([int(n) for n in shape], dtype=object))
    if promised != entry.file_size - start:
        reason = f"promises {promised} bytes, its file holds {entry.file_size - start}"
        raise CohortError(place, reason, cure)
    if promised > LARGEST_BYTES:
        raise CohortError(place, f"takes {promised} bytes, more than {LARGEST_BYTES}", "divide the cohort")
    return tuple(int(n) for n in shape)


def _array(archive: zipfile.ZipFile, name: str, path: Path) -> NDArray[np.uint8]:
    try:
        with archive.open(f"{name}.npy") as stream:
            return np.asarray(npy.read_array(stream, allow_pickle=False), np.uint8)
    except _BROKEN as error:
        reason = f"cannot be read ({type(error).__name__})"
        raise CohortError(f"{path}, {name}", reason, "copy the file again from its source") from None


def read_volume(path: Path, place: int) -> NDArray[np.uint8]:
    """The volume at a place of `read_volumes`, `[z, y, x]`."""
    state = path.stat()
    version = (state.st_size, state.st_mtime_ns)
    volume = _volumes(path, version)[place]
    found: NDArray[np.uint8] = _images(path, volume.part, version)[volume.number].transpose(2, 1, 0)
    return found


@lru_cache(maxsize=4)
def _volumes(path: Path, version: tuple[int, int]) -> tuple[Volume, ...]:
    return read_volumes(path)


@lru_cache(maxsize=1)
def _images(path: Path, part: str, version: tuple[int, int]) -> NDArray[np.uint8]:
    """A whole part: a compressed array cannot be read from its middle, and volumes are asked for in their order."""
    with zipfile.ZipFile(path) as archive:
        return _array(archive, f"{part}_images", path)


def row_of(path: Path, place: int, volume: Volume, classes: tuple[str, ...]) -> LesionRow:
    """A volume as a lesion: its own patient, study and series, its box from the first to the last slice above 0.

    The box spans the whole plane: volumes of a file are cut out at one scale, which a box around each would lose.
    `LesionError` for a label without a name, or an empty volume.
    """
    where = f"{path}, {volume.part} {volume.number}"
    if volume.label >= len(classes):
        reason = f"its label is {volume.label}, and npz.classes names {len(classes)}"
        raise LesionError(where, reason, "name every label in cohort.yaml")
    seen = np.flatnonzero(read_volume(path, place).any(axis=(1, 2)))
    if not len(seen):
        raise LesionError(where, "is empty", "leave it out of the file")
    x, y, _ = volume.size
    box = Box(0.0, 0.0, float(seen[0]), float(x), float(y), float(seen[-1] + 1))
    own = (volume.name,) * 3
    return LesionRow(where, LESION, *own, box, None, classes[volume.label], volume.part)
