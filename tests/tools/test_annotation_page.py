from __future__ import annotations

import json
from pathlib import Path

import annotation_page
import polars as pl
import pytest

TESTS, NAMES = ("text_mined", "hand_labelled"), ("auc", "precision", "recall", "f1")
VALUES = {"lesanet": 0.8, "multiscale_cnn": 0.7, "warp": 0.75, "without_triplet": 0.85, "mine": 0.9}
MADE = {"commit": "0123456789abcdef", "params": {"annotation": {"training": {"seed": 4, "width": 8, "batch": 16}}}}


@pytest.fixture
def page(tmp_path: Path) -> str:
    """The page of five rows, of which one is not in the paper."""
    table = {}
    for row, value in VALUES.items():
        means = {f"{test}{kind}": dict.fromkeys(NAMES, value) for test in TESTS for kind in ("", "_exact")}
        retrieval = {"map": 0.5, "recall_at_1": 0.25}
        table[row] = {**means, "retrieval": retrieval, "size": {"train_lesions": 99, "labels": 12}}
        metrics, plots = tmp_path / f"metrics/annotation/{row}.json", tmp_path / f"plots/annotation/{row}"
        metrics.parent.mkdir(parents=True, exist_ok=True)
        plots.mkdir(parents=True)
        metrics.write_text(json.dumps(table[row]), "utf-8")
        intervals = [(test, name, value, value - 0.1, value + 0.1) for test in TESTS for name in NAMES]
        pl.DataFrame(intervals, ["test", "metric", "value", "low", "high"], orient="row").write_csv(
            plots / "intervals.csv"
        )
    differences = [("warp", "text_mined", "f1", -0.05, -0.08, -0.02), ("mine", "text_mined", "f1", 0.1, -0.01, 0.2)]
    columns = ["row", "test", "metric", "value", "low", "high"]
    pl.DataFrame(differences, columns, orient="row").write_csv(tmp_path / "plots/annotation/differences.csv")
    (tmp_path / "annotation.json").write_text(json.dumps(table), "utf-8")
    made = {**MADE, "params": {**MADE["params"], "evaluation": {"level": 0.95, "seed": 3}}}
    (tmp_path / "annotation.made.json").write_text(json.dumps(made), "utf-8")
    annotation_page.main(tmp_path / "annotation.json", tmp_path / "page.md", tmp_path)
    return (tmp_path / "page.md").read_text("utf-8")


def test_a_row_stands_above_the_papers(page: str) -> None:
    lines = page.splitlines()
    ours = lines.index("| warp |" + " 0.750 [0.650, 0.850] |" * 4)
    assert lines[ours + 1] == "| *WARP* | *0.925* | *0.244* | *0.620* | *0.302* |"


def test_a_row_of_our_own_has_no_published_line(page: str) -> None:
    lines = page.splitlines()
    assert not lines[next(n for n, line in enumerate(lines) if line.startswith("| mine |")) + 1].startswith("| *")


def test_only_differences_that_exclude_zero_are_told(page: str) -> None:
    assert "does not hold 0 (1 of 2)" in page
    assert "- warp: f1 -0.050 [-0.080, -0.020]" in page
    assert "- mine: f1" not in page


def test_sides_of_lesanet_are_those_of_the_numbers(page: str) -> None:
    """In the paper all three lie below LesaNet by F1; without_triplet does not here."""
    line = next(line for line in page.splitlines() if line.startswith("- text-mined test set, f1"))
    assert line.endswith("as in the paper: multiscale_cnn, warp; not: without_triplet.")


def test_a_row_without_probabilities_has_no_calibration(page: str) -> None:
    assert "| warp | 0.750 | 0.750 | 0.500 | 0.250 | – |" in page
