"""Pictures of the sub-figure benchmark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from lesionary.figures.subfigures import draw_distribution, draw_large_confusion
from lesionary.subfigures.counting import count_classes


def test_a_distribution_with_and_without_published_counts_is_drawn_twice_alike(tmp_path: Path) -> None:
    images = pl.DataFrame({"class": ["GFIG", "own", "own"], "part": ["train", "test", "train"]})
    for name in ("one.svg", "two.svg"):
        draw_distribution(count_classes(images), tmp_path / name)
    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == (tmp_path / "two.svg").read_bytes()
    draw_distribution(count_classes(images.filter(pl.col("class") == "own")), tmp_path / "one.svg")
    assert (tmp_path / "one.svg").read_bytes() != drawn


def test_a_class_without_test_images_leaves_its_row_of_the_confusion_empty(tmp_path: Path) -> None:
    counts = np.array([[3, 1], [0, 0]])
    draw_large_confusion(counts, ["GFIG", "own"], "a title", tmp_path / "confusion.svg")
    assert (tmp_path / "confusion.svg").read_text("utf-8").startswith("<?xml")
