"""Pictures of masses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from lesionary.figures.subtyped.mass_album import MassAlbum
from lesionary.figures.subtyped.masses import Mass, draw_hard, draw_typical
from lesionary.imaging.shards import ShardWriter

MASS = Mass("b", np.arange(64, dtype=np.int16).reshape(8, 8), (40.0, 20.0))
SAID = np.array([[0.2, 0.8], [0.7, 0.3]])


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    for name in "12":
        draw_typical({"a $5": [MASS, MASS], "b": [MASS]}, tmp_path / f"typical{name}.png")
        draw_hard([MASS, MASS], {"row $5": SAID}, ["a", "b"], tmp_path / f"hard{name}.png")
    for kind in ("typical", "hard"):
        assert (tmp_path / f"{kind}1.png").read_bytes() == (tmp_path / f"{kind}2.png").read_bytes()


def test_every_row_adds_to_the_height_of_hard_masses_and_every_mass_to_their_width(tmp_path: Path) -> None:
    sizes = []
    for masses, rows in ((1, 1), (2, 1), (2, 4)):
        path = tmp_path / "hard.png"
        draw_hard([MASS] * masses, {f"row {n}": SAID[:masses] for n in range(rows)}, ["a", "b"], path)
        sizes.append(size(path))
    assert sizes[0][0] < sizes[1][0] == sizes[2][0]
    assert sizes[0][1] == sizes[1][1] < sizes[2][1]


def test_what_a_row_says_shows(tmp_path: Path) -> None:
    for name, said in (("one", SAID), ("other", SAID[:, ::-1])):
        draw_hard([MASS, MASS], {"row": said}, ["a", "b"], tmp_path / f"{name}.png")
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "other.png").read_bytes()


def test_an_album_shows_the_middle_slice_at_the_size_of_the_mass_and_its_margin(tmp_path: Path) -> None:
    who = {"lesion": ["l1"] * 3 + ["l2"], "study": ["s1"] * 3 + ["s2"], "subtype": ["a"] * 3 + ["b"]}
    pl.DataFrame({**who, "patient": "p", "z": [4, 5, 6, 1]}).write_parquet(tmp_path / "slices.parquet")
    sizes = {"lesion": ["l2", "l1"], "study": ["s2", "s1"], "size_x_mm": [10.0, 30.0], "size_y_mm": [8.0, 20.0]}
    pl.DataFrame(sizes).write_parquet(tmp_path / "lesions.parquet")
    with ShardWriter(tmp_path, capacity=3) as shards:
        shards.append(np.arange(4, dtype=np.int16)[:, None, None] * np.ones((4, 2, 2), np.int16))
    second, first = MassAlbum.open(tmp_path, 1.0).masses(["s2", "s1"])
    assert (first.subtype, first.size_mm, int(first.hu[0, 0])) == ("a", (32.0, 22.0), 1)
    assert (second.subtype, second.size_mm, int(second.hu[0, 0])) == ("b", (12.0, 10.0), 3)


@pytest.mark.parametrize("masses", [{}, {"a": []}])
def test_without_a_mass_the_sheet_is_empty(tmp_path: Path, masses: dict[str, list[Mass]]) -> None:
    draw_typical(masses, tmp_path / "typical.png")
    assert size(tmp_path / "typical.png")[0] > 0
