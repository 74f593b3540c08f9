"""How slices lie along the normal: even, with whole slices missing, or uneven."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.base.errors import SeriesError
from lesionary.cohorts.adjusted import Change
from lesionary.params.images import Uneven

UNEVEN = 0.05
"""How far the distance of two slices may differ from the rest, as a share of it; headers round positions."""


@dataclass(frozen=True)
class Spread:
    """How stored slices fill the volume. `order` has a stored slice's number by growing z, None where one is missing;
    `places` is what `Series.places` is; `stored_at` is the slice of the volume at which each stored slice lies."""

    spacing_mm: float
    order: tuple[int | None, ...]
    places: tuple[float, ...]
    stored_at: tuple[float, ...]
    changes: list[Change]


def spread(along: NDArray[np.float64], spacing_mm: float, place: str, max_gap_mm: float, uneven: Uneven) -> Spread:
    """Lay out slices whose positions along the normal are `along` (growing, mm); `SeriesError` if it cannot be done.

    A hole no wider than `max_gap_mm` (distance of the slices around it) is filled with None, if whole slices fit.
    """
    steps = np.diff(along)
    missing = steps / spacing_mm - 1
    whole = np.rint(missing)
    off = np.abs(missing) > UNEVEN
    broken = off & ((whole < 1) | (np.abs(missing - whole) > UNEVEN * (whole + 1)))
    if broken.any() and uneven is Uneven.RESAMPLED:
        return _resampled(along, spacing_mm, place, max_gap_mm)
    order: list[int | None] = [0]
    for number, step in enumerate(steps, start=1):
        if off[number - 1]:
            reason = f"two of its slices lie {step:.2f} mm apart, the rest {spacing_mm:.2f} mm"
            where = f"{place}, slices {number - 1} and {number} by position"
            if broken[number - 1]:
                cure = "resample it, split it into even series, or set index.uneven to resampled"
                raise SeriesError(where, f"{reason}: uneven", cure)
            if step > max_gap_mm:
                cure = f"find the slice, or set index.max_gap_mm to {step:.2f} or more to interpolate across"
                raise SeriesError(where, f"{reason}: {whole[number - 1]:.0f} missing", cure)
            order += [None] * int(whole[number - 1])
        order.append(number)
    count = order.count(None)
    if not count:
        return Spread(spacing_mm, tuple(order), (), (), [])
    stored_at = tuple(float(z) for z, number in enumerate(order) if number is not None)
    change = Change(
        f"missing slices that are interpolated: {count}, between {len(stored_at)} that are there", "index.max_gap_mm"
    )
    return Spread(spacing_mm, tuple(order), (), stored_at, [change])


def _resampled(along: NDArray[np.float64], spacing_mm: float, place: str, max_gap_mm: float) -> Spread:
    steps = np.diff(along)
    if steps.max() > max_gap_mm:
        reason = f"its slices lie {steps.min():.2f} to {steps.max():.2f} mm apart: uneven"
        cure = f"set index.max_gap_mm to {steps.max():.2f} or more to interpolate across"
        raise SeriesError(place, reason, cure)
    at = (along - along[0]) / spacing_mm
    wanted = np.arange(np.floor(at[-1] + 1e-6) + 1)
    places = np.round(np.interp(wanted, at, np.arange(len(at))), 6)  # a slice that is there counts as it is
    what = f"slices {steps.min():.2f} to {steps.max():.2f} mm apart are interpolated every {spacing_mm:.2f} mm"
    order = tuple(range(len(along)))
    return Spread(spacing_mm, order, tuple(map(float, places)), tuple(map(float, at)), [Change(what, "index.uneven")])
