"""How many images each class has."""

from __future__ import annotations

import polars as pl

from lesionary.subfigures.counting import count_classes


def test_classes_stand_as_in_table_8_beside_the_published_counts() -> None:
    images = pl.DataFrame(
        {"class": ["own", "GFIG", "D3DR", "GFIG", "GFIG"], "part": ["test", "train", "test", "validation", "train"]}
    )
    assert count_classes(images).rows() == [
        ("D3DR", "3D reconstructions", 0, 0, 1, 201, 94),
        ("GFIG", "statistics, figures, graphs, charts", 2, 1, 0, 2954, 2085),
        ("own", "own", 0, 0, 1, None, None),
    ]


def test_classes_that_the_paper_lacks_all_count() -> None:
    counts = count_classes(pl.DataFrame({"class": ["own", "mine"], "part": ["train", "train"]}))
    assert counts["class"].to_list() == ["mine", "own"]
    assert counts["published_train"].to_list() == [None, None]
