"""A check of pictures in folders of their classes says what read_subfigures will do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from image_folders import paint, painted
from own_cohort import params
from typer.testing import CliRunner

from lesionary.checking.checking import check
from lesionary.checking.problems import Severity
from lesionary.checking.report import Report, Status
from lesionary.cli.main import app
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.params.sorting import SubfiguresParams
from lesionary.subfigures.reading.images import read_images

ROWS = {"rows": {"subfigures": ["hand_crafted"]}}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return painted(tmp_path / "pics", {"train": {"DRCT": 10, "GFIG": 20}, "test": {"DRCT": 2, "GFIG": 3}})


def checked(folder: Path, *, pixels: bool = True) -> Report:
    return check(folder, params(folder.parent, **ROWS), pixels=pixels)[0]


def test_pictures_without_a_fault_are_usable_whole(pictures: Path) -> None:
    report = checked(pictures)
    (track,) = report.tracks
    assert report.problems == []
    assert report.status is Status.USABLE
    assert track.used == {
        "train images": 27,
        "validation images": 3,  # a tenth of each class
        "test images": 5,
        "classes": 2,
        "images of class DRCT": 12,
        "images of class GFIG": 23,
    }
    assert report.kinds == {".png": 35}
    assert report.there["files"] == 35
    (step,) = report.steps
    assert step.bytes == 35 * 3 * 64 * 64


def spoil(pictures: Path) -> None:
    (pictures / "train" / "GFIG" / "broken.png").write_bytes(b"broken")
    paint(pictures / "train" / "GFIG" / "leak.png", 30)  # the first of test
    paint(pictures / "astray.png", 99)
    (pictures / "test" / "GMAT").mkdir()


def test_what_is_set_aside_is_what_the_stage_sets_aside_with_its_place(pictures: Path, tmp_path: Path) -> None:
    spoil(pictures)
    report, told = checked(pictures), SetAside()
    settings = SubfiguresParams.load(params(tmp_path, **ROWS))
    read_images(pictures, tmp_path / "out", told, side_px=settings.side_px, validation=0.1, seed=settings.split_seed)
    assert [(one.kind, one.subject, one.reason) for one in report.problems] == [
        (str(one.kind), one.subject, one.reason) for one in told.problems
    ]
    assert report.status is Status.IN_PART
    places = {one.reason: one.place for one in report.problems}
    assert places["is an image of the test set, too"] == "file train/GFIG/leak.png"
    assert places["lies in no folder of a class"] == "file astray.png"
    assert len(report.problems) == 4


def test_headers_alone_see_less_and_decode_nothing(pictures: Path) -> None:
    spoil(pictures)
    report = checked(pictures, pixels=False)
    assert {one.reason for one in report.problems} == {
        "lies in no folder of a class",
        "has no file in test that can be listed",
    }
    assert report.tracks[0].used["train images"] == 32
    assert report.steps == []


WHOLE = {
    "no test": ("test", "has no folder test"),
    "no train": ("train", "has no folder train"),
    "one class": ("train/DRCT", "has 1 usable classes"),
}


@pytest.mark.parametrize(("lost", "reason"), WHOLE.values(), ids=WHOLE)
def test_a_fault_of_the_whole_stops_the_track(pictures: Path, lost: str, reason: str) -> None:
    (pictures / lost).rename(pictures.parent / "lost")
    report = checked(pictures)
    (stop,) = (one for one in report.problems if one.severity is Severity.STOPS)
    assert reason in stop.reason
    assert report.status is Status.UNUSABLE


def test_the_time_of_networks_is_estimated(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lesionary.checking.sorting.seconds_a_step", lambda *_: 2.0)
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    monkeypatch.setenv("LESIONARY_WORKERS", "1")
    settings = params(pictures.parent, rows={"subfigures": ["dmrn", "googlenet_alexnet", "hand_crafted"]})
    report, _ = check(pictures, settings)
    found = {step.stage: (step.seconds, step.how) for step in report.steps[1:]}
    assert found == {
        "train_subfigures dmrn": (30.0, "15 steps, 2 of which were timed on noise"),  # 5 epochs, 27 images by 10
        "train_subfigures googlenet_alexnet": (80.0, "40 steps, 4 of which were timed on noise"),  # 2 x 10 x 2
    }


def test_a_step_of_a_network_is_timed(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    small = {"resnet152": {"network": "resnet", "depth": 18, "width": 2, "batch": 2}}
    settings = params(pictures.parent, rows={"subfigures": ["resnet152"]}, sorters=small)
    (_, step) = check(pictures, settings)[0].steps
    assert step.seconds is not None
    assert step.seconds > 0


def test_the_command_tells_it_and_its_files_name_no_picture(pictures: Path, tmp_path: Path) -> None:
    (pictures / "train" / "GFIG" / "quasimodo.png").write_bytes(b"broken")
    settings, out = params(tmp_path, **ROWS), tmp_path / "out"
    run = CliRunner().invoke(app, ["check", str(pictures), "--params", str(settings), "--out", str(out)])
    assert run.exit_code == 1
    assert "sub-figures: can run" in run.output
    assert "file train/GFIG/quasimodo.png" in run.output
    assert "quasimodo" not in "".join(path.read_text("utf-8") for path in out.iterdir())
    assert json.loads((out / "check.json").read_text("utf-8"))["tracks"]["sub-figures"]["possible"]
