"""Regions of an RTSTRUCT."""

from __future__ import annotations

from pathlib import Path

import pytest
from ct import BOX, lesion, uid, write_cohort, write_lesions, write_series
from drawings import frame, square, write_rtstruct

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import Index, index_cohort

NO_BOX = dict.fromkeys(BOX, "")
TWO = {"GTV": square(2, 6, 2.5, 5.0), "node": square(7, 9, 7.5)}


def index(cohort: Path) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)


def boxes(found: Index) -> dict[str, tuple[float, ...]]:
    return {row.lesion: tuple(vars(box).values()) for row, box, _ in found.lesions if row.patient == "anna"}


def reasons(found: Index) -> list[tuple[str, str]]:
    return [(problem.kind.value, problem.reason) for problem in found.set_aside.problems]


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    write_series(cohort / "images" / "anna", "anna", FrameOfReferenceUID=frame("anna"))
    return cohort


def rows(cohort: Path, *names: str) -> None:
    write_lesions(cohort, [lesion("bert"), *(lesion("anna", lesion=name, **NO_BOX) for name in names)])


def test_each_region_is_a_lesion_found_by_its_name_or_number(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", TWO)
    rows(cohort, "GTV", "2")
    found = index(cohort)
    assert boxes(found)["GTV"] == (2.5, 2.5, 1, 6.5, 6.5, 3)  # a point on a pixel's middle is half a voxel in
    assert boxes(found)["2"] == (7.5, 7.5, 3, 9.5, 9.5, 4)
    assert reasons(found) == []


def test_the_only_region_needs_no_name(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", {"GTV": TWO["GTV"]})
    rows(cohort, "mass")
    assert boxes(index(cohort))["mass"] == (2.5, 2.5, 1, 6.5, 6.5, 3)


def test_two_lesions_never_share_one_region(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", {"GTV": TWO["GTV"]})
    rows(cohort, "mass", "other")
    assert reasons(index(cohort)) == [("lesion", "none of the 1 regions drawn on its series is left for it")]


def test_one_drawing_twice_counts_once_and_is_listed(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", {"GTV": TWO["GTV"]})
    (cohort / "images" / "copy.dcm").write_bytes((cohort / "images" / "rt.dcm").read_bytes())
    rows(cohort, "mass")
    found = index(cohort)
    assert "mass" in boxes(found)
    assert [change.what for _, _, change in found.adjusted.changes] == ["is there twice, as one object: it counts once"]


def test_of_several_regions_none_is_guessed(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", TWO)
    rows(cohort, "mass")
    assert reasons(index(cohort)) == [("lesion", "2 of the 2 regions drawn on its series could be it")]


def test_organs_and_outlines_are_no_lesions(cohort: Path) -> None:
    write_rtstruct(
        cohort / "images" / "rt.dcm", "anna", {**TWO, "skin": square(0, 11, 0)}, kinds=("GTV", "ORGAN", "EXTERNAL")
    )
    rows(cohort, "mass")
    found = index(cohort)
    assert "mass" in boxes(found)
    assert reasons(found) == []
    assert [(kind.value, change.what) for kind, _, change in found.adjusted.changes] == [
        ("file", "one of its regions, of type ORGAN, is no lesion and left out"),
        ("file", "one of its regions, of type EXTERNAL, is no lesion and left out"),
    ]


def test_the_only_region_is_not_for_a_row_if_another_names_it(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", {"GTV": TWO["GTV"]})
    rows(cohort, "A mass", "GTV")
    assert list(boxes(index(cohort))) == ["GTV"]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"frame_of_reference": uid("elsewhere")}, "was drawn in another frame of reference than that of its series"),
        ({"series": uid("elsewhere")}, "was drawn on a series that is not among the usable ones"),
        ({"contour": "POINT"}, "one of its regions has no closed contour"),
        ({"regions": {}}, "holds no contours"),
        (
            {"regions": {"far": square(2, 6, 99.0)}},
            "a region of it, box (2.5, 2.5, 40.0, 6.5, 6.5, 41.0), lies outside",
        ),
    ],
)
def test_a_drawing_that_does_not_fit_is_set_aside(cohort: Path, how: dict[str, object], reason: str) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", **{"regions": {"GTV": TWO["GTV"]}, **how})
    rows(cohort, "GTV")
    first, second = reasons(index(cohort))
    assert first[0] == "file"
    assert first[1].startswith(reason)
    assert second == ("lesion", "has no box, and no usable RTSTRUCT, SEG or SR refers to its series")


def test_a_truncated_drawing_is_set_aside(cohort: Path) -> None:
    path = cohort / "images" / "rt.dcm"
    write_rtstruct(path, "anna", TWO)
    path.write_bytes(path.read_bytes()[:-300])
    rows(cohort, "GTV")
    kind, reason = reasons(index(cohort))[0]
    assert kind == "file"
    assert reason.startswith(("cannot be read as an RTSTRUCT", "is no DICOM file", "holds no contours"))


def test_without_a_table_every_region_is_a_lesion_of_the_images_patient(cohort: Path) -> None:
    write_rtstruct(cohort / "images" / "rt.dcm", "anna", TWO)
    (cohort / "lesions.csv").unlink()
    found = index(cohort)
    assert [(row.patient, row.study, row.subtype) for row, _, _ in found.lesions] == [
        ("anna", uid("anna", "study"), None)
    ] * 2
    assert found.lesion_table()["lesion"].n_unique() == 2
