"""Segments of a DICOM SEG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct import BOX, lesion, uid, write_cohort, write_lesions, write_series
from drawings import frame, write_seg

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import Index, index_cohort
from lesionary.params.images import Masked

NO_BOX = dict.fromkeys(BOX, "")


def index(cohort: Path, masked: Masked = Masked.VALUES) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5, corrections=Corrections(masked=masked))


def boxes(found: Index) -> dict[str, tuple[float, ...]]:
    return {row.lesion: tuple(vars(box).values()) for row, box, _ in found.lesions if row.patient == "anna"}


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    write_series(cohort / "images" / "anna", "anna", FrameOfReferenceUID=frame("anna"))
    return cohort


def mask() -> np.ndarray:
    """Two segments, the first in two parts."""
    voxels = np.zeros((6, 12, 12), np.uint8)
    voxels[1:3, 2:5, 3:7] = 1
    voxels[4, 9, 9] = 1
    voxels[3:5, 7:9, 1:3] = 2
    return voxels


def rows(cohort: Path, *names: str) -> None:
    write_lesions(cohort, [lesion("bert"), *(lesion("anna", lesion=name, **NO_BOX) for name in names)])


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_each_segment_is_a_lesion_found_by_number_or_label(cohort: Path, kind: str) -> None:
    write_seg(cohort / "images" / "seg.dcm", cohort / "images" / "anna", mask(), kind)
    rows(cohort, "1", "Lesion 2")
    found = index(cohort)
    assert not found.set_aside.problems
    assert boxes(found)["1"] == (3, 2, 1, 10, 10, 5)
    assert boxes(found)["Lesion 2"] == (1, 7, 3, 3, 9, 5)


def test_each_component_is_one_where_params_say_so(cohort: Path) -> None:
    write_seg(cohort / "images" / "seg.dcm", cohort / "images" / "anna", mask())
    rows(cohort, "1.1", "1.2", "2.1")
    found = boxes(index(cohort, Masked.COMPONENTS))
    assert found["1.1"] == (3, 2, 1, 7, 5, 3)
    assert found["1.2"] == (9, 9, 4, 10, 10, 5)
    assert found["2.1"] == (1, 7, 3, 3, 9, 5)


def test_of_a_fraction_more_than_half_belongs_to_the_lesion(cohort: Path) -> None:
    shares = np.zeros((6, 12, 12))
    shares[2, 4:8, 4:8], shares[2, 4, 4] = 0.8, 0.3
    shares[2, 3, :] = 0.4
    write_seg(
        cohort / "images" / "seg.dcm", cohort / "images" / "anna", shares, "FRACTIONAL", fractional_type="PROBABILITY"
    )
    rows(cohort, "1")
    assert boxes(index(cohort))["1"] == (4, 4, 2, 8, 8, 3)


def edited(cohort: Path, **tags: object) -> Index:
    path = cohort / "images" / "seg.dcm"
    write_seg(path, cohort / "images" / "anna", mask())
    data = pydicom.dcmread(path)
    for name, value in tags.items():
        if name == "series":
            data.ReferencedSeriesSequence[0].SeriesInstanceUID = value
        elif name == "z_mm":
            data.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient[2] = value
        else:
            setattr(data, name, value)
    data.save_as(path)
    rows(cohort, "1")
    return index(cohort)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"series": uid("elsewhere")}, "was drawn on a series that is not among the usable ones"),
        ({"FrameOfReferenceUID": uid("elsewhere")}, "was drawn in another frame of reference than that of its series"),
        ({"Rows": 60_000, "Columns": 60_000}, "promises 60000 columns, CT has 1 to 4096"),
        ({"z_mm": 2_500_000}, "promises 1000000 slices, CT has 1 to 10000"),
        ({"z_mm": 6.1}, "its frames are no even stack"),
        ({"NumberOfFrames": 9}, "cannot be read as a DICOM SEG"),
    ],
)
def test_a_segmentation_that_does_not_fit_is_set_aside(cohort: Path, tags: dict[str, object], reason: str) -> None:
    first, second = edited(cohort, **tags).set_aside.problems
    assert (first.kind.value, second.kind.value) == ("file", "lesion")
    assert first.reason.startswith(reason)


def test_a_real_segmentation_lies_on_its_real_series(shared_data: Path, tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    source = shared_data / "dicom" / "seg_liver"
    for path in [*(source / "ct").iterdir(), source / "liver.dcm"]:
        (cohort / "images" / path.name).write_bytes(path.read_bytes())
    (cohort / "lesions.csv").unlink()
    ((row, box, _),) = index(cohort).lesions
    assert row.patient == "99000"
    pixels = pydicom.dcmread(source / "liver.dcm").pixel_array > 0
    _, y, x = np.nonzero(pixels)
    assert (box.x_min, box.x_max, box.y_min, box.y_max) == pytest.approx((x.min(), x.max() + 1, y.min(), y.max() + 1))
    assert (box.z_min, box.z_max) == (0, 3)
