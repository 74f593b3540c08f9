"""Measurements of a DICOM SR."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from ct import BOX, edit, lesion, write_cohort, write_lesions, write_series
from drawings import frame, planar, polygon, sources, volumetric, write_sr
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import Index, index_cohort
from lesionary.cohorts.indexing.regions.report import extent
from lesionary.params.images import Tilted

NO_BOX = dict.fromkeys(BOX, "")
SQUARE = [(2, 3), (7, 3), (7, 9), (2, 9), (2, 3)]


def index(cohort: Path, **how: Any) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5, corrections=Corrections(**how))


def boxes(found: Index) -> dict[str, tuple[float, ...]]:
    return {row.lesion: tuple(vars(box).values()) for row, box, _ in found.lesions if row.patient == "anna"}


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    cohort = write_cohort(tmp_path / "cohort", ["bert"])
    write_series(cohort / "images" / "anna", "anna", FrameOfReferenceUID=frame("anna"))
    return cohort


def report(cohort: Path, groups: Callable[[list[Dataset]], list[Any]], *names: str) -> None:
    """An SR on anna's slices, which `groups` is given by growing z, and rows of these names."""
    folder = cohort / "images" / "anna"
    write_sr(cohort / "images" / "sr.dcm", folder, groups(sources(folder)))
    write_lesions(cohort, [lesion("bert"), *(lesion("anna", lesion=name, **NO_BOX) for name in names)])


def test_planar_groups_are_lesions_with_their_slice_and_axes(cohort: Path) -> None:
    report(
        cohort,
        lambda ct: [planar("one", polygon(ct[2], SQUARE), (7.5, 4.0)), planar("two", polygon(ct[4], SQUARE))],
        "one",
        "two",
    )
    found = index(cohort)
    assert not found.set_aside.problems
    assert boxes(found) == {"one": (2, 3, 2, 7, 9, 3), "two": (2, 3, 4, 7, 9, 5)}
    assert [key_slice for _, _, key_slice in found.lesions] == [2, 4, 2]  # anna one and two, bert
    measured = {(r["key_slice"], r["long_axis_mm"], r["short_axis_mm"]) for r in found.lesion_table().to_dicts()}
    assert measured == {(2, None, None), (2, 7.5, 4.0), (4, None, None)}


def test_centimetres_become_millimetres(cohort: Path) -> None:
    report(cohort, lambda ct: [planar("one", polygon(ct[2], SQUARE), (0.75, 0.4), codes.UCUM.Centimeter)], "one")
    assert index(cohort).lesion_table()["long_axis_mm"].drop_nulls().to_list() == [7.5]


def test_a_volumetric_group_holds_all_its_slices(cohort: Path) -> None:
    wider = [(1, 4), (9, 4), (9, 5), (1, 4)]
    report(
        cohort,
        lambda ct: [volumetric("one", [polygon(ct[1], SQUARE), polygon(ct[2], wider), polygon(ct[3], SQUARE)])],
        "one",
    )
    found = index(cohort)
    assert boxes(found)["one"] == (1, 3, 1, 9, 9, 4)
    assert found.lesions[-1][2] == 2


def test_a_region_in_space_is_found_by_its_frame_of_reference(cohort: Path) -> None:
    points = np.array([[2, 3, 5.0], [7, 3, 5.0], [7, 9, 5.0], [2, 3, 5.0]])
    region = hd.sr.ImageRegion3D("POLYGON", points, frame("anna"))
    report(cohort, lambda _: [planar("one", region)], "one")
    assert boxes(index(cohort))["one"] == (2.5, 3.5, 2, 7.5, 9.5, 3)


def test_a_region_in_another_space_is_set_aside(cohort: Path) -> None:
    region = hd.sr.ImageRegion3D(
        "POLYGON", np.array([[2, 3, 5.0], [7, 3, 5.0], [7, 9, 5.0], [2, 3, 5.0]]), frame("else")
    )
    report(cohort, lambda _: [planar("one", region)], "one")
    assert index(cohort).set_aside.problems[0].reason == (
        "one of its groups lies in the space of 0 of the 1 usable series it refers to"
    )


def test_a_report_on_images_that_are_missing_is_set_aside_group_by_group(cohort: Path) -> None:
    report(
        cohort, lambda ct: [planar("one", polygon(ct[5], SQUARE)), planar("two", polygon(ct[4], SQUARE))], "one", "two"
    )
    next((cohort / "images" / "anna").glob("*-5.dcm")).unlink()
    found = index(cohort)
    assert [(p.kind.value, p.reason) for p in found.set_aside.problems] == [
        ("file", "one of its groups refers to an image that is not among the usable ones"),
        ("lesion", "none of the 1 regions drawn on its series is left for it"),
    ]
    assert list(boxes(found)) == ["two"]


def test_a_lesion_never_takes_the_region_beside_the_one_that_is_missing(cohort: Path) -> None:
    report(cohort, lambda ct: [planar("one", polygon(ct[5], SQUARE)), planar("two", polygon(ct[4], SQUARE))], "mass")
    next((cohort / "images" / "anna").glob("*-5.dcm")).unlink()
    assert boxes(index(cohort)) == {}


def test_a_length_without_area_is_no_box(cohort: Path) -> None:
    report(cohort, lambda ct: [planar("one", polygon(ct[2], [(2, 3), (9, 3)]))], "one")
    assert index(cohort).set_aside.problems[0].reason == "one of its groups draws a graphic without area"


def test_a_long_axis_that_its_region_cannot_hold_is_a_mistake_somewhere(cohort: Path) -> None:
    report(cohort, lambda ct: [planar("one", polygon(ct[2], SQUARE), (45.0, 4.0))], "one")
    found = index(cohort).set_aside.problems[0].reason
    assert found == "one of its groups has a long axis of 45.0 mm in a region of 8.2 mm"  # 5 x 6 x 2.5 mm


def test_regions_follow_a_series_that_is_set_upright(cohort: Path) -> None:
    for z in range(6):
        edit(next((cohort / "images" / "anna").glob(f"*-{z}.dcm")), ImagePositionPatient=[z, 0, z * 2.5])
    report(cohort, lambda ct: [planar("one", polygon(ct[2], SQUARE))], "one")
    assert boxes(index(cohort, tilted=Tilted.UPRIGHT))["one"] == (4, 3, 2, 9, 9, 3)


def test_another_report_is_set_aside(cohort: Path) -> None:
    report(cohort, lambda ct: [planar("one", polygon(ct[2], SQUARE))], "one")
    edit(cohort / "images" / "sr.dcm", ContentTemplateSequence=[], ContentSequence=[])
    assert index(cohort).set_aside.problems[0].kind.value == "file"


@pytest.mark.parametrize("graphic", ["CIRCLE", "ELLIPSE"])
def test_round_graphics_extend_as_far_as_a_walk_around_them(graphic: str) -> None:
    centre, long, short = np.array([5.0, 6.0]), np.array([3.0, 4.0]), np.array([-1.6, 1.2])
    ends = [centre - long, centre + long, centre - short, centre + short]
    points, other = (
        (np.array([centre, centre + long]), np.array([-4.0, 3.0])) if graphic == "CIRCLE" else (np.array(ends), short)
    )
    angles = np.linspace(0, 2 * np.pi, 100_001)[:, None]
    walked = centre + np.cos(angles) * long + np.sin(angles) * other
    low, high = extent(graphic, points)
    np.testing.assert_allclose(low, walked.min(axis=0), atol=1e-6)
    np.testing.assert_allclose(high, walked.max(axis=0), atol=1e-6)
