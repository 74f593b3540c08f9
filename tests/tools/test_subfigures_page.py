"""The page of the sub-figure tables."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import subfigures_page

PARAMS = {
    "subfigures": {"images": "subfigures", "side_px": 64, "training": {"seed": 17, "width": 8, "weights": None}},
    "evaluation": {"level": 0.95, "seed": 3},
}
VALUES = {"dmrn": 0.5, "hand_crafted": 0.25}


def write(path: Path, values: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), "utf-8")


@pytest.fixture
def page(tmp_path: Path) -> str:
    counts = {"GFIG": 3, "DRCT": 1, "total": 4}
    parts = {part: counts for part in ("train", "validation", "test")}
    write(tmp_path / "metrics/subfigures/cohort.json", {"images": 12, "classes": 2, "set_aside": 0, **parts})
    plots = tmp_path / "plots/subfigures"
    plots.mkdir(parents=True)
    table = pl.DataFrame({"class": ["DRCT", "GFIG"], "name": ["computerised tomography", "charts"]})
    table.with_columns(train=pl.lit(3), validation=pl.lit(3), test=pl.lit(3)).write_csv(plots / "classes.csv")
    (plots / "classes.svg").write_text("<svg/>", "utf-8")
    for row, value in VALUES.items():
        test = dict.fromkeys(("accuracy", "precision", "recall", "f1"), value)
        write(tmp_path / f"metrics/subfigures/{row}.json", {"test": test})
        (plots / row).mkdir()
        spans = [("test", name, value, value - 0.1, value + 0.1) for name in test]
        pl.DataFrame(spans, ["part", "metric", "value", "low", "high"], orient="row").write_csv(
            plots / row / "intervals.csv"
        )
        pl.DataFrame({"class": ["DRCT", "GFIG"], "f1": [value, 0.3]}).write_csv(plots / row / "per_class.csv")
    write(tmp_path / "subfigures.json", {row: {} for row in VALUES})
    write(tmp_path / "subfigures.made.json", {"commit": "0123456789abcdef", "params": PARAMS})
    subfigures_page.main(tmp_path / "subfigures.json", tmp_path / "page.md", tmp_path)
    assert (tmp_path / "page_classes.svg").is_file()
    return (tmp_path / "page.md").read_text("utf-8")


def test_a_row_stands_above_the_papers_with_its_interval(page: str) -> None:
    ours = page.index("| dmrn | **50.00 [40.0, 60.0]** |")
    assert page[ours:].splitlines()[1].startswith("| *DMRN* | *85.90* |")
    assert "| hand_crafted | 25.00 [15.0, 35.0] |" in page


def test_what_was_not_built_is_quoted_as_published(page: str) -> None:
    assert "not built here: GoogLeNet+AlexNet, ResNet-152, CDHVF, ENS." in page
    assert "| *ENS* | *87.37* |" in page
    assert "by the asterisk of the paper's table: ResNet-152, ENS" in page


def test_each_class_is_counted_for_its_best_row(page: str) -> None:
    assert "| computerised tomography (DRCT) | 3 | 3 | **50.00** | 25.00 | *82.99* | *84.35* |" in page
    assert "| best alone in so many classes | – | – | 1 | 0 | *5* | *21* |" in page
    assert "In 1 classes rows of ours share the highest F1" in page


def test_the_page_says_what_was_run_and_that_the_images_are_drawn(page: str) -> None:
    assert "from commit 0123456789, seed 17" in page
    assert "A program drew the images" in page
    assert "![Images of each class](page_classes.svg)" in page
