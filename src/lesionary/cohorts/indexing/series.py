"""Finding the usable series of a cohort, kind of image by kind of image."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lesionary.base.errors import CohortError, ItemError, SeriesError
from lesionary.cohorts.adjusted import Adjusted, Change
from lesionary.cohorts.contract.layout import Cohort, ImageKind
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images import deeplesion, nifti, npz
from lesionary.cohorts.images.dicom import Companion, Header
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.affine import recall_place
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.fingerprints import fingerprints
from lesionary.cohorts.indexing.headers import Numbered, read_headers
from lesionary.cohorts.indexing.stack import Stack, stack
from lesionary.cohorts.kept import Kept


@dataclass
class Found:
    """What was found: series by the user's own names, and what drawings beside them need."""

    series: dict[str, Series] = field(default_factory=dict)
    companions: list[Companion] = field(default_factory=list)
    slices: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Series and stored slice of each image, see `regions.region.Places`; empty where nothing is drawn on any."""
    set_aside: SetAside = field(default_factory=SetAside)
    adjusted: Adjusted = field(default_factory=Adjusted)


def find_series(cohort: Cohort, kept: Kept, *, max_gap_mm: float, tilt_deg: float, corrections: Corrections) -> Found:
    """Every usable series; what cannot be used is set aside, what was corrected is listed."""
    found = Found()
    if ImageKind.DICOM in cohort.description.images:
        _find_dicom(cohort, found, kept, max_gap_mm, tilt_deg, corrections)
    if ImageKind.NIFTI in cohort.description.images:
        _find_nifti(cohort, found, kept, tilt_deg, corrections)
    if ImageKind.DEEPLESION in cohort.description.images:
        _find_deeplesion(cohort, found)
    if ImageKind.NPZ in cohort.description.images:
        _find_npz(cohort, found)
    _refuse_copies(cohort, found, kept)
    return found


def _find_dicom(
    cohort: Cohort, found: Found, kept: Kept, max_gap_mm: float, tilt_deg: float, corrections: Corrections
) -> None:
    files = [Numbered(n, image) for n, image in enumerate(cohort.images) if not nifti.is_nifti(image.path)]
    by_series: dict[str, dict[str, Header]] = defaultdict(dict)
    twice: dict[str, int] = defaultdict(int)
    clashing: set[str] = set()
    for number, told in read_headers(files, kept):
        with found.set_aside.guard(Kind.FILE, str(number)):
            cohort.images[number].check()
            if isinstance(told, ItemError):
                raise told
            if isinstance(told, Companion):
                if told.instance and told.instance in {one.instance for one in found.companions}:
                    change = Change("is there twice, as one object: it counts once", "none")
                    found.adjusted.add(Kind.FILE, str(number), change)
                else:
                    found.companions.append(told)
                continue
            for header in told:
                name = header.series or _folder(cohort, number)
                first = by_series[name].setdefault(header.instance, header)  # the same object twice counts once
                twice[name] += first is not header
                if first.position_mm != header.position_mm:
                    clashing.add(name)
    for uid in sorted(by_series):
        headers = by_series.pop(uid)  # once stacked it is needed no more
        name, place = pseudonym(cohort.key, Entity.SERIES, uid), f"series {uid}"
        with found.set_aside.guard(Kind.SERIES, name):
            if uid in clashing:
                reason = "slices at different places have one SOPInstanceUID: which of them is meant cannot be told"
                raise SeriesError(place, reason, "export it again, or give each slice a UID of its own")
            _check_one_owner(headers.values(), place)
            stacked = stack(
                list(headers.values()), place, max_gap_mm=max_gap_mm, tilt_deg=tilt_deg, corrections=corrections
            )
            found.series[uid] = _series(stacked)
            if found.companions:
                stored = [one for one in stacked.slices if one is not None]
                found.slices |= {one.instance: (uid, number) for number, one in enumerate(stored)}
            if not next(iter(headers.values())).series:
                change = Change("its files name no series: those of one folder are taken for one", "none")
                found.adjusted.add(Kind.SERIES, name, change)
            if twice[uid]:
                change = Change(f"{twice[uid]} of its slices are there twice, as one object: each counts once", "none")
                found.adjusted.add(Kind.SERIES, name, change)
            found.adjusted.add(Kind.SERIES, name, *stacked.changes)


def _folder(cohort: Cohort, number: int) -> str:
    """The folder of a file, as the listing has it: the series where UIDs were blanked."""
    return PurePosixPath(cohort.images[number].name).parent.as_posix()


def _series(stacked: Stack) -> Series:
    slices = stacked.slices
    first = next(one for one in slices if one is not None)
    framed = any(one is not None and one.frame is not None for one in slices)
    # Of a resampled series, a slice that lies between two images has no number.
    shown = [slices[int(at)] if at == int(at) else None for at in stacked.places] or slices
    return Series(
        ImageKind.DICOM,
        stacked.files,
        stacked.geometry,
        first.manufacturer,
        first.patient,
        first.series_number,
        tuple(None if one is None else one.instance_number for one in shown),
        tuple(None if one is None else one.frame for one in slices) if framed else (),
        stacked.places,
        stacked.shift_px,
        first.study,
        first.frame_of_reference,
        stacked.stored_at,
    )


def _check_one_owner(headers: Iterable[Header], place: str) -> None:
    patients, studies = {h.patient for h in headers}, {h.study for h in headers}
    if len(patients) > 1 or len(studies) > 1:
        reason = f"its slices name {len(patients)} patients and {len(studies)} studies"
        raise SeriesError(place, reason, "a series belongs to one study of one patient; correct its headers")


def _find_nifti(cohort: Cohort, found: Found, kept: Kept, tilt_deg: float, corrections: Corrections) -> None:
    for number, image in enumerate(cohort.images):
        if nifti.is_nifti(image.path) and not nifti.is_mask(image.path):
            with found.set_aside.guard(Kind.FILE, str(number)):
                image.check()
                geometry, shift, changes = recall_place(kept, image, tilt_deg=tilt_deg, corrections=corrections)
                found.series[image.name] = Series(ImageKind.NIFTI, (number,), geometry, "", "", shift_px=shift)
                found.adjusted.add(Kind.FILE, str(number), *changes)


def _find_deeplesion(cohort: Cohort, found: Found) -> None:
    table = deeplesion.read_table(cohort.folder / deeplesion.TABLE)
    spacings = deeplesion.spacings(table)
    for name, slices in deeplesion.stacks(cohort.files, table).items():
        with found.set_aside.guard(Kind.SERIES, pseudonym(cohort.key, Entity.SERIES, name)):
            first, last = min(slices), max(slices)
            path = cohort.files[slices[first]]
            geometry = deeplesion.geometry_of(path, first, last - first + 1, spacings[name])
            numbers = range(first, last + 1)
            files = tuple(slices.get(z) for z in numbers)  # None for a hole
            found.series[name] = Series(ImageKind.DEEPLESION, files, geometry, "", "", instances=tuple(numbers))
        if name in found.series and (missing := len(found.series[name].files) - len(slices)):
            what = f"missing slices that are interpolated: {missing}, between {len(slices)} that are there"
            change = Change(what, "none")
            found.adjusted.add(Kind.SERIES, pseudonym(cohort.key, Entity.SERIES, name), change)


def _find_npz(cohort: Cohort, found: Found) -> None:
    described, file = cohort.description.npz, npz_file(cohort)
    assert described is not None  # the description was checked
    for place, volume in enumerate(npz.read_volumes(cohort.files[file])):
        geometry = volume.geometry(described.spacing_mm)
        found.series[volume.name] = Series(ImageKind.NPZ, (file,), geometry, "", "", series_number=place)


def npz_file(cohort: Cohort) -> int:
    """Which of the listed images is the npz; `CohortError` if there is not one."""
    found = [number for number, path in enumerate(cohort.files) if path.suffix.lower() == ".npz"]
    if len(found) != 1:
        place = str(cohort.folder / "images")
        raise CohortError(place, f"holds {len(found)} npz files", "put one there: each is a cohort of its own")
    return found[0]


def _refuse_copies(cohort: Cohort, found: Found, kept: Kept) -> None:
    seen: dict[str, str] = {}
    every = list(found.series.items())
    marks = fingerprints((one for _, one in every), cohort.images, kept)
    for (name, _), mark in zip(every, marks, strict=True):
        pseudonym_ = pseudonym(cohort.key, Entity.SERIES, name)
        with found.set_aside.guard(Kind.SERIES, pseudonym_):
            try:
                if isinstance(mark, ItemError):
                    raise mark
                if mark in seen:
                    reason = f"shows the same voxels as series {seen[mark]}"
                    raise SeriesError(f"series {name}", reason, "keep each patient's images once")
            except ItemError:
                del found.series[name]
                raise
            seen[mark] = pseudonym_
