"""The images that can be used, as a network is given them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.imaging.shards import ShardWriter
from lesionary.subfigures.parts import Part
from lesionary.subfigures.sorting.figures import Figures, load_figures


@pytest.fixture
def few(tmp_path: Path) -> Figures:
    """Of five stored images three are used, and they lie in two shards."""
    stored = np.arange(5 * 3 * 2 * 2, dtype=np.uint8).reshape(5, 3, 2, 2)
    with ShardWriter(tmp_path, capacity=3) as shards:
        shards.append(stored)
    rows = {"n": [1, 3, 4], "file": [0, 1, 2], "class": ["own", "GFIG", "D3DR"]}
    table = pl.DataFrame(rows | {"part": ["train", "test", "train"]}, schema_overrides={"n": pl.Int32})
    table.write_parquet(tmp_path / "images.parquet")
    load_figures.cache_clear()
    return load_figures(tmp_path)


def test_a_row_has_its_own_pixels_across_shards(few: Figures) -> None:
    assert few.pixels[:, 0, 0, 0].tolist() == [12, 36, 48]
    assert few.pixels.dtype == np.uint8


def test_labels_count_in_the_order_of_table_8_and_parts_are_places(few: Figures) -> None:
    assert few.classes == ("D3DR", "GFIG", "own")
    assert few.label.tolist() == [2, 1, 0]
    assert few.of(Part.TRAIN).tolist() == [0, 2]
    assert few.of(Part.TEST).tolist() == [1]
    assert few.of(Part.VALIDATION).tolist() == []


def test_grey_is_luminance_from_nought_to_one() -> None:
    pixels = np.zeros((1, 3, 1, 2), np.uint8)
    pixels[0, :, 0, 0] = 255
    pixels[0, :, 0, 1] = [255, 0, 102]
    grey = Figures(pl.DataFrame(), (), np.zeros(0, np.int64), pixels).grey()
    np.testing.assert_allclose(grey[0, 0], [1.0, 0.299 + 0.114 * 0.4], rtol=1e-6)
    assert grey.dtype == np.float32


def test_a_digest_sees_pixels_labels_and_parts(few: Figures) -> None:
    same = Figures(few.table, few.classes, few.label, few.pixels.copy())
    assert same.digest() == few.digest()
    brighter = Figures(few.table, few.classes, few.label, few.pixels + 1)
    relabelled = Figures(few.table, few.classes, few.label[::-1], few.pixels)
    moved = Figures(few.table.with_columns(part=pl.lit("train")), few.classes, few.label, few.pixels)
    assert few.digest() not in {brighter.digest(), relabelled.digest(), moved.digest()}
