"""Every region that is drawn beside a cohort's images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lesionary.base.errors import ItemError
from lesionary.cohorts.adjusted import Adjusted, Change
from lesionary.cohorts.contract.layout import Cohort, ImageKind
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images import nifti
from lesionary.cohorts.images.dicom import Class, Companion
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.regions import mask, report, rtstruct, segmentation
from lesionary.cohorts.indexing.regions.region import Places, Region


def read_regions(
    cohort: Cohort,
    companions: Sequence[Companion],
    places: Places,
    corrections: Corrections,
    set_aside: SetAside,
    adjusted: Adjusted,
) -> dict[str, list[Region]]:
    """Regions by series, in the order of the files; what cannot be used is set aside, what was left out is listed."""
    found: dict[str, list[Region]] = {}
    for file, regions in _sources(cohort, companions, places, corrections):
        with set_aside.guard(Kind.FILE, str(file)):
            read = list(regions)
            broken = any(isinstance(one, ItemError) for one in read)
            for one in read:
                if isinstance(one, ItemError):
                    set_aside.add(Kind.FILE, str(file), one)
                elif isinstance(one, Change):
                    adjusted.add(Kind.FILE, str(file), one)
                else:
                    found.setdefault(one.series, []).append(replace(one, by_name_alone=broken))
    return found


def _sources(
    cohort: Cohort, companions: Sequence[Companion], places: Places, corrections: Corrections
) -> Iterator[tuple[int, Iterator[Region | Change | ItemError]]]:
    for companion in companions:
        path = cohort.files[companion.file]
        if companion.kind is Class.STRUCTURES:
            yield companion.file, rtstruct.read_regions(path, places)
        elif companion.kind is Class.SEGMENTATION:
            yield companion.file, segmentation.read_regions(path, places, corrections.masked)
        else:
            yield companion.file, report.read_regions(path, places)
    numbers = {path: number for number, path in enumerate(cohort.files)}
    for name, series in places.series.items():
        if series.kind is ImageKind.NIFTI:
            image = cohort.files[series.files[0] or 0]
            if (beside := nifti.mask_beside(image)) in numbers:
                yield numbers[beside], mask.read_regions(image, series, name, corrections)
