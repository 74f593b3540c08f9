"""Slices of one DICOM series, sorted and checked: from headers to a geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.base.errors import SeriesError
from lesionary.cohorts.adjusted import Change
from lesionary.cohorts.images.dicom import Header
from lesionary.cohorts.images.upright import Shift, offset, room
from lesionary.cohorts.indexing.alike import SAME_MM, alike, one_acquisition
from lesionary.cohorts.indexing.corrections import NOTHING, Corrections
from lesionary.cohorts.indexing.spread import spread
from lesionary.imaging.geometry import Geometry
from lesionary.params.images import Tilted

NOTICED_PX = 0.5
"""A displacement of slices in their plane below this is none."""
MOST_TILT_DEG = 45.0
"""Gantries tilt by up to 30 degrees; what leans further is no stack of slices, and would be set upright into a hall."""


@dataclass(frozen=True)
class Stack:
    """A series whose slices lie evenly: what `Series` says under the same names, and what was done.

    `slices` are headers by growing z; None is a slice to interpolate.
    """

    slices: tuple[Header | None, ...]
    geometry: Geometry
    places: tuple[float, ...]
    shift_px: Shift | None
    stored_at: tuple[float, ...]
    changes: tuple[Change, ...]

    @property
    def files(self) -> tuple[int | None, ...]:
        """File numbers by growing z; None is a slice to interpolate."""
        return tuple(None if one is None else one.file for one in self.slices)


def stack(
    headers: Sequence[Header],
    place: str,
    *,
    max_gap_mm: float,
    tilt_deg: float,
    corrections: Corrections = NOTHING,
) -> Stack:
    """Sort slices along the normal; `SeriesError` says what is wrong with the stack.

    Localisers, pictures of screens and colours never come here: they are set aside file by file.
    """
    kind, changes = alike(headers, place, corrections.mixed)
    kept, more = one_acquisition(kind, place, corrections.mixed)
    changes += more
    first = kept[0]
    longer, shorter = max(first.spacing_mm), min(first.spacing_mm)
    if longer / shorter > corrections.max_anisotropy:
        reason = f"its pixels measure {first.spacing_mm[0]:.3f} x {first.spacing_mm[1]:.3f} mm"
        raise SeriesError(place, reason, "resample it, or raise index.max_anisotropy")
    positions = np.array([h.position_mm for h in kept])
    order = np.argsort(positions @ np.cross(first.row, first.column), kind="stable")
    kept, positions = [kept[i] for i in order], positions[order]
    along = positions @ np.cross(first.row, first.column)
    spacing = float(np.median(np.diff(along))) if len(along) > 1 else first.thickness_mm or 1.0
    if len(along) == 1:
        changes.append(Change(f"it has one slice, whose thickness is taken to be {spacing:g} mm", "none"))
    if not all(header.rescaled for header in kept):
        changes.append(Change("no rescale slope or intercept is given: 1 and 0 are taken", "none"))
    if lossy := sum(header.lossy for header in kept):
        what = f"the pixels of {lossy} of its {len(kept)} slices were compressed with loss: HU are not exact"
        changes.append(Change(what, "none"))
    shift = _shift(positions, first, spacing, place, tilt_deg, corrections.tilted, changes)
    laid = spread(along, spacing, place, max_gap_mm, corrections.uneven)
    if shift and laid.places:
        raise SeriesError(place, "its gantry is tilted and its slices are uneven", "resample it")
    depth = len(laid.places) or len(laid.order)
    corner = Geometry(
        (*first.size, depth), (*first.spacing_mm, spacing), _vector(positions[0]), first.row, first.column
    )
    geometry = upright(corner, shift) if shift else corner
    slices = tuple(None if number is None else kept[number] for number in laid.order)
    return Stack(slices, geometry, laid.places, shift, laid.stored_at, (*changes, *laid.changes))


def upright(geometry: Geometry, shift_px: Shift) -> Geometry:
    """The geometry of slices that are moved within their planes by `shift_px` each."""
    columns, rows, depth = geometry.size
    more_columns, more_rows = room(shift_px, depth)
    x, y = offset(shift_px, depth, 0)
    origin = geometry.to_patient(np.array([[0.5 - x, 0.5 - y, 0.5]]))[0]
    size = (columns + more_columns, rows + more_rows, depth)
    return Geometry(size, geometry.spacing_mm, _vector(origin), geometry.row, geometry.column, geometry.mirrored)


def tilt_of(run: NDArray[np.float64], row: Sequence[float], column: Sequence[float]) -> float:
    """Angle in degrees between the way from slice to slice, `run`, and the normal of row and column."""
    share = abs(run @ np.cross(row, column)) / float(np.linalg.norm(run))
    return float(np.degrees(np.arccos(np.clip(share, -1, 1))))


def judge_tilt(tilt: float, drift_px: float, place: str, tilt_deg: float, tilted: Tilted) -> Change | None:
    """What to do about a tilt whose last slice lies `drift_px` from where it should; `SeriesError` if nothing."""
    if tilt > max(tilt_deg, MOST_TILT_DEG):
        raise SeriesError(place, f"its slices lean by {tilt:.1f} degrees, as no gantry does", "correct their positions")
    if tilt > tilt_deg and tilted is Tilted.SET_ASIDE:
        cure = "resample it upright, set index.tilted to upright, or raise index.tilt_deg"
        raise SeriesError(place, f"its gantry is tilted by {tilt:.1f} degrees", cure)
    if tilt > tilt_deg:
        return Change(f"a gantry tilt of {tilt:.1f} degrees is taken out", "index.tilted")
    if drift_px > NOTICED_PX:
        what = f"a gantry tilt of {tilt:.2f} degrees, {drift_px:.1f} pixels at the last slice, is left as it is"
        return Change(what, "index.tilt_deg")
    return None


def _shift(
    positions: NDArray[np.float64],
    first: Header,
    spacing: float,
    place: str,
    tilt_deg: float,
    tilted: Tilted,
    changes: list[Change],
) -> Shift | None:
    """Pixels by which each slice of a series to be set upright lies beside the one before."""
    run = positions[-1] - positions[0]
    axes = np.array([first.row, first.column])
    normal = np.cross(first.row, first.column)
    if float(np.linalg.norm(run)) < SAME_MM:
        return None
    drift = (positions - positions[0]) @ axes.T / np.array(first.spacing_mm)
    line = np.outer((positions - positions[0]) @ normal / float(run @ normal), drift[-1])
    if np.abs(drift - line).max() > NOTICED_PX:
        at = int(np.abs(drift - line).max(axis=1).argmax())
        reason = (
            f"slice {at} by position lies {np.abs(drift - line)[at].max():.1f} pixels beside the line of the others"
        )
        raise SeriesError(place, reason, "keep one reconstruction, with one centre, in a series")
    tilt = tilt_of(run, first.row, first.column)
    change = judge_tilt(tilt, float(np.abs(drift[-1]).max()), place, tilt_deg, tilted)
    if change:
        changes.append(change)
    if tilt <= tilt_deg:
        return None
    x, y = (float(v) for v in drift[-1] * spacing / float(run @ normal))
    return x, y


def _vector(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
