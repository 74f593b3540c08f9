"""Pictures in folders of their classes are copied to where the sub-figure track reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import content, run, write
from image_folders import paint, painted

from lesionary.base.errors import CohortError
from lesionary.importing.classes import draw
from lesionary.importing.importing import plan_import
from lesionary.importing.request import Request
from lesionary.subfigures.parts import Part

DIVIDED = {"train": {"DRCT": 3, "GFIG": 3}, "test": {"DRCT": 1, "GFIG": 2}}


def asked(folder: Path, **changed: object) -> Request:
    return Request(**{"source": folder / "src", "cohort": folder / "own", "memory": folder / "m.csv", **changed})


def test_parts_and_classes_stay_as_they_lie(tmp_path: Path) -> None:
    painted(tmp_path / "src", DIVIDED)
    write(tmp_path / "src" / "train" / "GFIG" / "notes.txt", "no picture")
    paint(tmp_path / "src" / "train" / "astray.png", 99)
    plan = run(asked(tmp_path))
    wanted = content(tmp_path / "src")
    del wanted["train/GFIG/notes.txt"], wanted["train/astray.png"]
    assert content(tmp_path / "own") == wanted
    assert any(line.startswith("left out, no picture in the folder of a class: 2 files") for line in plan.said)
    assert plan.said[-2:] == ["train: 6 pictures; DRCT 3, GFIG 3", "test: 3 pictures; DRCT 1, GFIG 2"]


def test_a_second_import_adds_what_came_and_overwrites_nothing(tmp_path: Path) -> None:
    painted(tmp_path / "src", DIVIDED)
    run(asked(tmp_path))
    mine = tmp_path / "own" / "train" / "GFIG" / "0.png"
    paint(mine, 77)
    edited = mine.read_bytes()
    paint(tmp_path / "src" / "test" / "GMAT" / "0.png", 78)
    plan = run(asked(tmp_path))
    assert mine.read_bytes() == edited
    assert (tmp_path / "own" / "test" / "GMAT" / "0.png").is_file()
    assert [(one.file, one.reason) for one in plan.refused] == [
        ("train/GFIG/0.png", "is there with other bytes: left as it is")
    ]


def test_of_undivided_pictures_a_share_tests_and_one_that_comes_later_moves_none(tmp_path: Path) -> None:
    painted(tmp_path, {"src": {"DRCT": 40, "GFIG": 60}})
    run(asked(tmp_path, test_share=0.25))
    before = set(content(tmp_path / "own"))
    tested = sum(name.startswith("test/") for name in before)
    assert 15 <= tested <= 35
    paint(tmp_path / "src" / "GFIG" / "later.png", 500)
    run(asked(tmp_path, test_share=0.25))
    assert len(set(content(tmp_path / "own")) - before) == 1
    assert before < set(content(tmp_path / "own"))


def test_a_larger_share_tests_all_that_a_smaller_one_does() -> None:
    names = [Path("GFIG") / f"{n}.png" for n in range(200)]
    few, many = ({name for name in names if draw(name, share) is Part.TEST} for share in (0.2, 0.4))
    assert few < many


def test_names_that_climb_stay_in_the_folder(tmp_path: Path) -> None:
    painted(tmp_path / "src", DIVIDED)
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "own" / "train").mkdir(parents=True)
    (tmp_path / "own" / "train" / "GFIG").symlink_to(outside)
    with pytest.raises(CohortError, match="lies outside of the cohort's images"):
        run(asked(tmp_path))
    assert list(outside.iterdir()) == []


REFUSED = {
    "undivided": ({"DRCT": {"": 2}}, {}, "neither a folder train nor a folder test .say which share"),
    "divided": (DIVIDED, {"test_share": 0.2}, "has folders train or test already"),
    "no class": ({"train": {"": 2}}, {}, "has no picture in the folder of a class"),
    "about": (DIVIDED, {"about": "ours"}, "is pictures in folders of their classes: where it is from cannot be said"),
    "classes": (DIVIDED, {"classes": ("a", "b")}, "classes cannot be said of it"),
    "voxels": (DIVIDED, {"spacing_mm": 1.0}, "the size of voxels cannot be said of it"),
    "a spreadsheet": (DIVIDED, {"sheets": {"labels": Path("l.csv")}}, "is a table of labels, which pictures"),
}


@pytest.mark.parametrize(("counts", "changed", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, counts: dict[str, dict[str, int]], changed: dict[str, object], reason: str
) -> None:
    painted(tmp_path / "src", counts)
    with pytest.raises(CohortError, match=reason):
        plan_import(asked(tmp_path, **changed))


def test_a_cohort_of_series_takes_no_pictures(tmp_path: Path) -> None:
    painted(tmp_path / "src", DIVIDED)
    (tmp_path / "own").mkdir()
    write(tmp_path / "own" / "cohort.yaml", "name: own\nabout: own\nimages: [dicom]\n")
    with pytest.raises(CohortError, match="is a cohort of series"):
        plan_import(asked(tmp_path))
