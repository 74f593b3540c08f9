"""Which slices of a series belong together: one size, one direction, one pixel spacing, one acquisition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lesionary.base.errors import SeriesError
from lesionary.cohorts.adjusted import Change
from lesionary.cohorts.images.dicom import Header
from lesionary.params.images import Mixed

SAME_MM = 0.01
"""Positions closer than this are the same; directions and spacings may differ by as much (relative to 1)."""


def alike(headers: Sequence[Header], place: str, mixed: Mixed) -> tuple[list[Header], list[Change]]:
    """Slices of one kind, and what was left out; `SeriesError` if there are several kinds and none may go."""
    sets: list[list[Header]] = []
    for header in headers:
        fitting = next((kind for kind in sets if _difference(kind[0], header) is None), None)
        if fitting is None:
            sets.append([header])
        else:
            fitting.append(header)
    if len(sets) == 1:
        return sets[0], []
    if mixed is Mixed.SET_ASIDE:
        cure = "split it into series of one kind, or set index.mixed to largest"
        reason = f"its slices differ in {_difference(sets[0][0], sets[1][0])}"
        raise SeriesError(f"{place}, file {sets[1][0].file}", reason, cure)
    return _largest(sets, len(headers), "which differ in size, orientation or pixel spacing")


def one_acquisition(headers: Sequence[Header], place: str, mixed: Mixed) -> tuple[list[Header], list[Change]]:
    """Slices no two of which lie at one place, and what was left out; `SeriesError` if that cannot be had."""
    pair = _repeated(headers)
    if pair is None:
        return list(headers), []
    by_acquisition: dict[str, list[Header]] = {}
    for header in headers:
        by_acquisition.setdefault(header.acquisition, []).append(header)
    if mixed is Mixed.LARGEST and len(by_acquisition) > 1:
        kept, changes = _largest(list(by_acquisition.values()), len(headers), "which other acquisitions repeat")
        if _repeated(kept) is None:
            return kept, changes
    at = pair[0].position_mm @ np.cross(pair[0].row, pair[0].column)
    cure = "keep one acquisition of each place in a series"
    if len(by_acquisition) > 1:
        cure += f" (it holds {len(by_acquisition)}), or set index.mixed to largest"
    raise SeriesError(
        f"{place}, files {pair[0].file} and {pair[1].file}",
        f"two of its slices lie at the same place, {at:.2f} mm along the normal",
        cure,
    )


def _largest(sets: list[list[Header]], count: int, why: str) -> tuple[list[Header], list[Change]]:
    kept = max(sets, key=len)  # the first of equals, by file number
    return kept, [Change(f"{count - len(kept)} of its {count} slices, {why}, are left out", "index.mixed")]


def _difference(first: Header, second: Header) -> str | None:
    for what, mine, others in (
        ("size", second.size, first.size),
        ("orientation", second.row + second.column, first.row + first.column),
        ("pixel spacing", second.spacing_mm, first.spacing_mm),
    ):
        if not np.allclose(mine, others, atol=SAME_MM):
            return f"{what}: {mine}, {others}"
    return None


def _repeated(headers: Sequence[Header]) -> tuple[Header, Header] | None:
    """Two slices at one place along the normal, of slices that are alike."""
    along = np.array([h.position_mm for h in headers]) @ np.cross(headers[0].row, headers[0].column)
    order = np.argsort(along, kind="stable")
    near = np.flatnonzero(np.diff(along[order]) < SAME_MM)
    return (headers[order[near[0]]], headers[order[near[0] + 1]]) if len(near) else None
