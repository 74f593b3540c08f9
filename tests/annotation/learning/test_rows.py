"""A row of the annotation tables: its targets, its training, its numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from lesionary.annotation.comparing import interval_table
from lesionary.annotation.dataset import Labels, load_patches, load_places
from lesionary.annotation.learning.record import record
from lesionary.annotation.learning.rows import Trained, history, train_row, training_targets
from lesionary.annotation.scoring.measuring import decide, evaluation_sets, label_table, thresholds
from lesionary.base.arrays import save_arrays
from lesionary.base.errors import CohortError, ParamsError
from lesionary.evaluation.multilabel import per_label
from lesionary.imaging.shards import ShardWriter
from lesionary.params.annotation import AnnotatorParams, Backbone, Mined, Objective

ROW = AnnotatorParams.load_row("lesanet", Path(__file__).parents[3] / "params.yaml").model_copy(
    update={"width": 2, "features": 8, "epochs": 2, "drop_after": 1, "batch": 8}
)
NAMES = ("liver", "right lobe", "bright")
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
    places = dict.fromkeys(("x_mm", "y_mm", "width_mm", "height_mm"), np.arange(30) + 0.5)
    table = pl.DataFrame({"lesion": [f"l{n}" for n in range(30)], **edges, **places})
    table.write_parquet(patches / "patches.parquet")
    labels.mkdir()
    split = ["train"] * 10 + ["val"] * 10 + ["test"] * 10
    lesions = {"lesion": [f"l{n}" for n in range(30)], "patient": [f"p{n // 2}" for n in range(30)], "split": split}
    known = {"mined": [True] * 30, "by_hand": [n >= 24 for n in range(30)]}
    pl.DataFrame({**lesions, "row": list(range(29, -1, -1)), **known}).write_parquet(labels / "lesions.parquet")
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
    assert load_places(folders[0], labels)[:, 0].tolist() == [29.5 - n for n in range(30)]


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
    curve = history(first)
    assert {"seed", "loss", "scores", "refined", "hard_examples", "triplet", "val_f1"} <= set(curve.columns)


def test_the_truth_as_score_is_faultless_on_both_test_sets(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    scores = labels.matrices["relevant_expanded"].astype(np.float32)
    tests = evaluation_sets(labels, scores)
    assert [len(one.truth) for one in tests.values()] == [10, 6]
    for one in tests.values():
        assert one.means() == {"auc": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0}
    intervals = interval_table({name: one.replicates(100, seed=0) for name, one in tests.items()}, level=0.95)
    assert intervals["low"].to_list() == [1.0] * 8
    assert len(label_table(labels, tests)) == 6


def test_a_lesion_labelled_by_hand_alone_is_tested_on_that_set_and_not_on_the_other(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    alone = pl.col("lesion").is_in(["l28", "l29"])
    part = replace(labels, lesions=labels.lesions.with_columns(mined=~alone))
    scores = np.random.default_rng(0).random((30, 3)).astype(np.float32)
    whole, tests = evaluation_sets(labels, scores), evaluation_sets(part, scores)
    assert [len(one.truth) for one in tests.values()] == [8, 6]
    np.testing.assert_array_equal(tests["text_mined"].scores, whole["text_mined"].scores[:8])
    np.testing.assert_array_equal(tests["hand_labelled"].scores, whole["hand_labelled"].scores)


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


def trained(folders: tuple[Path, Path], **changes: object) -> Trained:
    labels = Labels.load(folders[1])
    params = ROW.model_copy(update={"epochs": 1, **changes})
    return train_row("row", params, labels, *load_patches(folders[0], labels), load_places(folders[0], labels))


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": Objective.WARP, "propagation": False},
        {"objective": Objective.EMBEDDING, "propagation": False},
        {"backbone": Backbone.RESNET18, "width": 8},
        {"located": True},
    ],
    ids=["warp", "embedding", "resnet", "located"],
)
def test_every_kind_of_row_scores_every_lesion_and_repeats(
    folders: tuple[Path, Path], changes: dict[str, object]
) -> None:
    first, second = (trained(folders, **changes) for _ in range(2))
    assert first.scores.shape == (30, 3)
    np.testing.assert_array_equal(first.scores, second.scores)
    np.testing.assert_allclose(np.linalg.norm(first.embedding, axis=1), 1, rtol=1e-5)
    if "objective" in changes and changes["objective"] is not Objective.WARP:
        assert ((first.scores >= 0) & (first.scores <= 1)).all()


def test_scores_of_several_seeds_are_the_mean_of_each(folders: tuple[Path, Path]) -> None:
    both, one, other = trained(folders, seeds=2), trained(folders), trained(folders, seed=ROW.seed + 1)
    np.testing.assert_allclose(both.scores, (one.scores + other.scores) / 2, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(both.embedding, axis=1), 1, rtol=1e-5)
    assert history(both)["seed"].to_list() == [ROW.seed, ROW.seed + 1]
    for seed, single in ((ROW.seed, one), (ROW.seed + 1, other)):
        assert all(torch.equal(both.weights[f"seed{seed}.{name}"], value) for name, value in single.weights.items())


def test_rows_that_learn_from_places_are_refused_without_them(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    with pytest.raises(ParamsError, match="learns from the lesions' places"):
        train_row("located", ROW.model_copy(update={"located": True}), labels, *load_patches(folders[0], labels))


def test_an_embedding_without_any_body_part_is_refused(folders: tuple[Path, Path]) -> None:
    table = folders[1] / "labels.csv"
    table.write_text(table.read_text().replace("liver", "odd"))
    with pytest.raises(CohortError, match="no lesion has a coarse body part"):
        trained(folders, objective=Objective.EMBEDDING, propagation=False)


def test_a_record_tells_what_was_trained_where(folders: tuple[Path, Path]) -> None:
    found = json.loads(record("row", ROW, Labels.load(folders[1]), trained(folders)))
    assert found["kept_epoch"] == {str(ROW.seed): 1}
    assert found["lesions"] == {"train": 10, "val": 10, "test": 10}
    assert found["machine"]["torch"] == torch.__version__
    assert found["params"]["objective"] == "cross-entropy"


def test_exact_thresholds_are_at_least_as_good_on_validation(folders: tuple[Path, Path]) -> None:
    labels = Labels.load(folders[1])
    scores = np.random.default_rng(2).random((30, 3)).astype(np.float32)
    val, truth = labels.of("val"), labels.matrices["relevant_expanded"]
    f1 = [
        per_label(truth[val], scores[val], scores[val] >= thresholds(labels, scores, exact=exact)).f1
        for exact in (False, True)
    ]
    counted = ~labels.matrices["uncertain_expanded"][val]
    assert (f1[1] >= f1[0])[counted.all(axis=0)].all()


def test_labels_that_exclude_each_other_are_called_together_only_where_that_is_allowed(
    folders: tuple[Path, Path],
) -> None:
    labels = Labels.load(folders[1])
    labels.exclusions[0, 2] = labels.exclusions[2, 0] = True
    labels.exclusions[1, 2] = labels.exclusions[2, 1] = True
    scores, limits = np.array([[0.1, 0.9, 0.6]], np.float32), np.array([0.5, 0.5, 0.5])
    assert decide(labels, scores, limits).tolist() == [[True, True, True]]
    assert decide(labels, scores, limits, exclude=True).tolist() == [[True, True, False]]
