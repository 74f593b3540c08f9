from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lesionary.annotation.learning.annotators import ask_neighbours, fit_annotator, fit_embedding, fit_warp
from lesionary.annotation.learning.fitting import Fit, Lesions, as_input, initialised, predict
from lesionary.annotation.learning.lesanet import LesaNet
from lesionary.annotation.learning.losses import MULTISCALE_CNN, Parts, class_weights, objective
from lesionary.annotation.thresholds import best_of_all, best_on_grid
from lesionary.base.errors import CohortError, ParamsError
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
        places=torch.as_tensor(
            np.stack([160 * bright - 80, 0 * half, 2 * half, 2 * half], axis=1), dtype=torch.float32
        ),
        absent=torch.as_tensor(np.stack([~bright, bright, np.zeros(count, bool)], axis=1)),
    )


def network(seed: int = 5, width: int = 2, **more: Any) -> LesaNet:
    with initialised(seed):
        return LesaNet(3, width, 8, **more)


def recipe(epochs: int = 2, batch: int = 4) -> Recipe:
    return Recipe(epochs, batch, 0.02, cosine=False, drop_after=10, fast_biases=True, clip_norm=10.0, drop_last=True)


def small(*, parts: Parts = FEW, items: int = 12, epochs: int = 2, batch: int = 4, **more: Any) -> Fit:
    more = {"validation": lesions(10, seed=1), "seed": 5, **more}
    net = more.pop("network", network(more["seed"], propagation=parts.propagation))
    return fit_annotator(net, lesions(items), recipe=recipe(epochs, batch), parts=parts, **more)


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
    scores = predict(fit.model, held, 4).scores
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
    judged = replace(held, counted=torch.tensor([True, True, False]).expand(10, 3))
    net = network(propagation=False)
    fit = fit_annotator(net, nothing, judged, recipe=recipe(1, 8), parts=MULTISCALE_CNN, seed=0)
    (epoch,) = fit.epochs()
    assert epoch.losses == {"scores": 0}
    scores, truth = predict(fit.model, held, 4).scores[:, :2], held.targets.numpy()[:, :2]
    assert epoch.validation["auc"] == pytest.approx(float(per_label(truth, scores, truth).means()["auc"]))


def test_reliable_hard_examples_need_reliable_negatives() -> None:
    with pytest.raises(ParamsError, match="no negative is known to be reliable"):
        fit_annotator(network(), replace(lesions(4), absent=None), lesions(4), recipe=recipe(), parts=Parts(), seed=0)


def test_a_propagation_layer_without_its_loss_is_refused() -> None:
    with pytest.raises(ParamsError, match="disagree on the propagation layer"):
        fit_annotator(network(), lesions(4), lesions(4), recipe=recipe(), parts=MULTISCALE_CNN, seed=0)


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
    found = predict(fit.model.train(), held, 2)
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


@pytest.mark.parametrize("batch", [4, 8])
def test_scores_that_are_no_confidences_are_left_as_they_are(batch: int) -> None:
    model, held = network(), lesions(8)
    raw = predict(model, held, batch, confidences=False).scores
    np.testing.assert_allclose(predict(model, held, batch).scores, 1 / (1 + np.exp(-raw.astype(float))), rtol=1e-5)


def test_a_tiny_batch_is_ranked_by_heart_and_judged_by_every_threshold() -> None:
    closure = np.zeros((3, 3), bool)
    known = lesions(8)
    fit = fit_warp(network(propagation=False), known, known, recipe=recipe(40, 8), closure=closure, seed=5)
    epochs = list(fit.epochs())
    assert epochs[-1].losses["warp"] < 0.2 * epochs[0].losses["warp"]
    scores, truth = predict(fit.model, known, 8, confidences=False).scores, known.targets.numpy()
    called = scores >= best_of_all(scores, truth)
    assert max(epoch.validation["f1"] for epoch in epochs) == pytest.approx(
        per_label(truth, scores, called).means()["f1"]
    )


def test_the_embedding_learns_no_label_and_its_neighbours_know_them() -> None:
    known = lesions(16)
    parts = known.targets[:, 0].long()  # bright lesions lie in another part of the body
    unlabelled = replace(known, targets=torch.zeros_like(known.targets))
    held = lesions(10, seed=1)
    one, other = (
        fit_embedding(network(propagation=False), some, held, parts, recipe=recipe(10, 16), seed=5)
        for some in (known, unlabelled)
    )
    losses = [[epoch.losses for epoch in fit.epochs()] for fit in (one, other)]
    assert losses[0] == losses[1]
    assert losses[0][-1]["triplet"] < losses[0][0]["triplet"]
    count, found = ask_neighbours(one.model, known, held, batch=16)
    assert count in (1, 3, 5, 10)  # more than 16 neighbours are no other than 16
    assert found["auc"] > 0.9


def test_a_network_that_is_told_places_wants_them() -> None:
    with pytest.raises(ParamsError, match="wants the lesions' places"):
        predict(network(located=True), replace(lesions(2), places=None), 2)
    with pytest.raises(ParamsError, match="learns from places"):
        fit_embedding(
            network(), replace(lesions(2), places=None), lesions(2), torch.zeros(2).long(), recipe=recipe(), seed=0
        )


def test_a_place_alone_tells_lesions_apart() -> None:
    held = replace(lesions(20, seed=1), patches=torch.zeros(20, 3, 32, 32, dtype=torch.int16))
    known = replace(lesions(20), patches=held.patches)
    net = network(located=True, propagation=False)
    fit = fit_annotator(net, known, held, recipe=recipe(30, 10), parts=MULTISCALE_CNN, seed=5)
    assert [*fit.epochs()][-1].validation["auc"] > 0.8  # all that it sees of the patches is zero; by seed .90 to 1


@pytest.mark.parametrize("row", ["resnet", "located"])
def test_one_step_changes_every_parameter_of_the_variants_too(row: str) -> None:
    more: dict[str, Any] = {"resnet": {"width": 8, "backbone": "resnet18"}, "located": {"located": True}}[row]
    fit = small(epochs=2, items=8, batch=8, network=network(**more))
    before = {name: value.clone() for name, value in fit.model.named_parameters()}
    convolutions = [name for name, module in fit.model.named_modules() if isinstance(module, nn.Conv2d)]
    list(fit.epochs())
    still = {name for name, value in fit.model.named_parameters() if torch.equal(value, before[name])}
    assert still <= {f"{name}.bias" for name in convolutions}


def test_losses_of_scores_in_bfloat16_are_finite_and_in_float32() -> None:
    net, known = network(located=True), lesions(8)
    with torch.autocast("cpu", torch.bfloat16):
        found = net(as_input(known.patches), known.boxes, known.places)
        parts = objective(
            found, known.targets, class_weights(known.targets), torch.Generator(), FEW, absent=known.absent
        )
    assert found.scores.dtype == torch.bfloat16
    assert all(part.dtype == torch.float32 and torch.isfinite(part) for part in parts.values())
