"""What a cohort's readers see is the same in a copy: geometry, HU, and drawings on their series."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct import BOX, lesion, uid, write_cohort, write_lesions, write_series
from drawings import frame, planar, polygon, sources, square, write_rtstruct, write_seg, write_sr
from multiframe import enhanced, write_enhanced

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import Index, index_cohort
from lesionary.deidentifying.deidentifying import Done, deidentify_folder
from lesionary.deidentifying.keyed import Keyed

NO_BOX = dict.fromkeys(BOX, "")
KEY = b"secret"


def index(cohort: Path) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)


def copy_of(cohort: Path, folder: Path) -> tuple[Path, Done]:
    """A cohort with its images cleaned and its lesions under the names that these now have."""
    key = folder.with_name("key")
    key.write_bytes(KEY)
    done = deidentify_folder(cohort / "images", folder, key)
    for name in ("cohort.yaml", "pseudonym.key"):
        shutil.copy(cohort / name, folder)
    with (cohort / "lesions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keyed = Keyed(KEY)
    write_lesions(folder, [
        row | {"patient": keyed.patient(row["patient"]), "lesion": keyed.label(row["lesion"]),
               "study": keyed.uid(row["study"]), "series": keyed.uid(row["series"])}
        for row in rows
    ])  # fmt: skip
    return folder, done


def seen(found: Index) -> set[tuple[object, ...]]:
    """Each lesion: its box, key slice, the geometry of its series and its HU."""
    assert not found.set_aside.problems, found.set_aside.problems
    told: set[tuple[object, ...]] = set()
    for row, box, key_slice in found.lesions:
        series = found.series[row.series]
        hu = series.read(found.cohort.files, range(series.geometry.size[2]))
        told.add((tuple(vars(box).values()), key_slice, repr(series.geometry), hu.tobytes()))
    return told


@pytest.mark.parametrize("drawn", ["rtstruct", "seg", "sr"])
def test_drawings_lie_where_they_lay(tmp_path: Path, drawn: str) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    images = cohort / "images"
    write_series(images / "anna", "anna", FrameOfReferenceUID=frame("anna"))
    if drawn == "rtstruct":
        write_rtstruct(
            images / "a.dcm", "anna", {"one": square(3, 6, 2.5, 5.0), "two": square(2, 9, 5.0)}, frame("anna")
        )
    elif drawn == "seg":
        mask = np.zeros((6, 12, 12), np.uint8)
        mask[1:3, 2:5, 3:7] = 1
        write_seg(images / "a.dcm", images / "anna", mask)
    else:
        ct = sources(images / "anna")
        corners = [(2, 3), (7, 3), (7, 9), (2, 9), (2, 3)]
        write_sr(images / "a.dcm", images / "anna", [planar("one", polygon(ct[2], corners), (7.5, 4.0)),
                                                     planar("two", polygon(ct[4], corners))])  # fmt: skip
    names = ["Lesion 1"] if drawn == "seg" else ["one", "two"]
    write_lesions(cohort, [lesion("bert"), *(lesion("anna", lesion=name, **NO_BOX) for name in names)])
    copy, done = copy_of(cohort, tmp_path / "copy")
    assert not done.refused
    before, after = index(cohort), index(copy)
    assert len(seen(before)) == len(names) + 1
    assert seen(after) == seen(before)


def test_an_enhanced_ct_reads_as_before(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    write_enhanced(cohort / "images" / "anna" / "all.dcm", enhanced("anna"))
    write_lesions(cohort, [lesion("anna"), lesion("bert")])
    copy, _ = copy_of(cohort, tmp_path / "copy")
    assert seen(index(copy)) == seen(index(cohort))


def test_a_real_drawing_has_the_box_and_the_voxels_it_had(shared_data: Path, tmp_path: Path) -> None:
    cohort = tmp_path / "cohort"
    shutil.copytree(shared_data / "sts" / "dicom" / "STS_002", cohort / "images", copy_function=shutil.copyfile)
    (cohort / "cohort.yaml").write_text("name: s\nabout: s\nimages: [dicom]\n", "utf-8")
    (cohort / "pseudonym.key").write_text("k\n", "utf-8")
    first = next(one for path in cohort.rglob("*.dcm") if (one := pydicom.dcmread(path)).Modality == "CT")
    row = {
        "lesion": "1",
        "patient": first.PatientID,
        "study": first.StudyInstanceUID,
        "series": first.SeriesInstanceUID,
    }
    write_lesions(cohort, [row])
    copy, done = copy_of(cohort, tmp_path / "copy")
    assert not done.refused
    before, after = index(cohort), index(copy)
    assert len(before.lesions) == 1
    assert seen(after) == seen(before)


def test_the_key_alone_decides_about_uids_and_dates(tmp_path: Path) -> None:
    write_series(tmp_path / "source", "anna", StudyDate="20200301", SeriesDate="20200302")
    for name, key in (("one", "a"), ("again", "a"), ("other", "b")):
        (tmp_path / f"{name}.key").write_text(key, "utf-8")
        deidentify_folder(tmp_path / "source", tmp_path / name, tmp_path / f"{name}.key", shift_dates=True)
    one, again, other = (contents(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert not set(one) & set(other)
    first, second = (pydicom.dcmread(next((tmp_path / name).rglob("*.dcm"))) for name in ("one", "other"))
    assert first.StudyInstanceUID != second.StudyInstanceUID
    assert first.StudyDate != second.StudyDate
    for data in (first, second):
        assert "20190302" <= data.StudyDate < "20200301"
        assert days(data.SeriesDate) - days(data.StudyDate) == 1


def days(date: str) -> int:
    return int(np.datetime64(f"{date[:4]}-{date[4:6]}-{date[6:]}").astype(int))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.dcm")}


def test_patients_move_by_different_numbers_of_days() -> None:
    moves = [Keyed(KEY).days(str(number)) for number in range(2000)]
    assert (min(moves), max(moves)) == (1, 365)
    assert uid("a") != Keyed(KEY).uid(uid("a"))
