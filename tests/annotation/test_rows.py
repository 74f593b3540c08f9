"""A row of the annotation tables: its targets, its training, its numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.annotation.dataset import Labels, load_patches
from lesionary.annotation.measuring import decide, evaluation_sets, interval_table, label_table, thresholds
from lesionary.annotation.rows import history, train_row, training_targets
from lesionary.arrays import save_arrays
from lesionary.imaging.shards import ShardWriter
from lesionary.params import AnnotatorParams, Mined

ROW = AnnotatorParams.load_row("lesanet", Path(__file__).parents[2] / "params.yaml").model_copy(
    update={"width": 2, "features": 8, "epochs": 2, "drop_after": 1, "batch": 8}
)
NAMES = ("organ", "part", "bright")
CLOSURE = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]], np.uint8)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Thirty lesions, ten a split, of which the bright ones are bright."""
    monkeypatch.setenv("LESIONARY_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    rng = np.random.default_rng(0)
    patches, labels = tmp_path / "patches", tmp_path / "labels"
    relevant = rng.random((30, 3)) < 0.5
    images = rng.normal(0, 40, (30, 3, 32, 32)) + 300 * relevant[:, 2, None, None, None]
    with ShardWriter(patches, capacity=16) as shards:
        shards.append(images.astype(np.int16))
    edges = {
        name: [value] * 30
        for name, value in zip(("x_min", "y_min", "x_max", "y_max"), (8.0, 8.0, 24.0, 24.0), strict=True)
    }
    pl.DataFrame({"lesion": [f"l{n}" for n in range(30)], **edges}).write_parquet(patches / "patches.parquet")
    labels.mkdir()
    split = ["train"] * 10 + ["val"] * 10 + ["test"] * 10
    lesions = {"lesion": [f"l{n}" for n in range(30)], "patient": [f"p{n // 2}" for n in range(30)], "split": split}
    rows = pl.DataFrame({**lesions, "row": list(range(29, -1, -1)), "by_hand": [n >= 24 for n in range(30)]})
    rows.write_parquet(labels / "lesions.parquet")
    counts = {"train": [5, 5, 5], "val": [5, 5, 5], "test": [5, 5, 5]}
    pl.DataFrame({"label": NAMES, "class": ["bodypart", "bodypart", "attribute"], **counts}).write_csv(
        labels / "labels.csv"
    )
    relevant = relevant[::-1]
    uncertain = (rng.random((30, 3)) < 0.2) & ~relevant
    irrelevant = (rng.random((30, 3)) < 0.2) & ~relevant & ~uncertain

    def closed(matrix: np.ndarray) -> np.ndarray:
        return matrix | (matrix.astype(int) @ CLOSURE > 0)

    matrices = {
        "relevant": relevant, "uncertain": uncertain, "irrelevant": irrelevant, "relevant_expanded": closed(relevant),
        "relevant_uncertain_expanded": closed(relevant | uncertain),
        "uncertain_expanded": uncertain & ~closed(relevant),
        "mentioned_expanded": closed(relevant | uncertain | irrelevant), "hand": closed(relevant),
    }  # fmt: skip
    arrays = {name: matrix.astype(np.uint8) for name, matrix in matrices.items()}
    save_arrays(labels / "targets.safetensors", {**arrays, "closure": CLOSURE, "exclusions": np.zeros_like(CLOSURE)})
    return patches, labels


def test_patches_come_in_the_order_of_the_labels(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    images, boxes = load_patches(folders[0], labels)
    bright = images.mean(axis=(1, 2, 3)) > 150
    np.testing.assert_array_equal(bright, labels.matrices["relevant"][:, 2])
    assert boxes.shape == (30, 4)


@pytest.mark.parametrize(
    ("mined", "expansion", "parts"),
    [
        (Mined.RELEVANT_UNCERTAIN, True, "relevant_uncertain_expanded"),
        (Mined.RELEVANT, True, "relevant_expanded"),
        (Mined.ALL, True, "mentioned_expanded"),
        (Mined.RELEVANT, False, "relevant"),
    ],
)
def test_a_row_learns_what_its_params_say(
    folders: tuple[Path, Path], mined: Mined, expansion: bool, parts: str
) -> None:
    labels = Labels.load(folders[1])
    targets, counted = training_targets(labels, ROW.model_copy(update={"mined": mined, "expansion": expansion}))
    np.testing.assert_array_equal(targets, labels.matrices[parts])
    if mined is Mined.RELEVANT:
        np.testing.assert_array_equal(counted, ~labels.matrices["uncertain_expanded"])
    else:
        assert counted is None


def test_training_twice_gives_the_same_bytes(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    first, second = (train_row("lesanet", ROW, labels, *load_patches(folders[0], labels)) for _ in range(2))
    np.testing.assert_array_equal(first.scores, second.scores)
    assert all(np.array_equal(first.weights[name], second.weights[name]) for name in first.weights)
    assert first.scores.shape == (30, 3)
    curve = history(first.epochs)
    assert {"loss", "scores", "refined", "hard_examples", "triplet", "val_f1"} <= set(curve.columns)


def test_the_truth_as_score_is_faultless_on_both_test_sets(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    scores = labels.matrices["relevant_expanded"].astype(np.float32)
    tests = evaluation_sets(labels, scores)
    assert [len(one.truth) for one in tests.values()] == [10, 6]
    for one in tests.values():
        assert one.means() == {"auc": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0}
    intervals = interval_table(tests, replicates=100, level=0.95, seed=0)
    assert intervals["low"].to_list() == [1.0] * 8
    assert len(label_table(labels, tests)) == 6


def test_a_decision_brings_its_parents(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    called = decide(labels, np.array([[0.1, 0.9, 0.1]], np.float32), np.array([0.5, 0.5, 0.5]))
    assert called.tolist() == [[True, True, False]]


def test_thresholds_come_from_validation_alone(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    scores = np.random.default_rng(1).random((30, 3)).astype(np.float32)
    spoilt = scores.copy()
    spoilt[labels.of("test")] = 0
    np.testing.assert_array_equal(thresholds(labels, scores), thresholds(labels, spoilt))
