"""The index of a cohort: every usable series and lesion under pseudonyms, and what was set aside.

Headers alone are read, and one or two slices a series for its fingerprint. Row order is that of the user's own
identifiers, so it does not change with the key of the pseudonyms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from lesionary.cohorts.images import deeplesion, nifti, npz
from lesionary.cohorts.images.dicom import Header, Structures
from lesionary.cohorts.images.reading import Series, read_headers
from lesionary.cohorts.indexing.fingerprints import fingerprint
from lesionary.cohorts.indexing.rtstruct import Contours, box_of_contours, read_contours
from lesionary.cohorts.indexing.stack import stack
from lesionary.cohorts.layout import Cohort, ImageKind, LesionRow, parse_row
from lesionary.cohorts.pseudonyms import Entity, pseudonym
from lesionary.cohorts.set_aside import Kind, SetAside
from lesionary.errors import CohortError, ItemError, LesionError, SeriesError
from lesionary.imaging.geometry import Box


@dataclass
class Index:
    """What `index_cohort` found, by the user's own identifiers until `tables` gives pseudonyms."""

    cohort: Cohort
    series: dict[str, Series] = field(default_factory=dict)
    lesions: list[tuple[LesionRow, Box, int]] = field(default_factory=list)
    set_aside: SetAside = field(default_factory=SetAside)

    def name(self, entity: Entity, identifier: str) -> str:
        """Pseudonym of an identifier in this cohort."""
        return pseudonym(self.cohort.key, entity, identifier)

    def series_table(self) -> pl.DataFrame:
        """One row a series: series, kind, files, geometry, manufacturer, and its numbers as reports tell them."""
        rows = [{"series": self.name(Entity.SERIES, name), **one.row()} for name, one in self.series.items()]
        return pl.DataFrame(rows, schema={"series": pl.String, **Series.SCHEMA})

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
            }
            for row, box, key_slice in self.lesions
        ]
        names = dict.fromkeys(("lesion", "patient", "study", "series"), pl.String)
        box_columns = dict.fromkeys(Box.__dataclass_fields__, pl.Float64)
        return pl.DataFrame(
            rows, schema={**names, **box_columns, "key_slice": pl.Int32, "subtype": pl.String, "split": pl.String}
        )


def index_cohort(cohort: Cohort, *, max_gap_mm: float, tilt_deg: float) -> Index:
    """Index every series and lesion; what cannot be used is set aside and the rest goes on."""
    index = Index(cohort)
    contours = _find_dicom(index, max_gap_mm, tilt_deg) if ImageKind.DICOM in cohort.description.images else {}
    if ImageKind.NIFTI in cohort.description.images:
        _find_nifti(index)
    if ImageKind.DEEPLESION in cohort.description.images:
        _find_deeplesion(index)
    if ImageKind.NPZ in cohort.description.images:
        _find_npz(index)
    _refuse_copies(index)
    _find_lesions(index, contours)
    return index


def _find_dicom(index: Index, max_gap_mm: float, tilt_deg: float) -> dict[str, Contours]:
    files = [(n, path) for n, path in enumerate(index.cohort.files) if not nifti.is_nifti(path)]
    by_series: dict[str, dict[str, Header]] = defaultdict(dict)
    contours: dict[str, Contours] = {}
    for number, found in read_headers(files):
        with index.set_aside.guard(Kind.FILE, str(number)):
            index.cohort.images[number].check()
            if isinstance(found, ItemError):
                raise found
            if isinstance(found, Structures):
                read = read_contours(index.cohort.files[number])
                contours[read.series] = read
            else:
                by_series[found.series].setdefault(found.instance, found)  # the same object twice counts once
    for uid, headers in sorted(by_series.items()):
        place = f"series {uid}"
        with index.set_aside.guard(Kind.SERIES, index.name(Entity.SERIES, uid)):
            _check_one_owner(headers.values(), place)
            first, told = next(iter(headers.values())), {h.file: h.instance_number for h in headers.values()}
            stacked = stack(list(headers.values()), place, max_gap_mm=max_gap_mm, tilt_deg=tilt_deg)
            index.series[uid] = Series(
                ImageKind.DICOM,
                stacked.files,
                stacked.geometry,
                first.manufacturer,
                first.patient,
                first.series_number,
                tuple(None if file is None else told[file] for file in stacked.files),
            )
    return contours


def _check_one_owner(headers: Iterable[Header], place: str) -> None:
    patients, studies = {h.patient for h in headers}, {h.study for h in headers}
    if len(patients) > 1 or len(studies) > 1:
        reason = f"its slices name {len(patients)} patients and {len(studies)} studies"
        raise SeriesError(place, reason, "a series belongs to one study of one patient; correct its headers")


def _find_nifti(index: Index) -> None:
    for number, image in enumerate(index.cohort.images):
        if nifti.is_nifti(image.path) and not nifti.is_mask(image.path):
            with index.set_aside.guard(Kind.FILE, str(number)):
                image.check()
                geometry = nifti.read_geometry(image.path)
                index.series[image.name] = Series(ImageKind.NIFTI, (number,), geometry, "", "")


def _find_deeplesion(index: Index) -> None:
    table = deeplesion.read_table(index.cohort.folder / deeplesion.TABLE)
    for name, files, geometry in deeplesion.stacks(index.cohort.files, table):
        first = int(geometry.origin_mm[2])  # the number in the name of its first file
        numbers = tuple(range(first, first + len(files)))
        index.series[name] = Series(ImageKind.DEEPLESION, files, geometry, "", "", instances=numbers)


def _find_npz(index: Index) -> None:
    described, path = index.cohort.description.npz, _npz_file(index)
    assert described is not None  # the description was checked
    for place, volume in enumerate(npz.read_volumes(path)):
        geometry, file = volume.geometry(described.spacing_mm), index.cohort.files.index(path)
        index.series[volume.name] = Series(ImageKind.NPZ, (file,), geometry, "", "", series_number=place)


def _npz_file(index: Index) -> Path:
    found = [path for path in index.cohort.files if path.suffix == ".npz"]
    if len(found) != 1:
        place = str(index.cohort.folder / "images")
        raise CohortError(place, f"holds {len(found)} npz files", "put one there: each is a cohort of its own")
    return found[0]


def _refuse_copies(index: Index) -> None:
    seen: dict[str, str] = {}
    for name, one in list(index.series.items()):
        pseudonym_ = index.name(Entity.SERIES, name)
        with index.set_aside.guard(Kind.SERIES, pseudonym_):
            try:
                mark = fingerprint(one, index.cohort.files)
                if mark in seen:
                    reason = f"shows the same voxels as series {seen[mark]}"
                    raise SeriesError(f"series {name}", reason, "keep each patient's images once")
            except ItemError:
                del index.series[name]
                raise
            seen[mark] = pseudonym_


def _find_lesions(index: Index, contours: dict[str, Contours]) -> None:
    owner: dict[str, str] = {}
    named: set[tuple[str, str]] = set()
    kinds = index.cohort.description.images
    tables = {ImageKind.DEEPLESION: _deeplesion_rows, ImageKind.NPZ: _npz_rows}
    table_of = next((rows for kind, rows in tables.items() if kind in kinds), _table_rows)
    for subject, parse in table_of(index):
        with index.set_aside.guard(Kind.LESION, index.name(Entity.LESION, subject)):
            row = parse()
            _check_identity(row, owner, named)
            box = _box(index, row, contours)
            key_slice = row.key_slice if row.key_slice is not None else box.slices()[len(box.slices()) // 2]
            index.lesions.append((row, box, key_slice))


def _table_rows(index: Index) -> Iterator[tuple[str, Callable[[], LesionRow]]]:
    for values in index.cohort.lesions().iter_rows(named=True):
        place = f"{index.cohort.folder / 'lesions.csv'}, line {values.pop('line')}"
        yield f"{values['study']}\0{values['lesion']}", partial(parse_row, values, place)


def _deeplesion_rows(index: Index) -> Iterator[tuple[str, Callable[[], LesionRow]]]:
    path = index.cohort.folder / deeplesion.TABLE
    table = deeplesion.read_table(path)
    here = table.filter(pl.col("File_name").map_elements(deeplesion.series_of, pl.String).is_in(list(index.series)))
    if len(here) < len(table):
        with index.set_aside.guard(Kind.LESION, f"{len(table) - len(here)} rows"):
            reason = f"{len(table) - len(here)} of {len(table)} rows name series without usable images"
            raise LesionError(str(path), reason, "add the images, or leave the rows out of account")
    for values in here.iter_rows(named=True):
        first = int(index.series[deeplesion.series_of(values["File_name"])].geometry.origin_mm[2])
        row = partial(deeplesion.parse_row, values, first, f"{path}, line {values['line']}")
        yield f"{deeplesion.study_of(values)}\0{deeplesion.lesion_name(values)}", row


def _npz_rows(index: Index) -> Iterator[tuple[str, Callable[[], LesionRow]]]:
    described, path = index.cohort.description.npz, _npz_file(index)
    assert described is not None
    for place, volume in enumerate(npz.read_volumes(path)):
        yield f"{volume.name}\0{1}", partial(npz.row_of, path, place, volume, described.classes)


def _check_identity(row: LesionRow, owner: dict[str, str], named: set[tuple[str, str]]) -> None:
    if owner.setdefault(row.study, row.patient) != row.patient:
        raise LesionError(row.place, "its study belongs to another patient in a line above", "correct patient or study")
    if (row.study, row.lesion) in named:
        raise LesionError(row.place, "its name stands twice in one study", "number the lesions of a study")
    named.add((row.study, row.lesion))


def _box(index: Index, row: LesionRow, contours: dict[str, Contours]) -> Box:
    series = index.series.get(row.series)
    if series is None:
        cure = "see what was set aside, or correct the SeriesInstanceUID or the path under images/"
        raise LesionError(f"{row.place}, series {row.series}", "its series is not among the usable ones", cure)
    if series.patient and series.patient != row.patient:
        where = f"{row.place}, patient {row.patient!r}, headers {series.patient!r}"
        raise LesionError(where, "its patient is not the one that its images name", "correct the row")
    if row.box:
        box = row.box
    elif series.kind is ImageKind.NIFTI:
        (number,) = series.files
        box = nifti.box_of_mask(index.cohort.files[number or 0])
    elif row.series in contours:
        box = box_of_contours(contours[row.series], series.geometry)
    else:
        raise LesionError(row.place, "has no box, and no RTSTRUCT refers to its series", "fill the box columns")
    if not box.inside(series.geometry.size):
        reason = f"its box {tuple(vars(box).values())} lies outside its series of {series.geometry.size} voxels"
        raise LesionError(row.place, reason, "boxes are x, y, z from 0, max exclusive, z sorted by position")
    return box
