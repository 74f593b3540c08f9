"""The lesions of a cohort: rows of its table, each with a box, given or drawn.

A row without a box takes a region that is drawn on its series (see `matching`). Where there is no lesions.csv at all,
every region is a lesion of the patient and study that its images name, without a sub-type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

import polars as pl

from lesionary.base.errors import LesionError
from lesionary.cohorts.contract.layout import Cohort, ImageKind, LesionRow, parse_row
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images import deeplesion, npz
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.given import edge_in_volume, in_volume
from lesionary.cohorts.indexing.matching import Matching
from lesionary.cohorts.indexing.regions.region import Region
from lesionary.cohorts.indexing.series import npz_file
from lesionary.imaging.geometry import Box


@dataclass(frozen=True)
class Lesion:
    """A usable lesion by the user's own identifiers; axes in mm where a report measured them."""

    row: LesionRow
    box: Box
    key_slice: int
    long_axis_mm: float | None = None
    short_axis_mm: float | None = None


def find_lesions(
    cohort: Cohort, series: Mapping[str, Series], regions: Mapping[str, Sequence[Region]], set_aside: SetAside
) -> Iterator[Lesion]:
    """Usable lesions in the order of the table; the others are set aside."""
    owners: dict[str, LesionRow] = {}
    named: dict[tuple[str, str], LesionRow] = {}
    if regions and not (cohort.folder / "lesions.csv").is_file():
        yield from _drawn(series, regions)
        return
    names: Iterable[tuple[str, str]] = ()
    if ImageKind.DEEPLESION in cohort.description.images:
        rows = _deeplesion_rows(cohort, series, set_aside)
    elif ImageKind.NPZ in cohort.description.images:
        rows = _npz_rows(cohort)
    else:
        rows, names = _table_rows(cohort), cohort.lesions().select("series", "lesion").iter_rows()
    matching = Matching(regions, names)
    for subject, parse in rows:
        with set_aside.guard(Kind.LESION, pseudonym(cohort.key, Entity.LESION, subject)):
            row = parse()
            _check_identity(row, owners, named)
            yield _lesion(row, _usable(row, series), matching)


def _table_rows(cohort: Cohort) -> Iterator[tuple[str, Callable[[], LesionRow]]]:
    for values in cohort.lesions().iter_rows(named=True):
        place = f"{cohort.folder / 'lesions.csv'}, line {values.pop('line')}"
        yield f"{values['study']}\0{values['lesion']}", partial(parse_row, values, place)


def _drawn(series: Mapping[str, Series], regions: Mapping[str, Sequence[Region]]) -> Iterator[Lesion]:
    """Every region, named by its series and by what it is called there, with a number where that is not enough.

    A NIfTI file names nobody: its folder, or a file that lies in none, is then the patient, the file itself the study.
    """
    for name in sorted(regions):
        one = series[name]
        folder = PurePosixPath(name).parent.as_posix()
        study = one.study or name
        patient = one.patient or (folder if one.kind is ImageKind.NIFTI and folder != "." else study)
        seen: Counter[str] = Counter()
        for region in regions[name]:
            seen[region.names[0]] += 1
            lesion = " ".join((name, region.names[0], str(seen[region.names[0]])))
            row = LesionRow(f"series {name}", lesion, patient, study, name, None, None, None, None)
            yield _of_region(row, region)


def _deeplesion_rows(
    cohort: Cohort, series: Mapping[str, Series], set_aside: SetAside
) -> Iterator[tuple[str, Callable[[], LesionRow]]]:
    path = cohort.folder / deeplesion.TABLE
    table = deeplesion.read_table(path)
    here = table.filter(pl.col("File_name").map_elements(deeplesion.series_of, pl.String).is_in(list(series)))
    if len(here) < len(table):
        with set_aside.guard(Kind.LESION, f"{len(table) - len(here)} rows"):
            reason = f"{len(table) - len(here)} of {len(table)} rows name series without usable images"
            raise LesionError(str(path), reason, "add the images, or leave the rows out of account")
    for values in here.iter_rows(named=True):
        first = int(series[deeplesion.series_of(values["File_name"])].geometry.origin_mm[2])
        row = partial(deeplesion.parse_row, values, first, f"{path}, line {values['line']}")
        yield f"{deeplesion.study_of(values)}\0{deeplesion.lesion_name(values)}", row


def _npz_rows(cohort: Cohort) -> Iterator[tuple[str, Callable[[], LesionRow]]]:
    described, path = cohort.description.npz, cohort.files[npz_file(cohort)]
    assert described is not None  # the description was checked
    for place, volume in enumerate(npz.read_volumes(path)):
        yield f"{volume.name}\0{npz.LESION}", partial(npz.row_of, path, place, volume, described.classes)


def _check_identity(row: LesionRow, owners: dict[str, LesionRow], named: dict[tuple[str, str], LesionRow]) -> None:
    first = owners.setdefault(row.study, row)
    if first.patient != row.patient:
        reason = f"its study belongs to another patient in {_line(first)}"
        raise LesionError(row.place, reason, "correct patient or study")
    same = named.setdefault((row.study, row.lesion), row)
    if same is not row:
        reason = f"its name stands in {_line(same)}, too, of the same study"
        raise LesionError(row.place, reason, "number the lesions of a study")


def _line(row: LesionRow) -> str:
    """Without the table, whose folder may name somebody."""
    return row.place.rpartition(", ")[2]


def _usable(row: LesionRow, series: Mapping[str, Series]) -> Series:
    one = series.get(row.series)
    if one is None:
        cure = "see what was set aside, or correct the SeriesInstanceUID or the path under images/"
        raise LesionError(f"{row.place}, series {row.series}", "its series is not among the usable ones", cure)
    if one.patient and one.patient != row.patient:
        where = f"{row.place}, patient {row.patient!r}, headers {one.patient!r}"
        raise LesionError(where, "its patient is not the one that its images name", "correct the row")
    return one


def _lesion(row: LesionRow, series: Series, matching: Matching) -> Lesion:
    if row.box is None:
        drawn = _of_region(row, matching.region(row, series))
        return replace(drawn, key_slice=_key_slice(row, drawn.box, drawn.key_slice, series))
    box = in_volume(row.box, series)
    if not box.inside(series.geometry.size):
        reason = f"its box {tuple(vars(box).values())} lies outside its series of {series.geometry.size} voxels"
        raise LesionError(row.place, reason, "boxes are x, y, z from 0, max exclusive, z sorted by position")
    return Lesion(row, box, _key_slice(row, box, _middle(box), series))


def _of_region(row: LesionRow, region: Region) -> Lesion:
    key_slice = _middle(region.box) if region.key_slice is None else region.key_slice
    return Lesion(row, region.box, key_slice, region.long_axis_mm, region.short_axis_mm)


def _middle(box: Box) -> int:
    return box.slices()[len(box.slices()) // 2]


def _key_slice(row: LesionRow, box: Box, default: int, series: Series) -> int:
    """The slice of the volume at which the one lies that the row names; `default` if it names none."""
    if row.key_slice is None:
        return default
    depth = len(series.stored_at) or series.geometry.size[2]
    cure = "count slices from 0, as stored, sorted by position, or leave it empty"
    if not 0 <= row.key_slice < depth:
        raise LesionError(row.place, f"its key_slice {row.key_slice} lies outside its series of {depth} slices", cure)
    z = int(edge_in_volume(row.key_slice + 0.5, series))
    if z + 1 <= box.z_min or z >= box.z_max:
        reason = f"its key_slice {row.key_slice} lies outside its box, whose z is {box.z_min:g} to {box.z_max:g}"
        raise LesionError(row.place, reason, cure)
    return z
