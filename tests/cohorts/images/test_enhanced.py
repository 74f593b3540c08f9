"""Many slices in one file."""

from __future__ import annotations

import os
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
from ct import lesion, uid, volume, write_cohort, write_lesions, write_series
from drawings import sources
from multiframe import ORDER, enhanced, write_enhanced
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from lesionary.base.errors import FileError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity
from lesionary.cohorts.images.enhanced import read_headers, read_hu
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import Index, index_cohort


def index(cohort: Path) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    write_enhanced(cohort / "images" / "anna" / "all.dcm", enhanced("anna"))
    write_lesions(cohort, [lesion("anna"), lesion("bert")])
    return cohort


def test_frames_are_read_by_position_each_with_its_own_rescale(cohort: Path) -> None:
    found = index(cohort)
    assert not found.set_aside.problems
    series = found.series[uid("anna", "series")]
    assert series.geometry.size == (12, 12, 6)
    assert series.geometry.spacing_mm == (0.7, 0.8, 2.5)
    assert series.geometry.origin_mm == (1.0, 2.0, 0.0)
    np.testing.assert_array_equal(series.read(found.cohort.files, range(6)), volume("anna"))
    np.testing.assert_array_equal(series.read(found.cohort.files, range(2, 4)), volume("anna")[2:4])


def test_a_report_names_a_frame_by_its_place_in_the_file(cohort: Path) -> None:
    told = index(cohort).series[uid("anna", "series")].instances
    assert [ORDER[number - 1] for number in told if number] == [0, 1, 2, 3, 4, 5]


def test_frames_come_back_from_the_index_and_alone(cohort: Path) -> None:
    found = index(cohort)
    rows = {row["series"]: row for row in found.series_table().iter_rows(named=True)}
    for name, whole in found.series.items():
        series = Series.of_row(rows[found.name(Entity.SERIES, name)])
        alone, files = series.alone(found.cohort.files)
        assert len(files) == len({n for n in whole.files})
        np.testing.assert_array_equal(alone.read(files, range(6)), volume("anna" if whole.frames else "bert"))


@pytest.mark.parametrize("syntax", [RLELossless, DeflatedExplicitVRLittleEndian])
def test_compressed_frames_are_the_same(tmp_path: Path, syntax: str) -> None:
    data = enhanced("anna")
    if syntax == RLELossless:
        data.compress(syntax)
    else:
        data.file_meta.TransferSyntaxUID = syntax
    path = write_enhanced(tmp_path / "a.dcm", data)
    assert len(read_headers(0, path)) == 6
    np.testing.assert_array_equal(read_hu(path, [5, 0]), volume("anna")[[ORDER[5], ORDER[0]]])


def test_what_another_writer_converts_from_classic_slices_reads_as_they_do(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    write_series(tmp_path / "anna", "anna", FrameOfReferenceUID=uid("frame"))
    slices = sources(tmp_path / "anna")
    for one in slices:
        one.ImageType, one.PatientPosition, one.LossyImageCompression = ["ORIGINAL", "PRIMARY", "AXIAL"], "HFS", "00"
        one.AcquisitionNumber, one.Laterality, one.PositionReferenceIndicator = 1, "", ""
    hd.legacy.LegacyConvertedEnhancedCTImage(
        slices, series_instance_uid=uid("new"), series_number=2, sop_instance_uid=uid("one"), instance_number=1
    ).save_as(cohort / "images" / "legacy.dcm")
    found = index(cohort)
    series = found.series[uid("new")]
    np.testing.assert_array_equal(series.read(found.cohort.files, range(6)), volume("anna"))
    assert series.geometry.spacing_mm == (1.0, 1.0, 2.5)


def test_two_places_that_frames_share_are_two_acquisitions(cohort: Path) -> None:
    write_enhanced(cohort / "images" / "anna" / "all.dcm", enhanced("anna", z_mm=[0, 2.5, 5, 0, 2.5, 5]))
    assert "lie at the same place" in index(cohort).set_aside.problems[0].reason


def test_fewer_descriptions_than_frames_are_refused(tmp_path: Path) -> None:
    data = enhanced("anna")
    del data.PerFrameFunctionalGroupsSequence[-1]
    with pytest.raises(FileError, match="holds 6 frames and describes 5"):
        read_headers(0, write_enhanced(tmp_path / "a.dcm", data))


def test_a_frame_without_a_place_is_refused(tmp_path: Path) -> None:
    data = enhanced("anna")
    del data.PerFrameFunctionalGroupsSequence[2].PlanePositionSequence
    with pytest.raises(FileError, match="its functional groups cannot be used"):
        read_headers(0, write_enhanced(tmp_path / "a.dcm", data))


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "a.dcm", enhanced("anna"))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(FileError, match="is truncated"):
        read_headers(0, path)
