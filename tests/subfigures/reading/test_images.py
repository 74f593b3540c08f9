"""A folder of images, read: what is used, what is set aside, and what stops the stage before anything is trained."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from image_folders import paint, painted

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.imaging.shards import read_shards
from lesionary.subfigures.reading.images import read_images


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images of each of two classes in train and two in test, all different."""
    return painted(tmp_path / "images", {"train": {"DRCT": 3, "GFIG": 3}, "test": {"DRCT": 2, "GFIG": 2}})


def taken(folder: Path, **changed: float) -> tuple[pl.DataFrame, SetAside]:
    set_aside = SetAside()
    options = {"side_px": 16, "validation": 0.2, "seed": 1} | changed
    shards = folder.parent / "shards"
    return read_images(folder, shards, set_aside, **options), set_aside  # type: ignore[arg-type]


def paths(folder: Path, table: pl.DataFrame) -> list[str]:
    """Of the images of a table, by their places in the sorted listing of the folder."""
    listing = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )
    return [listing[number] for number in table["file"]]


def told(set_aside: SetAside) -> list[tuple[str, str]]:
    return [(str(problem.kind), problem.reason) for problem in set_aside.problems]


def test_every_good_image_is_used(folder: Path) -> None:
    table, set_aside = taken(folder)
    assert not set_aside.problems
    assert table.columns == ["n", "file", "class", "part"]
    counts = dict(table.group_by("part").len().iter_rows())
    assert counts == {"train": 4, "validation": 2, "test": 4}
    assert table["file"].to_list() == list(range(10))


def test_a_row_names_the_array_of_its_image(folder: Path) -> None:
    """Also where a file before it was set aside."""
    (folder / "test/DRCT/0.png").write_bytes(b"broken")
    paint(folder / "train/GFIG/1.png", 77, flat=True)
    table, _ = taken(folder)
    n = table["n"][paths(folder, table).index("train/GFIG/1.png")]
    arrays = np.concatenate(list(read_shards(folder.parent / "shards")))
    assert arrays.dtype == np.uint8
    assert arrays.shape == (9, 3, 16, 16)
    assert (arrays[n] == 77).all()


def test_one_bad_image_stops_nothing(folder: Path) -> None:
    (folder / "train/GFIG/bad.png").write_bytes(b"broken")
    table, set_aside = taken(folder)
    assert len(table) == 10
    assert told(set_aside) == [("file", "cannot be read as an image (UnidentifiedImageError)")]
    assert set_aside.problems[0].subject == "10"  # from 0, after ten files whose path comes before it


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_missing_part_is_named(folder: Path, part: str) -> None:
    shutil.rmtree(folder / part)
    with pytest.raises(CohortError, match=f"has no folder {part} .*a folder a class"):
        taken(folder)


def test_an_empty_class_is_set_aside(folder: Path) -> None:
    (folder / "train/GMAT").mkdir()
    table, set_aside = taken(folder)
    assert set_aside.problems[0].kind is Kind.CLASS
    assert set_aside.problems[0].subject == "GMAT"
    assert set_aside.problems[0].reason == "has no file in train that can be listed"
    assert "GMAT" not in set(table["class"])


def test_a_class_none_of_whose_images_can_be_read_is_set_aside(folder: Path) -> None:
    (folder / "train/GMAT").mkdir()
    (folder / "train/GMAT/0.png").write_bytes(b"broken")
    _, set_aside = taken(folder)
    assert told(set_aside)[1] == ("class", "has no image in train that can be read")


def test_a_class_of_test_alone_stops_the_stage(folder: Path) -> None:
    paint(folder / "test/GMAT/0.png", 200)
    with pytest.raises(CohortError, match="only test has usable images of GMAT"):
        taken(folder)


def test_a_class_whose_training_images_cannot_be_read_stops_the_stage(folder: Path) -> None:
    for path in (folder / "train/DRCT").iterdir():
        path.write_bytes(b"broken")
    paint(folder / "train/GMAT/0.png", 200)
    with pytest.raises(CohortError, match="only test has usable images of DRCT"):
        taken(folder)


def test_a_class_of_training_alone_is_learnt(folder: Path) -> None:
    paint(folder / "train/GMAT/0.png", 200)
    table, set_aside = taken(folder)
    assert not set_aside.problems
    assert table.filter(pl.col("class") == "GMAT")["part"].to_list() == ["train"]


def test_a_single_class_stops_the_stage(folder: Path) -> None:
    shutil.rmtree(folder / "train/DRCT")
    shutil.rmtree(folder / "test/DRCT")
    with pytest.raises(CohortError, match="has 1 usable classes"):
        taken(folder)


def test_a_test_set_without_images_stops_the_stage(folder: Path) -> None:
    for path in (folder / "test").rglob("*.png"):
        path.unlink()
    with pytest.raises(CohortError, match="test: has no usable image"):
        taken(folder)


def test_one_image_under_two_classes_is_used_as_neither(folder: Path) -> None:
    paint(folder / "train/GFIG/copy.bmp", 0)  # as the first of DRCT, in another format
    table, set_aside = taken(folder)
    assert told(set_aside) == [("file", "is the same image under the classes DRCT and GFIG")] * 2
    assert not {"train/DRCT/0.png", "train/GFIG/copy.bmp"} & set(paths(folder, table))


@pytest.mark.parametrize("name", ["DRCT", "GFIG"])
def test_an_image_of_train_and_test_stays_in_test(folder: Path, name: str) -> None:
    shutil.copyfile(folder / "test/GFIG/0.png", folder / f"train/{name}/leak.png")
    table, set_aside = taken(folder)
    assert told(set_aside) == [("file", "is an image of the test set, too")]
    assert "test/GFIG/0.png" in paths(folder, table)
    assert f"train/{name}/leak.png" not in paths(folder, table)


def test_of_an_image_that_is_twice_in_a_class_of_training_the_first_is_used(folder: Path) -> None:
    shutil.copyfile(folder / "train/GFIG/0.png", folder / "train/GFIG/copy.png")
    table, set_aside = taken(folder)
    assert told(set_aside) == [("file", "is an image of its class in training already")]
    assert "train/GFIG/0.png" in paths(folder, table)


def test_the_test_set_keeps_its_own_repetitions(folder: Path) -> None:
    shutil.copyfile(folder / "test/GFIG/0.png", folder / "test/GFIG/copy.png")
    table, set_aside = taken(folder)
    assert not set_aside.problems
    assert (table["part"] == "test").sum() == 5


def test_a_file_outside_of_the_classes_is_set_aside(folder: Path) -> None:
    for place in ("labels.csv", "train/readme.txt", "train/GFIG/more/0.png", "val/GFIG/0.png"):
        (folder / place).parent.mkdir(exist_ok=True, parents=True)
        (folder / place).write_text("x")
    (folder / "train/GFIG/.hidden").write_text("x")
    table, set_aside = taken(folder)
    assert told(set_aside) == [("file", "lies in no folder of a class")] * 4
    assert len(table) == 10


def test_an_image_of_a_strange_name_is_used(folder: Path) -> None:
    shutil.copyfile(folder / "train/GFIG/0.png", folder / "spare.png")
    paint(folder / "spare.png", 99)
    os.rename(folder / "spare.png", os.fsencode(folder / "train/GFIG") + b"/two\nlines \xff\x1b[31m.png")
    table, set_aside = taken(folder)
    assert not set_aside.problems
    assert "train/GFIG/two\nlines \udcff\x1b[31m.png" in paths(folder, table)


def test_a_strange_name_is_escaped_on_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "train/GFIG/\x1b[2Jgone\n.png").write_bytes(b"broken")
    taken(folder)
    told_lines = capsys.readouterr().err
    assert r"\x1b[2Jgone\n.png" in told_lines
    assert "\x1b" not in told_lines


def test_workers_change_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "train/GFIG/bad.png").write_bytes(b"broken")
    found = []
    for workers in ("1", "2"):
        monkeypatch.setenv("LESIONARY_WORKERS", workers)
        table, set_aside = taken(folder)
        shards = [path.read_bytes() for path in sorted((folder.parent / "shards").glob("*.npy"))]
        found.append((table.to_dicts(), set_aside.problems, shards))
    assert found[0] == found[1]


def test_a_link_into_nothing_is_set_aside(folder: Path) -> None:
    (folder / "train/GFIG/link.png").symlink_to(folder / "nothing.png")
    _, set_aside = taken(folder)
    assert told(set_aside) == [("file", "is no file")]


def test_nothing_in_a_file_is_run(folder: Path, tmp_path: Path) -> None:
    """A pickle that would leave a mark, under the name of an image and of an array."""
    mark = tmp_path / "mark"
    pickle = b"cposix\nsystem\n(S'touch " + os.fsencode(mark) + b"'\ntR."
    for name in ("a.png", "a.npy"):
        (folder / "train/GFIG" / name).write_bytes(pickle)
    _, set_aside = taken(folder)
    assert len(set_aside.problems) == 2
    assert not mark.exists()
