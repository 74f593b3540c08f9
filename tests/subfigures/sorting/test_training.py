"""Training a row on a tiny set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lesionary.base.errors import ParamsError
from lesionary.params.sorting import SorterParams
from lesionary.subfigures.parts import Part
from lesionary.subfigures.sorting.figures import Figures, load_figures
from lesionary.subfigures.sorting.machine import decide
from lesionary.subfigures.sorting.results import Sorted, history
from lesionary.subfigures.sorting.starting import members
from lesionary.subfigures.sorting.training import Learnt, check, train_row
from lesionary.subtyping.learning.candidates import Tried
from lesionary.training.loop import Epoch

SMALL = {
    "seed": 1, "width": 4, "weights": None, "epochs": 1, "batch": 4, "learning_rate": 0.02, "momentum": 0.9,
    "weight_decay": 0.0, "cosine": True, "scales": 4, "margin": 1.0, "redraw": "epoch", "partner": "uniform",
    "svm_c": 1.0,
}  # fmt: skip
DMRN = {"network": "dmrn", "depth": 18}
BOTH = {"network": "googlenet+alexnet"}


def params(**changed: Any) -> SorterParams:
    return SorterParams.check(SMALL | changed, "row")


@pytest.fixture(autouse=True)
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LESIONARY_CHECKPOINTS", str(tmp_path / "kept"))
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    return tmp_path / "kept"


def test_an_ensemble_is_two_networks_and_its_probabilities_are_their_mean(figures: Path, checkpoints: Path) -> None:
    learnt = train_row("both", params(**BOTH), figures)
    assert [one.member for one in learnt] == ["googlenet", "alexnet"]
    first, second = (one.probability for one in learnt)
    assert first is not None
    assert second is not None
    assert first.shape == (38, 3)
    np.testing.assert_allclose(Sorted(learnt, None).probability, (first + second) / 2)
    assert not any(checkpoints.iterdir())  # they vanish at success


def test_dmrn_learns_from_pairs_and_its_vectors_go_to_an_svm(figures: Path) -> None:
    (learnt,) = train_row("dmrn", params(**DMRN), figures)
    assert learnt.probability is None
    assert learnt.embedding.shape == (38, 4 * 8 // 4)
    assert 0 < (learnt.same_class or 0) < 1
    assert list(learnt.epochs[0].losses) == ["stage1", "stage2", "stage3", "stage4"]


def test_a_row_comes_out_the_same_twice_and_with_two_workers(figures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for workers in ("1", "1", "2"):
        monkeypatch.setenv("LESIONARY_WORKERS", workers)
        found.append(train_row("both", params(**BOTH), figures))
    for other in found[1:]:
        for one, again in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(one.embedding, again.embedding)
            assert one.epochs == again.epochs


@pytest.mark.parametrize("row", [DMRN, {"network": "resnet", "depth": 18}])
def test_test_and_validation_images_train_nothing(figures: Path, row: dict[str, Any]) -> None:
    """Blackened, they leave weights and training images as they were."""
    loaded = load_figures(figures)
    (before,) = train_row("row", params(**row), figures)
    kept = loaded.pixels.copy()
    try:
        for part in (Part.TEST, Part.VALIDATION):
            loaded.pixels[loaded.of(part)] = 0
        (after,) = train_row("row", params(**row), figures)
    finally:
        loaded.pixels[:] = kept
    train = loaded.of(Part.TRAIN)
    np.testing.assert_array_equal(after.embedding[train], before.embedding[train])
    assert (after.embedding[loaded.of(Part.TEST)] != before.embedding[loaded.of(Part.TEST)]).any()


def test_of_several_learning_rates_the_one_that_does_best_on_validation_is_taken(figures: Path) -> None:
    tried = {"learning_rate": [1e-9, 0.05], "epochs": 6, "network": "resnet", "depth": 18}
    (learnt,) = train_row("row", params(**tried), figures)
    assert learnt.tried.candidates == ((1e-9, 0.0), (0.05, 0.0))
    assert learnt.tried.chosen == (0.05, 0.0)
    assert all(score * 5 == pytest.approx(round(score * 5)) for score in learnt.tried.scores)  # of five images
    assert learnt.epochs[0].learning_rate == 0.05


def test_a_list_needs_images_that_validate(figures: Path) -> None:
    loaded = load_figures(figures)
    table = loaded.table.filter(loaded.table["part"] != "validation")
    bare = Figures(table, loaded.classes, loaded.label, loaded.pixels)
    check(params(**DMRN), bare)
    for changed in ({"learning_rate": [0.1, 0.2]}, {"svm_c": [1.0, 2.0]}):
        with pytest.raises(ParamsError, match=r"subfigures\.validation: no class has so many training images"):
            check(params(**DMRN, **changed), bare)


def test_an_svm_is_fitted_on_training_images_alone(figures: Path) -> None:
    loaded = load_figures(figures)
    level = loaded.grey().mean(axis=(1, 2))[:, None]
    x = np.hstack([level, level**2])  # so that the class between two others has a plane of its own
    machine = decide(x, loaded, (10.0,))
    test = loaded.of(Part.TEST)
    assert (machine.probability[test].argmax(axis=1) == loaded.label[test]).all()
    np.testing.assert_allclose(machine.probability.sum(axis=1), 1)
    spoilt = np.where(np.isin(np.arange(len(x)), loaded.of(Part.TRAIN))[:, None], x, 0.5)
    np.testing.assert_array_equal(decide(spoilt, loaded, (10.0,)).svm.weight, machine.svm.weight)


def test_of_several_c_the_first_that_does_best_on_validation_is_taken(figures: Path) -> None:
    loaded, cs = load_figures(figures), (1e-6, 1e-3, 1.0, 1e3)
    x = np.random.default_rng(8).normal(size=(len(loaded.label), 6)) + loaded.label[:, None] / 2
    alone = [decide(x, loaded, (c,)).accuracy for c in cs]
    assert len(set(alone)) > 1
    assert float(decide(x, loaded, cs).svm.c) == cs[int(np.argmax(alone))]


def test_hand_crafted_features_train_no_network(figures: Path) -> None:
    row = params(network="hand-crafted")
    assert members(row) == ()
    assert train_row("floor", row, figures) == []


def test_a_history_names_its_network_and_parts_of_a_loss_where_there_are_several() -> None:
    def learnt(member: str, losses: dict[str, float]) -> Learnt:
        nothing = np.zeros((0, 0), np.float32)
        return Learnt(member, {}, [Epoch(1, losses, 0.5)], nothing, None, None, Tried(((0.5, 0.0),), (1.0,)))

    assert history([learnt("a", {"cross_entropy": 2.0}), learnt("b", {"cross_entropy": 1.0})]).rows() == [
        ("a", 1, 0.5, 2.0),
        ("b", 1, 0.5, 1.0),
    ]
    parts = history([learnt("dmrn", {"stage1": 2.0, "stage2": 1.0})])
    assert parts.to_dicts() == [
        {"network": "dmrn", "epoch": 1, "learning_rate": 0.5, "loss": 3.0, "stage1": 2.0, "stage2": 1.0}
    ]
    assert history([]).columns == ["network", "epoch", "learning_rate", "loss"]
