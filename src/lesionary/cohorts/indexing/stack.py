"""Slices of one DICOM series, sorted and checked: from headers to a geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lesionary.cohorts.images.dicom import Header
from lesionary.errors import SeriesError
from lesionary.imaging.geometry import Geometry

SAME_MM = 0.01
"""Positions closer than this are the same; directions and spacings may differ by as much (relative to 1)."""
UNEVEN = 0.05
"""How far the distance of two slices may differ from the rest, as a share of it; headers round positions."""


@dataclass(frozen=True)
class Stack:
    """A series whose slices lie evenly. `files` are file numbers by growing z; None is a slice to interpolate."""

    files: tuple[int | None, ...]
    geometry: Geometry


def stack(headers: Sequence[Header], place: str, *, max_gap_mm: float, tilt_deg: float) -> Stack:
    """Sort slices along the normal; `SeriesError` says what is wrong with the stack.

    A hole no wider than `max_gap_mm` (distance of the slices around it) is filled with None, if whole slices fit.
    """
    first = headers[0]
    _check_alike(headers, place)
    normal = np.cross(first.row, first.column)
    positions = np.array([h.position_mm for h in headers])
    along = positions @ normal
    order = np.argsort(along, kind="stable")
    along, positions = along[order], positions[order]
    files = [headers[i].file for i in order]
    steps = np.diff(along)
    if (steps < SAME_MM).any():
        at = int(np.argmax(steps < SAME_MM))
        raise SeriesError(
            f"{place}, files {files[at]} and {files[at + 1]}",
            f"two of its slices lie at the same place, {along[at]:.2f} mm along the normal",
            "keep one acquisition of each place in a series",
        )
    spacing = float(np.median(steps)) if len(steps) else first.thickness_mm or 1.0
    _check_tilt(positions, normal, place, tilt_deg)
    filled = _fill(files, steps, spacing, place, max_gap_mm)
    size = (*first.size, len(filled))
    x, y, z = (float(v) for v in positions[0])
    geometry = Geometry(size, (*first.spacing_mm, spacing), (x, y, z), first.row, first.column)
    return Stack(filled, geometry)


def _check_alike(headers: Sequence[Header], place: str) -> None:
    first = headers[0]
    for header in headers[1:]:
        for what, mine, others in (
            ("size", header.size, first.size),
            ("orientation", header.row + header.column, first.row + first.column),
            ("pixel spacing", header.spacing_mm, first.spacing_mm),
        ):
            if not np.allclose(mine, others, atol=SAME_MM):
                cure = "split it into series of one kind"
                raise SeriesError(
                    f"{place}, file {header.file}", f"its slices differ in {what}: {mine}, {others}", cure
                )


def _check_tilt(positions: np.ndarray, normal: np.ndarray, place: str, tilt_deg: float) -> None:
    run = positions[-1] - positions[0]
    length = float(np.linalg.norm(run))
    if length < SAME_MM:
        return
    tilt = float(np.degrees(np.arccos(np.clip(abs(run @ normal) / length, -1, 1))))
    if tilt > tilt_deg:
        raise SeriesError(
            place, f"its gantry is tilted by {tilt:.1f} degrees", "resample it upright, or raise index.tilt_deg"
        )


def _fill(files: list[int], steps: np.ndarray, spacing: float, place: str, max_gap_mm: float) -> tuple[int | None, ...]:
    filled: list[int | None] = [files[0]]
    for (before, file), step in zip(pairwise(files), steps, strict=True):
        missing = step / spacing - 1
        if abs(missing) > UNEVEN:
            whole = round(missing)
            reason = f"two of its slices lie {step:.2f} mm apart, the rest {spacing:.2f} mm"
            where = f"{place}, files {before} and {file}"
            if whole < 1 or abs(missing - whole) > UNEVEN * (whole + 1):
                raise SeriesError(where, f"{reason}: uneven", "resample it, or split it into even series")
            if step > max_gap_mm:
                cure = f"find the slice, or set index.max_gap_mm to {step:.2f} or more to interpolate across"
                raise SeriesError(where, f"{reason}: {whole} missing", cure)
            filled += [None] * whole
        filled.append(file)
    return tuple(filled)
