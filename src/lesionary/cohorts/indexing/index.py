"""The index of a cohort: every usable series and lesion under pseudonyms, and what was set aside.

Headers alone are read, and one or two slices a series for its fingerprint; what an earlier run read of a listed image
is kept (`kept`). Row order is that of the user's own identifiers, so it does not change with the key of the pseudonyms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from lesionary.cohorts.adjusted import Adjusted
from lesionary.cohorts.contract.layout import Cohort, LesionRow
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import NOTHING, Corrections
from lesionary.cohorts.indexing.lesions import find_lesions
from lesionary.cohorts.indexing.regions.reading import read_regions
from lesionary.cohorts.indexing.regions.region import Places, Region
from lesionary.cohorts.indexing.series import find_series
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Box

AXES = ("long_axis_mm", "short_axis_mm")
"""Columns of lesions that an index has only where a report measured one."""


@dataclass
class Index:
    """What `index_cohort` found, by the user's own identifiers until `tables` gives pseudonyms."""

    cohort: Cohort
    series: dict[str, Series] = field(default_factory=dict)
    lesions: list[tuple[LesionRow, Box, int]] = field(default_factory=list)
    axes_mm: list[tuple[float | None, float | None]] = field(default_factory=list)
    """Long and short axis of each lesion, None where no report measured them."""
    set_aside: SetAside = field(default_factory=SetAside)
    adjusted: Adjusted = field(default_factory=Adjusted)

    def name(self, entity: Entity, identifier: str) -> str:
        """Pseudonym of an identifier in this cohort."""
        return pseudonym(self.cohort.key, entity, identifier)

    def add_lesions(self, regions: Mapping[str, Sequence[Region]]) -> None:
        """Index the lesions of the tables and of what is drawn; `CohortError` if a table cannot be read."""
        for lesion in find_lesions(self.cohort, self.series, regions, self.set_aside):
            self.lesions.append((lesion.row, lesion.box, lesion.key_slice))
            self.axes_mm.append((lesion.long_axis_mm, lesion.short_axis_mm))

    def series_table(self) -> pl.DataFrame:
        """One row a series: series, kind, files, geometry, manufacturer, and its numbers as reports tell them."""
        rows = [{"series": self.name(Entity.SERIES, name), **one.row()} for name, one in self.series.items()]
        table = pl.DataFrame(rows, schema={"series": pl.String, **Series.SCHEMA})
        return _without_empty(table, Series.SELDOM)

    def lesion_table(self) -> pl.DataFrame:
        """One row a lesion: lesion, patient, study, series (pseudonyms), box in voxels, key_slice, subtype, split."""
        rows = [
            {
                "lesion": self.name(Entity.LESION, f"{row.study}\0{row.lesion}"),
                "patient": self.name(Entity.PATIENT, row.patient),
                "study": self.name(Entity.STUDY, row.study),
                "series": self.name(Entity.SERIES, row.series),
                **vars(box),
                "key_slice": key_slice,
                "subtype": row.subtype,
                "split": row.split,
                **dict(zip(AXES, axes, strict=True)),
            }
            for (row, box, key_slice), axes in zip(self.lesions, self.axes_mm, strict=True)
        ]
        names = dict.fromkeys(("lesion", "patient", "study", "series"), pl.String)
        box_columns = dict.fromkeys(Box.__dataclass_fields__, pl.Float64)
        told = {"key_slice": pl.Int32, "subtype": pl.String, "split": pl.String, **dict.fromkeys(AXES, pl.Float64)}
        return _without_empty(pl.DataFrame(rows, schema={**names, **box_columns, **told}), AXES)


def _without_empty(table: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    return table.drop(name for name in columns if table[name].null_count() == len(table))


def index_cohort(
    cohort: Cohort,
    *,
    max_gap_mm: float,
    tilt_deg: float,
    corrections: Corrections = NOTHING,
) -> Index:
    """Index every series and lesion; what cannot be used is set aside and the rest goes on."""
    index, regions = index_images(cohort, max_gap_mm=max_gap_mm, tilt_deg=tilt_deg, corrections=corrections)
    index.add_lesions(regions)
    return index


def index_images(
    cohort: Cohort, *, max_gap_mm: float, tilt_deg: float, corrections: Corrections = NOTHING
) -> tuple[Index, dict[str, list[Region]]]:
    """The index of every series, without lesions, and what is drawn on them."""
    kept = Kept.of(cohort.folder, cohort.images)
    found = find_series(cohort, kept, max_gap_mm=max_gap_mm, tilt_deg=tilt_deg, corrections=corrections)
    index = Index(cohort, found.series, set_aside=found.set_aside, adjusted=found.adjusted)
    places = Places(found.series, found.slices)
    regions = read_regions(cohort, found.companions, places, corrections, kept, found.set_aside, found.adjusted)
    return index, regions
