from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lesionary.annotation.fitting import Fit, Lesions, as_input, fit_annotator, initialised, predict
from lesionary.annotation.losses import MULTISCALE_CNN, Parts
from lesionary.annotation.thresholds import best_on_grid
from lesionary.errors import CohortError, ParamsError
from lesionary.evaluation.multilabel import per_label
from lesionary.training.devices import fix_threads
from lesionary.training.loop import Recipe

FEW = Parts(draws=200, triplets=100)
ROWS = {"lesanet": FEW, "multiscale_cnn": MULTISCALE_CNN}


def lesions(count: int, seed: int = 0) -> Lesions:
    """Bright lesions, dark ones, exclusive with those, and large ones."""
    rng = np.random.default_rng(seed)
    bright, large = rng.random(count) < 0.5, rng.random(count) < 0.5
    bright[:2], large[:2] = [True, False], [True, False]
    half = np.where(large, 10, 5)
    hu = rng.normal(0, 40, (count, 3, 32, 32))
    for patch, radius, level in zip(hu, half, np.where(bright, 400, -400), strict=True):
        patch[:, 16 - radius : 16 + radius, 16 - radius : 16 + radius] += level
    targets = torch.as_tensor(np.stack([bright, ~bright, large], axis=1))
    return Lesions(
        patches=torch.as_tensor(hu.astype(np.int16)),
        boxes=torch.as_tensor(np.stack([16 - half, 16 - half, 15 + half, 15 + half], axis=1), dtype=torch.float32),
        targets=targets,
        absent=torch.as_tensor(np.stack([~bright, bright, np.zeros(count, bool)], axis=1)),
    )


def small(*, parts: Parts = FEW, items: int = 12, epochs: int = 2, batch: int = 4, **more: Any) -> Fit:
    recipe = Recipe(epochs, batch, 0.02, cosine=False, drop_after=10, fast_biases=True, clip_norm=10.0, drop_last=True)
    more = {"validation": lesions(10, seed=1), "width": 2, "features": 8, "seed": 5, **more}
    return fit_annotator(lesions(items), recipe=recipe, parts=parts, **more)


def parameters(fit: Fit) -> bytes:
    return b"".join(value.numpy().tobytes() for value in fit.model.state_dict().values())


@pytest.fixture(autouse=True)
def one_thread() -> None:
    fix_threads(1)


@pytest.mark.parametrize("parts", ROWS.values(), ids=ROWS)
def test_interrupted_and_resumed_is_uninterrupted_to_the_byte(parts: Parts, tmp_path: Path) -> None:
    whole = small(parts=parts, epochs=5)
    history = list(whole.epochs())
    list(islice(small(parts=parts, epochs=5, checkpoint=tmp_path / "row.pt").epochs(), 2))
    resumed = small(parts=parts, epochs=5, checkpoint=tmp_path / "row.pt")
    assert list(resumed.epochs()) == history
    assert parameters(resumed) == parameters(whole)
    finished = small(parts=parts, epochs=5, checkpoint=tmp_path / "row.pt")
    assert list(finished.epochs()) == history
    assert parameters(finished) == parameters(whole)


def test_another_seed_is_another_network() -> None:
    one, again, other = small(epochs=1), small(epochs=1), small(epochs=1, seed=6)
    for fit in (one, again, other):
        list(fit.epochs())
    assert parameters(one) == parameters(again) != parameters(other)


@pytest.mark.parametrize("row", ROWS)
def test_one_step_changes_every_parameter_that_the_loss_can_see(row: str) -> None:
    fit = small(parts=ROWS[row], epochs=1, items=8, batch=8)
    before = {name: value.clone() for name, value in fit.model.named_parameters()}
    convolutions = [name for name, module in fit.model.named_modules() if isinstance(module, nn.Conv2d)]
    list(fit.epochs())
    still = {name for name, value in fit.model.named_parameters() if torch.equal(value, before[name])}
    still -= {f"{name}.bias" for name in convolutions}  # batch normalisation takes them out again
    assert still == (set() if row == "lesanet" else {"embed.weight", "embed.bias"})


@pytest.mark.parametrize("parts", ROWS.values(), ids=ROWS)
def test_a_tiny_batch_is_learnt_by_heart(parts: Parts) -> None:
    fit = small(parts=parts, epochs=40, items=8, batch=8, validation=lesions(8))
    losses = [epoch.losses["scores"] for epoch in fit.epochs()]
    assert losses[-1] < 0.1 * losses[0]


def test_the_epoch_with_the_best_f1_is_kept() -> None:
    held = lesions(30, seed=1)
    fit = small(epochs=6, validation=held)
    best, kept = -1.0, b""
    for epoch in fit.epochs():
        if epoch.validation["f1"] > best:
            best, kept = epoch.validation["f1"], parameters(fit)
    assert parameters(fit) == kept
    scores = predict(fit.model, held.patches, held.boxes, 4).scores
    truth = held.targets.numpy()
    again = per_label(truth, scores, scores >= best_on_grid(scores, truth)).means()
    assert again["f1"] == pytest.approx(best)


def test_decisions_are_expanded_before_they_are_judged() -> None:
    (plain,) = small(epochs=1).epochs()
    (expanded,) = small(epochs=1, expand=np.ones_like).epochs()
    truth = lesions(10, seed=1).targets.numpy()
    assert expanded.validation["recall"] == 1
    assert expanded.validation["precision"] == pytest.approx(truth.mean())
    assert expanded.validation["auc"] == plain.validation["auc"]


def test_cells_that_do_not_count_are_neither_learnt_nor_judged() -> None:
    held = lesions(10, seed=1)
    nothing = replace(lesions(8), counted=torch.zeros(8, 3, dtype=torch.bool))
    recipe = Recipe(1, 8, 0.01)
    judged = replace(held, counted=torch.tensor([True, True, False]).expand(10, 3))
    fit = fit_annotator(nothing, judged, recipe=recipe, parts=MULTISCALE_CNN, width=2, seed=0)
    (epoch,) = fit.epochs()
    assert epoch.losses == {"scores": 0}
    scores, truth = predict(fit.model, held.patches, held.boxes, 4).scores[:, :2], held.targets.numpy()[:, :2]
    assert epoch.validation["auc"] == pytest.approx(float(per_label(truth, scores, truth).means()["auc"]))


def test_reliable_hard_examples_need_reliable_negatives() -> None:
    with pytest.raises(ParamsError, match="no negative is known to be reliable"):
        fit_annotator(
            replace(lesions(4), absent=None), lesions(4), recipe=Recipe(1, 4, 0.01), parts=Parts(), width=2, seed=0
        )


def test_a_validation_without_a_label_to_measure_is_refused() -> None:
    held = replace(lesions(4), targets=torch.ones(4, 3, dtype=torch.bool))
    with pytest.raises(CohortError, match="no label has lesions with it and without it"):
        small(validation=held)


def test_bytes_hu_and_floats_are_one_image() -> None:
    hu = torch.tensor([-3000, -1024, 3071, 4000], dtype=torch.int16)
    found = as_input(hu)
    torch.testing.assert_close(found, torch.tensor([-50.0, -50.0, 205.0, 205.0]) / 255)
    torch.testing.assert_close(as_input(torch.tensor([0, 0, 255, 255], dtype=torch.uint8)), found)
    assert as_input(found) is found


def test_predictions_are_confidences_after_propagation_and_change_nothing() -> None:
    fit, held = small(), lesions(5)
    with torch.no_grad():
        assert fit.model.propagate is not None
        fit.model.propagate.bias.fill_(100)
    before = {name: value.clone() for name, value in fit.model.state_dict().items()}
    found = predict(fit.model.train(), held.patches, held.boxes, 2)
    assert (found.scores == 1).all()
    assert found.scores.dtype == found.embedding.dtype == np.float32
    assert (found.scores.shape, found.embedding.shape) == ((5, 3), (5, 8))
    assert all(torch.equal(value, before[name]) for name, value in fit.model.state_dict().items())


def test_building_a_network_leaves_torchs_generator_alone() -> None:
    before = torch.get_rng_state()
    with initialised(1):
        drawn = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    with initialised(1):
        assert torch.equal(torch.rand(3), drawn)


def test_trained_weights_are_laid_out_as_safetensors_wants_them() -> None:
    fit = small(epochs=1)
    list(fit.epochs())
    assert all(value.is_contiguous() for value in fit.model.state_dict().values())
