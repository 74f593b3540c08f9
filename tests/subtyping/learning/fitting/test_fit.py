from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import islice, product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from closeness import assert_same_sums

from lesionary.base.errors import ParamsError
from lesionary.networks.regnet import RegNetClassifier
from lesionary.networks.resnet import ResNetClassifier
from lesionary.subtyping.learning.comparisons.alexnet import AlexNet
from lesionary.subtyping.learning.comparisons.arl import ARL
from lesionary.subtyping.learning.comparisons.cnn3d import CNN3D
from lesionary.subtyping.learning.comparisons.googlenet import GoogLeNet
from lesionary.subtyping.learning.comparisons.sdl import SDL
from lesionary.subtyping.learning.comparisons.vgg19 import VGG19
from lesionary.subtyping.learning.dmrn import ConcatenatedDMRN, SingleBranch
from lesionary.subtyping.learning.fitting.classifier import fit_classifier
from lesionary.subtyping.learning.fitting.fit import Fit, as_input, initialised
from lesionary.subtyping.learning.fitting.pairs import fit_dmrn
from lesionary.subtyping.learning.fitting.synergic import fit_sdl
from lesionary.subtyping.learning.fitting.using import embed, predict
from lesionary.training.devices import fix_threads
from lesionary.training.loop import Recipe

BEYOND = {
    "hard": {"mining": "hard"},
    "joint": {"naming": 1.0},
    "dmrn_regnet": {"encoder": "regnet", "depth": 65, "width": 8},
}
NETWORKS = [
    "dmrn",
    "concatenated",
    "resnet",
    "sdl",
    "vgg19",
    "cnn3d",
    "arl",
    "single",
    "alexnet",
    "googlenet",
    "regnet",
    *BEYOND,
]
BUILD = {
    "resnet": lambda depth, width: ResNetClassifier(depth, width, classes=3),
    "arl": lambda depth, width: ARL(50, width, classes=3),
    "single": lambda depth, width: SingleBranch(depth, width, classes=3),
    "vgg19": lambda depth, width: VGG19(width, 32, classes=3),
    "alexnet": lambda depth, width: AlexNet(width, 64, classes=3),
    "googlenet": lambda depth, width: GoogLeNet(8, classes=3),
    "cnn3d": lambda depth, width: CNN3D(width, 8, classes=3),
    "regnet": lambda depth, width: RegNetClassifier(65, 8, classes=3),
}


def small(network: str, *, fold: int = 0, epochs: int = 2, items: int = 12, batch: int = 4, **more: Any) -> Fit:
    """A narrow network on images, or volumes, whose brightness is their class."""
    rng = np.random.default_rng(3)
    classes = np.arange(items) % 3
    shape = {"cnn3d": (items, 8, 8, 8), "alexnet": (items, 3, 64, 64), "googlenet": (items, 3, 64, 64)}.get(
        network, (items, 32, 32)
    )
    bright = classes.reshape(-1, *(1 for _ in shape[1:])) * 0.3
    images = torch.as_tensor(rng.random(shape) * 0.2 + bright, dtype=torch.float32)
    more = BEYOND.get(network, {}) | more
    sized = {"depth": more.pop("depth", 18), "width": more.pop("width", 4)}
    rate = 0.01 if network in ("vgg19", "cnn3d", "alexnet") else 0.05
    common = {"recipe": Recipe(epochs=epochs, batch=batch, learning_rate=rate), "seed": 5, "fold": fold, **more}
    if network in ("dmrn", "concatenated", *BEYOND):
        whole = {"concatenated": network == "concatenated", **sized, **common}
        return fit_dmrn(images, classes, np.arange(items) // 2, **whole)
    if network == "sdl":
        return fit_sdl(images, classes, outputs=3, **sized, **common)
    return fit_classifier(images, classes, build=lambda: BUILD[network](**sized), **common)


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
    monkeypatch.syspath_prepend(Path(__file__).parents[4])  # where a worker finds this module again
    jobs = list(product(["dmrn", "vgg19"], [0, 1]))
    one = [trained(*job) for job in jobs]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        two = list(pool.map(trained, *zip(*jobs, strict=True)))
    assert one == two
    assert len(set(one)) == 4


@pytest.mark.parametrize("network", NETWORKS)
def test_two_steps_change_every_parameter(network: str) -> None:
    # one step leaves what lies behind a block's zero gamma, which itself moves first
    deeper = {"depth": 50} if network in ("dmrn", "resnet") else {}
    fit = small(network, epochs=1, items=24, batch=12, **deeper)
    before = {name: value.clone() for name, value in fit.model.named_parameters()}
    list(fit.epochs())
    assert [name for name, value in fit.model.named_parameters() if torch.equal(value, before[name])] == []


@pytest.mark.parametrize("network", ["dmrn", "joint", "dmrn_regnet"])
def test_dmrn_learns_a_tiny_batch_by_heart(network: str) -> None:
    fit = small(network, epochs=40, items=6, batch=6)
    losses = [sum(epoch.losses.values()) for epoch in fit.epochs()]
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize("network", ["resnet", "sdl", "arl", "single", "cnn3d", "regnet"])
def test_a_tiny_batch_is_learnt_by_heart(network: str) -> None:
    fit = small(network, epochs=40, items=6, batch=6)
    losses = [sum(epoch.losses.values()) for epoch in fit.epochs()]
    assert losses[-1] < (0.5 if network == "cnn3d" else 0.2) * losses[0]


@pytest.mark.parametrize(
    ("network", "inside"),
    [("dmrn", "backbone."), ("concatenated", "backbone."), ("single", "backbone."), ("sdl", "first.")],
)
def test_rows_start_from_one_backbone_and_make_the_same_steps(network: str, inside: str) -> None:
    other, resnet = small(network), small("resnet")
    shared = [name for name, _ in resnet.model.named_parameters() if not name.startswith("fc.")]
    for name in shared:
        assert torch.equal(other.model.get_parameter(f"{inside}{name}"), resnet.model.get_parameter(name)), name
    assert len(other.plan(1)) == len(resnet.plan(1)) == 12


def test_the_attending_resnet_starts_from_the_plain_ones_backbone() -> None:
    attending, plain = small("arl", depth=50), small("resnet", depth=50)
    for name, value in plain.model.named_parameters():
        assert torch.equal(value, attending.model.get_parameter(name)), name


def test_a_loss_is_reported_for_every_scale() -> None:
    (epoch,) = small("dmrn", epochs=1, scales=2).epochs()
    assert list(epoch.losses) == ["stage3", "stage4"]


def test_the_loss_of_concatenated_pairs_is_binary_cross_entropy_on_whether_they_differ() -> None:
    fit = small("concatenated", epochs=1, items=6, batch=6)
    model = fit.model
    assert isinstance(model, ConcatenatedDMRN)
    torch.nn.init.zeros_(model.compare.weight)
    torch.nn.init.constant_(model.compare.bias, 1.0)
    different = np.array([a % 3 != b % 3 for a, b in fit.plan(1)])
    likely = 1 / (1 + np.exp(-1.0))
    (epoch,) = fit.epochs()
    expected = -np.where(different, np.log(likely), np.log(1 - likely)).mean()
    assert epoch.losses == {"binary_cross_entropy": pytest.approx(expected, rel=1e-5)}


def test_encoders_share_their_start_with_the_classifier_of_their_kind() -> None:
    paired, alone = small("dmrn_regnet"), small("regnet")
    for name, value in alone.model.named_parameters():
        if not name.startswith("fc."):
            assert torch.equal(paired.model.get_parameter(f"backbone.{name}"), value), name


@pytest.mark.parametrize("network", ["hard", "joint"])
def test_what_goes_beyond_the_paper_starts_and_draws_as_dmrn_does(network: str) -> None:
    beyond, dmrn = small(network), small("dmrn")
    for name, value in dmrn.model.named_parameters():
        assert torch.equal(beyond.model.get_parameter(name), value), name
    assert np.array_equal(beyond.plan(2), dmrn.plan(2))


def test_joint_cross_entropy_is_weighed_and_stands_beside_the_other_parts() -> None:
    first = {weight: next(small("joint", epochs=1, items=6, batch=6, naming=weight).epochs()) for weight in (1.0, 3.0)}
    assert list(first[1.0].losses) == ["stage1", "stage2", "stage3", "stage4", "cross_entropy"]
    assert first[3.0].losses["cross_entropy"] == pytest.approx(3 * first[1.0].losses["cross_entropy"], rel=1e-6)
    assert first[3.0].losses["stage4"] == pytest.approx(first[1.0].losses["stage4"], rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "reason"), [({"mining": "soft"}, "'soft' is no way"), ({"encoder": "vgg"}, "'vgg' is no network")]
)
def test_an_unknown_mining_or_encoder_is_refused(wrong: dict[str, str], reason: str) -> None:
    with pytest.raises(ParamsError, match=reason):
        small("dmrn", **wrong)


def test_a_synergy_of_nought_leaves_two_networks_on_their_own() -> None:
    fit = small("sdl", epochs=1, synergy=0.0)
    assert isinstance(fit.model, SDL)
    (epoch,) = fit.epochs()
    assert epoch.losses["synergy"] == 0
    first, second = fit.plan(1).T
    assert sorted(first) == sorted(second) == list(range(12))
    assert list(first) != list(second)


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


def test_grey_becomes_three_channels_colour_stays_and_imagenet_values_come_only_when_pretrained() -> None:
    grey = torch.tensor([[[0, 255]]], dtype=torch.uint8)
    plain = as_input(grey, pretrained=False)
    assert plain.tolist() == [[[[0.0, 1.0]]] * 3]
    assert torch.equal(plain, as_input(grey / 255, pretrained=False))
    assert as_input(torch.rand(2, 4, 4, 4), pretrained=True).shape == (2, 1, 4, 4, 4)
    colour = torch.rand(2, 3, 8, 8)
    assert torch.equal(as_input(colour, pretrained=False), colour)
    assert torch.equal(
        as_input((colour * 255).to(torch.uint8), pretrained=False)[0, 1], (colour * 255)[0, 1].byte() / 255
    )
    shifted = as_input(grey, pretrained=True)[0, :, 0]
    torch.testing.assert_close(shifted[:, 0], torch.tensor([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225]))
    torch.testing.assert_close(shifted[:, 1], torch.tensor([0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225]))


@pytest.mark.parametrize("network", NETWORKS)
def test_batched_is_one_by_one(network: str) -> None:
    sides = {"cnn3d": (8, 8, 8), "alexnet": (3, 64, 64)}.get(network, (32, 32))
    images = torch.rand(7, *sides)
    model = small(network).model
    whole = embed(model, images, 7)
    assert whole.dtype == np.float32
    for batch in (1, 3):
        assert_same_sums(embed(model, images, batch), whole)


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
