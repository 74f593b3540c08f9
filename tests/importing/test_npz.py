"""An npz becomes a cohort of volumes."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import content, run
from guests import write_npz
from own_cohort import params

from lesionary.base.errors import CohortError
from lesionary.checking.checking import check
from lesionary.cohorts.contract.layout import Cohort
from lesionary.importing.importing import plan_import
from lesionary.importing.request import Request


def asked(folder: Path, name: str = "adrenalmnist3d.npz", **changed: object) -> Request:
    return Request(**{"source": folder / name, "cohort": folder / "own", "memory": folder / "m.csv", **changed})


@pytest.mark.parametrize("copy", [False, True])
def test_a_file_of_medmnist_tells_its_classes_by_its_name_and_its_voxels_by_their_number(
    tmp_path: Path, copy: bool
) -> None:
    write_npz(tmp_path / "adrenalmnist3d.npz", side=16)
    run(asked(tmp_path, copy=copy))
    cohort = Cohort.open(tmp_path / "own")
    assert cohort.description.npz is not None
    assert cohort.description.npz.classes == ("normal", "mass")
    assert cohort.description.npz.spacing_mm == 4  # a cube of 64 mm
    assert "CC BY 4.0" in cohort.description.about
    report, _ = check(tmp_path / "own", params(tmp_path))
    assert report.tracks[0].used["studies of class mass"] == 6
    assert report.there["series of images"] == report.there["patients"] == 12
    assert report.problems == []


def test_classes_voxels_and_source_can_be_told(tmp_path: Path) -> None:
    write_npz(tmp_path / "mine.npz", labels=(0, 1, 2))
    run(asked(tmp_path, "mine.npz", classes=("a", "b", "c"), spacing_mm=0.5, about="ours"))
    described = Cohort.open(tmp_path / "own").description
    assert described.npz is not None
    assert (described.npz.classes, described.npz.spacing_mm, described.about) == (("a", "b", "c"), 0.5, "ours")


def test_a_name_in_capitals_is_one_too(tmp_path: Path) -> None:
    write_npz(tmp_path / "mine.npz").rename(tmp_path / "MINE.NPZ")
    run(asked(tmp_path, "MINE.NPZ", classes=("a", "b"), spacing_mm=1.0, copy=True))
    report, _ = check(tmp_path / "own", params(tmp_path), pixels=False)
    assert report.problems == []
    write_npz(tmp_path / "other.npz")
    with pytest.raises(CohortError, match=r"holds another npz already: MINE.NPZ, other.npz"):
        plan_import(asked(tmp_path, "other.npz", classes=("a", "b"), spacing_mm=1.0, copy=True))


def test_a_second_import_changes_no_byte(tmp_path: Path) -> None:
    write_npz(tmp_path / "adrenalmnist3d.npz")
    run(asked(tmp_path))
    before = content(tmp_path / "own")
    run(asked(tmp_path, classes=("x", "y"), about="another"))
    assert content(tmp_path / "own") == before


REFUSED = {
    "no classes": ("mine.npz", {"spacing_mm": 1.0}, "labels up to 1, and 0 classes are named: none .name each once"),
    "too few": ("adrenalmnist3d.npz", {"classes": ("mass",)}, "has labels up to 1, and 1 classes are named: mass"),
    "twice": ("adrenalmnist3d.npz", {"classes": ("mass", "mass")}, "2 classes are named: mass, mass"),
    "no voxels": ("nodulemnist3d.npz", {}, "does not tell how large its voxels are .give the edge of one in mm"),
    "a spreadsheet": ("adrenalmnist3d.npz", {"sheets": {"lesions": Path("l.csv")}}, "which an npz does not take"),
    "a share": ("adrenalmnist3d.npz", {"test_share": 0.2}, "is an npz: a share that tests cannot be said of it"),
}


@pytest.mark.parametrize(("name", "changed", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, name: str, changed: dict[str, object], reason: str) -> None:
    write_npz(tmp_path / name)
    with pytest.raises(CohortError, match=reason):
        plan_import(asked(tmp_path, name, **changed))


@pytest.mark.parametrize("copy", [False, True])
def test_a_second_file_has_no_room_in_a_cohort(tmp_path: Path, copy: bool) -> None:
    for name in ("adrenalmnist3d.npz", "fracturemnist3d.npz"):
        write_npz(tmp_path / name)
    run(asked(tmp_path, copy=copy))
    with pytest.raises(CohortError, match=r"holds another npz already: .*adrenalmnist3d.npz, .*fracturemnist3d.npz"):
        plan_import(asked(tmp_path, "fracturemnist3d.npz", copy=copy))


def test_a_broken_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "adrenalmnist3d.npz").write_bytes(b"PK\3\4")
    with pytest.raises(CohortError, match="is no npz"):
        run(asked(tmp_path))
    assert not (tmp_path / "own").exists()
