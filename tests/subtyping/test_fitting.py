from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import islice, product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lesionary.errors import ParamsError
from lesionary.networks.resnet import ResNetClassifier
from lesionary.subtyping.dmrn import DMRN
from lesionary.subtyping.fitting import Fit, as_input, embed, fit_dmrn, fit_resnet, initialised, predict
from lesionary.training.devices import fix_threads
from lesionary.training.loop import Recipe

NETWORKS = ["dmrn", "resnet"]


def small(network: str, *, fold: int = 0, epochs: int = 2, items: int = 12, batch: int = 4, **more: Any) -> Fit:
    """A narrow network on images whose brightness is their class."""
    rng = np.random.default_rng(3)
    classes = np.arange(items) % 3
    images = torch.as_tensor(rng.random((items, 32, 32)) * 0.2 + classes[:, None, None] * 0.3, dtype=torch.float32)
    more = {"depth": 18, "width": 4, "seed": 5, **more}
    recipe = Recipe(epochs=epochs, batch=batch, learning_rate=0.05)
    if network == "dmrn":
        return fit_dmrn(images, classes, np.arange(items) // 2, recipe=recipe, fold=fold, **more)
    return fit_resnet(images, classes, recipe=recipe, outputs=3, fold=fold, **more)


def parameters(fit: Fit) -> bytes:
    return b"".join(value.numpy().tobytes() for value in fit.model.state_dict().values())


def trained(network: str, fold: int) -> bytes:
    fix_threads(1)
    fit = small(network, fold=fold)
    list(fit.epochs())
    return parameters(fit)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    fix_threads(1)


@pytest.mark.parametrize("network", NETWORKS)
def test_interrupted_and_resumed_is_uninterrupted_to_the_byte(network: str, tmp_path: Path) -> None:
    whole = small(network, epochs=4)
    history = list(whole.epochs())
    stopped = small(network, epochs=4, checkpoint=tmp_path / "fold.pt")
    list(islice(stopped.epochs(), 2))
    resumed = small(network, epochs=4, checkpoint=tmp_path / "fold.pt")
    assert list(resumed.epochs()) == history
    assert parameters(resumed) == parameters(whole) != parameters(stopped)


def test_folds_come_out_the_same_with_one_worker_or_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # where a worker finds this module again
    jobs = list(product(NETWORKS, [0, 1]))
    one = [trained(*job) for job in jobs]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        two = list(pool.map(trained, *zip(*jobs, strict=True)))
    assert one == two
    assert len(set(one)) == 4


@pytest.mark.parametrize("network", NETWORKS)
def test_two_steps_change_every_parameter(network: str) -> None:
    # one step leaves what lies behind a block's zero gamma, which itself moves first
    fit = small(network, epochs=1, items=24, batch=12, depth=50)
    before = {name: value.clone() for name, value in fit.model.named_parameters()}
    list(fit.epochs())
    assert [name for name, value in fit.model.named_parameters() if torch.equal(value, before[name])] == []


def test_dmrn_learns_a_tiny_batch_by_heart() -> None:
    fit = small("dmrn", epochs=40, items=6, batch=6)
    losses = [sum(epoch.losses.values()) for epoch in fit.epochs()]
    assert losses[-1] < 0.1 * losses[0]


def test_resnet_learns_a_tiny_batch_by_heart() -> None:
    fit = small("resnet", epochs=30, items=6, batch=6)
    losses = [epoch.losses["cross_entropy"] for epoch in fit.epochs()]
    assert losses[-1] < 0.1 * losses[0]


def test_both_rows_start_from_one_backbone_and_make_the_same_steps() -> None:
    dmrn, resnet = small("dmrn"), small("resnet")
    assert isinstance(dmrn.model, DMRN)
    assert isinstance(resnet.model, ResNetClassifier)
    for name, value in dmrn.model.backbone.named_parameters():
        assert torch.equal(value, resnet.model.get_parameter(name)), name
    assert len(dmrn.plan(1)) == len(resnet.plan(1)) == 12


def test_a_loss_is_reported_for_every_scale() -> None:
    (epoch,) = small("dmrn", epochs=1, scales=2).epochs()
    assert list(epoch.losses) == ["stage3", "stage4"]


def test_pairs_are_drawn_each_epoch_or_once() -> None:
    def drawn(fit: Fit, epoch: int) -> set[tuple[int, ...]]:
        return {tuple(pair) for pair in fit.plan(epoch).tolist()}

    each, once = small("dmrn"), small("dmrn", redraw="once")
    assert drawn(each, 1) != drawn(each, 2)
    assert drawn(once, 1) == drawn(once, 2)
    assert not np.array_equal(once.plan(1), once.plan(2))
    with pytest.raises(ParamsError, match="'never' is no time"):
        small("dmrn", redraw="never")


def test_building_a_network_leaves_torchs_generator_alone() -> None:
    before = torch.get_rng_state()
    with initialised(1, 2):
        drawn = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), before)
    with initialised(1, 2):
        assert torch.equal(torch.rand(3), drawn)


def test_grey_becomes_three_channels_and_imagenet_values_only_when_pretrained() -> None:
    grey = torch.tensor([[[0, 255]]], dtype=torch.uint8)
    plain = as_input(grey, pretrained=False)
    assert plain.tolist() == [[[[0.0, 1.0]]] * 3]
    assert torch.equal(plain, as_input(grey / 255, pretrained=False))
    shifted = as_input(grey, pretrained=True)[0, :, 0]
    torch.testing.assert_close(shifted[:, 0], torch.tensor([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225]))
    torch.testing.assert_close(shifted[:, 1], torch.tensor([0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225]))


def test_batched_is_one_by_one() -> None:
    images = torch.rand(7, 32, 32)
    for model in (DMRN(18, 4), ResNetClassifier(18, 4, classes=3)):
        whole = embed(model, images, 7)
        assert whole.dtype == np.float32
        for batch in (1, 3):
            np.testing.assert_allclose(embed(model, images, batch), whole, rtol=1e-4, atol=1e-6)


def test_predictions_are_probabilities_and_change_nothing() -> None:
    model = ResNetClassifier(18, 4, classes=3).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = predict(model, torch.rand(5, 32, 32), 2)
    assert found.shape == (5, 3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_trained_weights_are_laid_out_as_safetensors_wants_them(tmp_path: Path) -> None:
    fit = small("dmrn", epochs=1)
    list(fit.epochs())
    assert all(value.is_contiguous() for value in fit.model.state_dict().values())
