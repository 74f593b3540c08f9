"""From an indexed cohort to slices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from ct import lesion, volume, write_cohort, write_lesions

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Box
from lesionary.imaging.shards import read_shards
from lesionary.subtyping.cropping import Task, crop_lesions, mean_hu, typed_lesions


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path / "cohort", ["anna", "bert"])


def tasks(folder: Path, set_aside: SetAside, side_px: int = 6, margin_mm: float = 0.0) -> list[Task]:
    index = index_cohort(Cohort.open(folder), max_gap_mm=0, tilt_deg=0.5)
    series = {row["series"]: Series.of_row(row) for row in index.series_table().iter_rows(named=True)}
    lesions = typed_lesions(index.lesion_table(), set_aside)
    return [Task(one, *series[one["series"]].alone(index.cohort.images), side_px, margin_mm) for one in lesions]


def test_a_box_of_the_wanted_side_is_kept_voxel_for_voxel(cohort: Path, tmp_path: Path) -> None:
    slices, lesions = crop_lesions(tasks(cohort, SetAside()), tmp_path / "out", SetAside(), Kept())
    images = np.concatenate(list(read_shards(tmp_path / "out")))
    np.testing.assert_array_equal(images[:3], volume("anna")[1:4, 3:9, 2:8])
    np.testing.assert_array_equal(images[3:], volume("bert")[1:4, 3:9, 2:8])
    assert slices["z"].to_list() == [1, 2, 3, 1, 2, 3]
    assert lesions.select("size_x_mm", "size_y_mm", "size_z_mm").row(0) == (6.0, 6.0, 7.5)


def test_a_margin_is_in_mm(cohort: Path, tmp_path: Path) -> None:
    crop_lesions(tasks(cohort, SetAside(), side_px=8, margin_mm=1.0), tmp_path / "out", SetAside(), Kept())
    np.testing.assert_array_equal(next(read_shards(tmp_path / "out"))[0], volume("anna")[1, 2:10, 1:9])


def test_a_slice_that_cannot_be_decoded_sets_its_lesion_aside(cohort: Path, tmp_path: Path) -> None:
    jobs = tasks(cohort, SetAside())
    path = next((cohort / "images" / "anna").glob("*-2.dcm"))
    path.write_bytes(path.read_bytes()[:-200])
    set_aside = SetAside()
    _, lesions = crop_lesions(jobs, tmp_path / "out", set_aside, Kept())
    assert len(lesions) == 1
    assert set_aside.problems[0].reason.startswith("its pixels cannot be decoded")


def test_a_lesion_without_sub_type_is_set_aside(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna"), lesion("bert", "")])
    set_aside = SetAside()
    assert len(tasks(cohort, set_aside)) == 1
    assert set_aside.problems[0].reason == "has no sub-type"


def test_a_study_of_two_sub_types_is_set_aside(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna"), lesion("anna", "B", lesion="2"), lesion("bert")])
    set_aside = SetAside()
    assert len(tasks(cohort, set_aside)) == 1
    assert [p.reason for p in set_aside.problems] == ["its study has lesions of 2 sub-types"] * 2


def test_mean_hu_is_taken_off_the_rim() -> None:
    hu = np.full((9, 9, 9), -100, np.int16)
    hu[2:7, 2:7, 2:7] = 50
    assert mean_hu(hu, Box(0, 0, 0, 9, 9, 9), range(9)) < 50
    assert mean_hu(hu, Box(1, 1, 1, 8, 8, 8), range(9)) == 50


def test_tables_hold_no_identity(cohort: Path, tmp_path: Path) -> None:
    for table in crop_lesions(tasks(cohort, SetAside()), tmp_path / "out", SetAside(), Kept()):
        assert isinstance(table, pl.DataFrame)
        assert "anna" not in table.write_json()
