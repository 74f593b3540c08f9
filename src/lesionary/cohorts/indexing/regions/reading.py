"""Every region that is drawn beside a cohort's images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from lesionary.base.errors import ItemError
from lesionary.cohorts.adjusted import Adjusted, Change
from lesionary.cohorts.contract.layout import Cohort, ImageKind
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images import nifti
from lesionary.cohorts.images.dicom import Class, Companion
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.regions import mask, report, rtstruct, segmentation
from lesionary.cohorts.indexing.regions.kept import Found, kept_regions, lies
from lesionary.cohorts.indexing.regions.region import Places, Region
from lesionary.cohorts.kept import Kept
from lesionary.params.images import Masked


def read_regions(
    cohort: Cohort,
    companions: Sequence[Companion],
    places: Places,
    corrections: Corrections,
    kept: Kept,
    set_aside: SetAside,
    adjusted: Adjusted,
) -> dict[str, list[Region]]:
    """Regions by series, in the order of the files; what cannot be used is set aside, what was left out is listed."""
    found: dict[str, list[Region]] = {}
    for file, regions in _sources(cohort, companions, places, corrections, kept):
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
    cohort: Cohort, companions: Sequence[Companion], places: Places, corrections: Corrections, kept: Kept
) -> Iterator[tuple[int, Iterator[Found]]]:
    for companion in companions:
        image = cohort.images[companion.file]
        read, depends = _reader(companion.kind, image.path, corrections.masked)
        yield companion.file, kept_regions(kept, [image], depends, places, read)
    numbers = {path: number for number, path in enumerate(cohort.files)}
    for name, series in places.series.items():
        if series.kind is ImageKind.NIFTI:
            image = cohort.images[series.files[0] or 0]
            if (beside := nifti.mask_beside(image.path)) in numbers:
                number = numbers[beside]
                depends = (name, lies(series), corrections.affines, corrections.masked)
                read = partial(_beside, image.path, series, name, corrections)
                yield number, kept_regions(kept, [image, cohort.images[number]], depends, places, read)


def _reader(kind: Class, path: Path, masked: Masked) -> tuple[Callable[[Places], Iterator[Found]], tuple[object, ...]]:
    """What reads a drawing, and what its regions depend on beside the images."""
    if kind is Class.STRUCTURES:
        return partial(rtstruct.read_regions, path), (kind,)
    if kind is Class.SEGMENTATION:
        return partial(segmentation.read_regions, path, masked=masked), (kind, masked)
    return partial(report.read_regions, path), (kind,)


def _beside(image: Path, series: Series, name: str, corrections: Corrections, places: Places) -> Iterator[Region]:
    return mask.read_regions(image, series, name, corrections)
