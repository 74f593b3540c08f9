"""Indexing cohorts, sound and broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from ct import BOX, edit, lesion, uid, volume, write_cohort, write_lesions, write_series

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import Index, index_cohort


def index(folder: Path, max_gap_mm: float = 0.0) -> Index:
    return index_cohort(Cohort.open(folder), max_gap_mm=max_gap_mm, tilt_deg=0.5)


def problem(found: Index) -> tuple[str, str]:
    """Kind and reason of the first problem."""
    first = found.set_aside.problems[0]
    return first.kind.value, first.reason


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path / "cohort", ["anna", "bert", "carl"])


def test_a_sound_cohort_is_indexed_whole(cohort: Path) -> None:
    found = index(cohort)
    assert not found.set_aside.problems
    assert len(found.series_table()) == len(found.lesion_table()) == 3


def test_slices_are_read_by_position_not_by_file_name(cohort: Path) -> None:
    found = index(cohort)
    rows = found.series_table().filter(pl.col("series") == found.name(Entity.SERIES, uid("bert", "series")))
    series = Series.of_row(rows.row(0, named=True))
    np.testing.assert_array_equal(series.read(found.cohort.files, range(6)), volume("bert"))


def test_a_series_alone_reads_the_same_voxels(cohort: Path) -> None:
    found = index(cohort)
    series = found.series[uid("anna", "series")]
    alone, files = series.alone(found.cohort.files)
    assert len(files) == 6
    np.testing.assert_array_equal(alone.read(files, range(2, 4)), volume("anna")[2:4])


def test_a_stray_file_is_listed_and_the_rest_goes_on(cohort: Path) -> None:
    (cohort / "images" / "anna" / "notes.txt").write_text("see me")
    found = index(cohort)
    assert problem(found) == ("file", "is no DICOM file (InvalidDicomError)")
    assert found.set_aside.problems[0].subject == str([p.name for p in found.cohort.files].index("notes.txt"))
    assert len(found.lesions) == 3


def test_a_missing_slice_sets_its_series_and_lesion_aside(cohort: Path) -> None:
    next((cohort / "images" / "bert").glob("*-3.dcm")).unlink()
    found = index(cohort)
    assert [(p.kind.value, p.reason) for p in found.set_aside.problems] == [
        ("series", "two of its slices lie 5.00 mm apart, the rest 2.50 mm: 1 missing"),
        ("lesion", "its series is not among the usable ones"),
    ]
    assert "index.max_gap_mm to 5.00" in found.set_aside.problems[0].cure
    assert len(found.lesions) == 2


@pytest.mark.parametrize("kept", [1, 2, 3, "2.0"])
def test_a_key_slice_is_kept_wherever_it_lies_in_its_box(cohort: Path, kept: object) -> None:
    write_lesions(cohort, [lesion("anna", key_slice=kept)])
    ((_, _, key_slice),) = index(cohort).lesions
    assert key_slice == int(float(str(kept)))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2.5", "column key_slice is no whole number"),
        ("-1", "its key_slice -1 lies outside its series of 6 slices"),
        ("6", "its key_slice 6 lies outside its series of 6 slices"),
        ("0", "its key_slice 0 lies outside its box, whose z is 1 to 4"),
        ("4", "its key_slice 4 lies outside its box, whose z is 1 to 4"),
    ],
)
def test_another_key_slice_sets_its_lesion_aside_and_no_other(cohort: Path, written: str, said: str) -> None:
    write_lesions(cohort, [lesion("anna", key_slice=written), lesion("bert", key_slice="")])
    found = index(cohort)
    assert problem(found) == ("lesion", said)
    assert [(row.patient, key_slice) for row, _, key_slice in found.lesions] == [("bert", 2)]


def test_a_lesion_in_no_known_part_is_set_aside_whatever_the_protocol(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna", split="tset"), lesion("bert", split="test"), lesion("carl", split="")])
    found = index(cohort)
    assert problem(found) == ("lesion", "column split is none of train, val, test")
    assert [row.split for row, _, _ in found.lesions] == ["test", None]


def test_a_gap_within_the_limit_is_interpolated(cohort: Path) -> None:
    next((cohort / "images" / "bert").glob("*-3.dcm")).unlink()
    found = index(cohort, max_gap_mm=5.0)
    assert not found.set_aside.problems
    hu = found.series[uid("bert", "series")].read(found.cohort.files, range(6))
    whole = volume("bert").astype(float)
    np.testing.assert_array_equal(hu[3], np.rint((whole[2] + whole[4]) / 2))
    np.testing.assert_array_equal(hu[4], whole[4])


def test_uneven_slices_are_never_interpolated(cohort: Path) -> None:
    edit(next((cohort / "images" / "bert").glob("*-3.dcm")), ImagePositionPatient=[0, 0, 8.3])
    assert problem(index(cohort, max_gap_mm=99))[1].endswith("uneven")


@pytest.mark.parametrize("keep", [0.5, 0.97])
def test_a_truncated_file_is_named(cohort: Path, keep: float) -> None:
    path = next((cohort / "images" / "carl").glob("*-5.dcm"))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    kind, reason = problem(index(cohort))
    assert kind == "file"
    assert "truncated" in reason


def test_a_lesion_outside_its_series_is_set_aside(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna"), lesion("bert", z_min=30, z_max=33), lesion("carl")])
    kind, reason = problem(index(cohort))
    assert kind == "lesion"
    assert "lies outside its series of (12, 12, 6) voxels" in reason


def test_a_second_copy_of_a_patient_is_refused(cohort: Path) -> None:
    for path in write_series(cohort / "images" / "copy", "anna"):
        edit(path, PatientID="else", SeriesInstanceUID=uid("else", "series"), StudyInstanceUID=uid("else", "study"),
             SOPInstanceUID=uid("else", path.name))  # fmt: skip
    write_lesions(cohort, [lesion("anna"), lesion("else")])
    found = index(cohort)
    assert problem(found)[0] == "series"
    assert "the same voxels as series E-" in problem(found)[1]
    assert len(found.lesions) == 1


def test_the_same_object_twice_counts_once(cohort: Path) -> None:
    write_series(cohort / "images" / "again", "anna")
    found = index(cohort)
    assert not found.set_aside.problems
    assert found.series[uid("anna", "series")].geometry.size == (12, 12, 6)


def test_two_acquisitions_in_one_series_are_refused(cohort: Path) -> None:
    for path in write_series(cohort / "images" / "second", "anna"):
        edit(path, SOPInstanceUID=uid("second", path.name))
    assert "lie at the same place" in problem(index(cohort))[1]


def test_a_tilted_gantry_is_refused(cohort: Path) -> None:
    for z, path in enumerate(write_series(cohort / "images" / "anna", "anna")):
        edit(path, ImagePositionPatient=[0, z * 0.5, z * 2.5])
    assert problem(index(cohort))[1] == "its gantry is tilted by 11.3 degrees"


def test_slices_of_two_patients_in_one_series_are_refused(cohort: Path) -> None:
    edit(next((cohort / "images" / "anna").glob("*-2.dcm")), PatientID="bert")
    assert problem(index(cohort)) == ("series", "its slices name 2 patients and 1 studies")


def test_a_lesion_of_another_patient_than_its_images_is_refused(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna", patient="bert", study="s")])
    assert problem(index(cohort)) == ("lesion", "its patient is not the one that its images name")


def test_a_series_that_is_not_there_is_named(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna", series="1.2.3")])
    assert problem(index(cohort)) == ("lesion", "its series is not among the usable ones")


def test_a_cohort_without_lesions_says_what_to_write(cohort: Path) -> None:
    (cohort / "lesions.csv").unlink()
    with pytest.raises(CohortError, match=r"lesions.csv: is missing \(write it with the columns lesion, patient"):
        index(cohort)


def test_only_pseudonyms_leave_the_cohort(cohort: Path, tmp_path: Path) -> None:
    next((cohort / "images" / "bert").glob("*-3.dcm")).unlink()
    found = index(cohort)
    found.set_aside.write(tmp_path / "set_aside.csv")
    written = (tmp_path / "set_aside.csv").read_text()
    text = written + found.series_table().write_json() + found.lesion_table().write_json()
    for name in ("anna", "bert", "carl", uid("anna", "series"), uid("carl", "study")):
        assert name not in text


def test_order_does_not_depend_on_the_key(cohort: Path) -> None:
    first = index(cohort).lesion_table()
    (cohort / "pseudonym.key").write_text("another")
    second = index(cohort).lesion_table()
    assert first["lesion"].to_list() != second["lesion"].to_list()
    measured = [*BOX, "key_slice", "subtype"]
    assert first.select(measured).equals(second.select(measured))
    assert [s.geometry for s in index(cohort).series.values()] == [s.geometry for s in index(cohort).series.values()]
