"""The stages one after the other on a tiny set: what each writes is what the next one reads."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from image_folders import painted

from lesionary.base.errors import CohortError
from lesionary.subfigures.sorting.figures import load_figures

ROOT = Path(__file__).parents[2]
PARAMS = {
    "subfigures": {
        "images": "own",
        "side_px": 64,
        "validation": 0.2,
        "split_seed": 1,
        "training": {
            "seed": 1, "width": 2, "weights": None, "epochs": 1, "batch": 4, "learning_rate": 0.01, "momentum": 0.9,
            "weight_decay": 0.0, "cosine": True, "scales": 4, "margin": 1.0, "redraw": "epoch", "partner": "uniform",
            "svm_c": 1.0,
        },
    },
    "sorters": {
        "dmrn": {"network": "dmrn", "depth": 18, "svm_c": [0.1, 1.0]},
        "googlenet_alexnet": {"network": "googlenet+alexnet"},
        "hand_crafted": {"network": "hand-crafted"},
    },
    "evaluation": {"seed": 3, "replicates": 100, "level": 0.9},
}  # fmt: skip


def stage(name: str) -> Any:
    return runpy.run_path(str(ROOT / "stages" / f"{name}.py"))["main"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Images that were read, and one that could not be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LESIONARY_CHECKPOINTS", str(tmp_path / "kept"))
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    Path("params.yaml").write_text(yaml.safe_dump(PARAMS), "utf-8")
    painted(Path("own"), {"train": {"DRCT": 6, "GFIG": 10}, "test": {"DRCT": 3, "GFIG": 4}})
    Path("own/train/GFIG/bad.png").write_bytes(b"broken")
    load_figures.cache_clear()
    stage("read_subfigures")(Path("own"), Path("read"), Path("cohort.json"), Path("plots"))
    return tmp_path


def test_reading_counts_draws_and_says_what_was_set_aside(tree: Path) -> None:
    counts = json.loads((tree / "cohort.json").read_text("utf-8"))
    assert counts == {
        "images": 23,
        "classes": 2,
        "set_aside": 1,
        "train": {"DRCT": 5, "GFIG": 8, "total": 13},
        "validation": {"DRCT": 1, "GFIG": 2, "total": 3},
        "test": {"DRCT": 3, "GFIG": 4, "total": 7},
    }
    assert pl.read_csv(tree / "read/set_aside.csv")["kind"].to_list() == ["file"]
    assert pl.read_csv(tree / "plots/classes.csv")["class"].to_list() == ["DRCT", "GFIG"]
    assert (tree / "plots/classes.svg").is_file()


@pytest.mark.parametrize(
    ("row", "models", "epochs"),
    [
        ("dmrn", ["dmrn", "svm"], 1),
        ("googlenet_alexnet", ["alexnet", "googlenet"], 2),
        ("hand_crafted", ["svm"], 0),
    ],
)
def test_a_row_is_trained_and_measured(tree: Path, row: str, models: list[str], epochs: int) -> None:
    stage("train_subfigures")(row, Path("read"), Path("models"), Path("sorted"), Path("plots/history.csv"))
    stage("evaluate_subfigures")(row, Path("sorted"), Path("row.json"), Path("plots"))
    assert sorted(path.stem for path in (tree / "models").iterdir()) == models
    assert len(pl.read_csv(tree / "plots/history.csv")) == epochs
    predictions = pl.read_parquet(tree / "sorted/images.parquet")
    assert predictions.columns == ["n", "class", "part", "p_DRCT", "p_GFIG"]
    assert len(predictions) == 23
    found = json.loads((tree / "row.json").read_text("utf-8"))
    decided = pl.read_csv(tree / "plots/confusion.csv")
    assert found["test"]["accuracy"] == pytest.approx((decided["truth"] == decided["predicted"]).mean(), abs=1e-4)
    assert found["size"]["side_px"] == 64
    assert ("svm" in found) == ("svm" in models)
    assert pl.read_csv(tree / "plots/per_class.csv")["images"].to_list() == [3, 4]
    assert pl.read_csv(tree / "plots/intervals.csv")["metric"].to_list() == ["accuracy", "precision", "recall", "f1"]


def test_a_leaked_class_stops_reading_before_anything_is_trained(tree: Path) -> None:
    """Its only training image is one of the test set."""
    for part in ("train", "test"):
        painted(tree / "own", {part: {"GMAT": 1}})
    with pytest.raises(CohortError, match="only test has usable images of GMAT"):
        stage("read_subfigures")(Path("own"), Path("again"), Path("again.json"), Path("plots"))
    assert not Path("again.json").exists()
