"""Which lesion a bookmark without a hyperlink means: the one of its study that agrees with its size or its image.

A size agrees with a lesion whose box is as long and as wide in the plane; the longest diameter of what lies askew in
its box may be as long as the box's diagonal. An image reference agrees with a lesion whose box that image cuts; of
several, with the one that has it as its key slice. Where no lesion of the study agrees, or several do, the bookmark is
given none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot

import polars as pl

from lesionary.base.errors import ReportError
from lesionary.cohorts.contract.set_aside import Kind as Item
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.imaging.geometry import Box
from lesionary.reports.parsing.bookmarks import Bookmark, Kind

NONE = "agrees with no lesion of its study"
SEVERAL = "agrees with several lesions of its study"


@dataclass(frozen=True)
class Target:
    """A lesion as a report may refer to it."""

    lesion: str
    long_mm: float
    short_mm: float
    """Sides of its box in the plane."""
    series: int | None
    """SeriesNumber; None where the images tell none."""
    instances: frozenset[int]
    """InstanceNumber of each slice that its box covers; empty where the images tell none."""
    key_instance: int | None = None
    """InstanceNumber of its key slice."""


@dataclass(frozen=True)
class Tolerance:
    """How far a size may lie from a box: by so many mm, or by that share of the size, whichever is more."""

    mm: float
    share: float

    def of(self, size_mm: float) -> float:
        """In mm.

        >>> Tolerance(2.0, 0.1).of(10.0), Tolerance(2.0, 0.1).of(50.0)
        (2.0, 5.0)
        """
        return max(self.mm, self.share * size_mm)


def targets_by_study(lesions: pl.DataFrame, series: pl.DataFrame) -> dict[str, list[Target]]:
    """Lesions of each study, from both tables of a cohort's index."""
    told = series.select("series", "spacing_mm", "series_number", "instances")
    found: dict[str, list[Target]] = defaultdict(list)
    for row in lesions.join(told, on="series", maintain_order="left").iter_rows(named=True):
        box = Box(**{side: row[side] for side in Box.__dataclass_fields__})
        short, long = sorted(side * mm for side, mm in zip(box.extent[:2], row["spacing_mm"][:2], strict=True))
        numbers = dict(enumerate(row["instances"] or ()))
        instances = frozenset(number for z in box.slices() if (number := numbers.get(z)) is not None)
        key = numbers.get(row["key_slice"])
        found[row["study"]].append(Target(row["lesion"], long, short, row["series_number"], instances, key))
    return dict(found)


def agrees(bookmark: Bookmark, target: Target, tolerance: Tolerance) -> bool:
    """Whether a bookmark may mean a lesion.

    >>> from lesionary.reports.parsing.bookmarks import find_bookmarks
    >>> lesion = Target("a", 30.0, 20.0, series=4, instances=frozenset({11, 12}))
    >>> [agrees(one, lesion, Tolerance(2.0, 0.1)) for one in find_bookmarks("3.1 x 1.9 cm, 14 mm (4:12) (3:12)")]
    [True, False, True, False]
    """
    if bookmark.slice is not None and target.instances:
        same_series = bookmark.series is None or target.series is None or bookmark.series == target.series
        return same_series and bookmark.slice in target.instances
    if not bookmark.size_mm:
        return False
    long, *shorter = sorted(bookmark.size_mm, reverse=True)
    if not target.long_mm - tolerance.of(long) <= long <= hypot(target.long_mm, target.short_mm) + tolerance.of(long):
        return False
    return not shorter or abs(shorter[0] - target.short_mm) <= tolerance.of(shorter[0])


class Matcher:
    """Gives bookmarks their lesions, and counts those that it cannot give one."""

    def __init__(self, targets: Mapping[str, Sequence[Target]], tolerance: Tolerance) -> None:
        self._targets, self._tolerance = targets, tolerance
        self._without: dict[str, list[str]] = {NONE: [], SEVERAL: []}

    def __call__(self, bookmarks: Sequence[Bookmark], report: str, study: str) -> list[Bookmark]:
        """`bookmarks` of one sentence, each with its lesion if one alone agrees; a study without lesions is left.

        Where sizes and images take turns they go in twos, and what both agree with comes first. A size of the past is
        given none, since a lesion of today agrees with it by chance.
        """
        targets = self._targets.get(study, ())
        now = [one for one in bookmarks if not one.past] if targets else []
        found = {one: self._agreeing(one, targets) for one in now}
        for first, second in _in_twos(now):
            if both := found[first] & found[second]:
                found[first] = found[second] = both
        for one in now:
            if len(found[one]) != 1:
                self._without[SEVERAL if found[one] else NONE].append(report)
        return [replace(one, lesion=next(iter(of))) if len(of := found.get(one, ())) == 1 else one for one in bookmarks]

    def _agreeing(self, bookmark: Bookmark, targets: Sequence[Target]) -> set[str]:
        found = [target for target in targets if agrees(bookmark, target, self._tolerance)]
        key = [target for target in found if bookmark.slice is not None and target.key_instance == bookmark.slice]
        return {target.lesion for target in (key if len(key) == 1 else found)}

    def report(self, set_aside: SetAside) -> None:
        """List the bookmarks that were given no lesion, by report."""
        cure = "link it in bookmarks.csv, or widen bookmarks.tolerance_mm"
        for reason in (NONE, SEVERAL):
            set_aside.add_all(Item.BOOKMARK, self._without[reason], ReportError("reports", reason, cure))


def _in_twos(bookmarks: Sequence[Bookmark]) -> list[tuple[Bookmark, Bookmark]]:
    """Neighbours, if a size and an image take turns throughout: "2.3 cm (4:12) and 14 mm (4:20)"."""
    twos = list(zip(bookmarks[::2], bookmarks[1::2], strict=False))
    kinds = {(first.kind, second.kind) for first, second in twos}
    even = len(bookmarks) == 2 * len(twos)
    return twos if even and kinds in ({(Kind.SIZE, Kind.IMAGE)}, {(Kind.IMAGE, Kind.SIZE)}) else []
