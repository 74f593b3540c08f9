"""Which region that is drawn on a series is the lesion of which row.

A row takes the region that has its `lesion` for a name. Else it takes the only region of its series, but for one that
another row names, and for one in whose file another region could not be used: it may be that other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lesionary.base.errors import LesionError
from lesionary.cohorts.contract.layout import ImageKind, LesionRow
from lesionary.cohorts.images import nifti
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.regions.region import Region


class Matching:
    """`named` is series and lesion of every row of the table."""

    def __init__(self, regions: Mapping[str, Sequence[Region]], named: Iterable[tuple[str, str]]) -> None:
        self._regions = regions
        self._named = set(named)
        self._taken: set[int] = set()

    def region(self, row: LesionRow, series: Series) -> Region:
        """The region of a row, which no other row gets; `LesionError` if there is none, or no telling which."""
        drawn = self._regions.get(row.series, ())
        if not drawn and series.kind is ImageKind.NIFTI:
            reason = "has neither a box nor a usable mask beside it"
            raise LesionError(row.place, reason, f"give a box, or a file whose name ends in {nifti.MASK}")
        if not drawn:
            reason = "has no box, and no usable RTSTRUCT, SEG or SR refers to its series"
            raise LesionError(row.place, reason, "fill the box columns")
        fitting = [one for one in drawn if row.lesion in one.names] or [one for one in drawn if self._free(one)]
        cure = "name the lesion as its region is named, or fill the box columns"
        if len(fitting) > 1:
            reason = f"{len(fitting)} of the {len(drawn)} regions drawn on its series could be it"
            raise LesionError(row.place, reason, cure)
        if not fitting or id(fitting[0]) in self._taken:
            raise LesionError(row.place, f"none of the {len(drawn)} regions drawn on its series is left for it", cure)
        self._taken.add(id(fitting[0]))
        return fitting[0]

    def _free(self, region: Region) -> bool:
        return not region.by_name_alone and not any((region.series, name) in self._named for name in region.names)
