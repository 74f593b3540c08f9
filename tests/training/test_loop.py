from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lesionary.base.errors import ParamsError
from lesionary.training.loop import Epoch, Recipe, learning_rate, sgd, split, train

TARGETS = torch.tensor([1.0, 2.0, 3.0, 6.0])


class Number(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(()))


def run(recipe: Recipe, model: Number | None = None, items: int = 4) -> tuple[list[Epoch], float]:
    model = model or Number()

    def losses(batch: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"near": (model.value - TARGETS[batch]).square().mean() / 2, "small": 0 * model.value}

    epochs = list(train(model, sgd(model, recipe), lambda _: np.arange(items), losses, recipe))
    return epochs, model.value.item()


def test_two_steps_by_hand() -> None:
    recipe = Recipe(epochs=1, batch=2, learning_rate=0.5, momentum=0.5, weight_decay=0.0, cosine=False)
    epochs, value = run(recipe)
    # step 1: gradient 0 - 1.5, value 0.75; step 2: gradient 0.75 - 4.5 = -3.75, velocity -3.75 + 0.5 * -1.5 = -4.5
    assert value == pytest.approx(0.75 + 0.5 * 4.5)
    first, second = (1 + 4) / 4, (2.25**2 + 5.25**2) / 4
    assert epochs == [Epoch(1, {"near": (first + second) / 2, "small": 0.0}, 0.5)]


def test_weight_decay_pulls_to_zero() -> None:
    model = Number()
    nn.init.constant_(model.value, 2.0)
    _, value = run(Recipe(1, 4, 0.5, momentum=0.0, weight_decay=0.1, cosine=False), model)
    assert value == pytest.approx(2.0 - 0.5 * ((2.0 - 3.0) + 0.1 * 2.0))


def test_an_epochs_loss_is_the_mean_over_items_not_over_batches() -> None:
    epochs, _ = run(Recipe(1, 3, 1e-12, cosine=False))
    assert epochs[0].losses["near"] == pytest.approx((1 + 4 + 9) / 6)  # the fourth alone is dropped
    epochs, _ = run(Recipe(1, 4, 1e-12, cosine=False))
    assert epochs[0].losses["near"] == pytest.approx((1 + 4 + 9 + 36) / 8)


def test_a_cosine_falls_from_the_full_rate_to_zero() -> None:
    recipe = Recipe(epochs=3, batch=2, learning_rate=0.4)
    rates = [learning_rate(recipe, step, 6) for step in range(6)]
    assert rates[::3] == [0.4, pytest.approx(0.2)]
    assert 0 < rates[5] < 0.03
    assert rates == sorted(rates, reverse=True)
    epochs, _ = run(recipe)
    assert [epoch.learning_rate for epoch in epochs] == [rates[0], rates[2], rates[4]]


def test_a_constant_rate_stays() -> None:
    epochs, _ = run(Recipe(epochs=3, batch=2, learning_rate=0.4, cosine=False))
    assert [epoch.learning_rate for epoch in epochs] == [0.4] * 3


def test_epochs_go_on_after_those_done() -> None:
    model, recipe = Number(), Recipe(epochs=5, batch=2, learning_rate=0.1)
    visited = []

    def plan(epoch: int) -> np.ndarray:
        visited.append(epoch)
        return np.arange(4)

    epochs = train(model, sgd(model, recipe), plan, lambda batch: {"loss": model.value.square()}, recipe, after=3)
    assert [epoch.number for epoch in epochs] == visited == [4, 5]


def test_a_single_item_left_over_is_dropped_and_two_are_kept() -> None:
    assert [part.tolist() for part in split(torch.arange(5), 2)] == [[0, 1], [2, 3]]
    assert [part.tolist() for part in split(torch.arange(5), 3)] == [[0, 1, 2], [3, 4]]
    assert [part.tolist() for part in split(torch.arange(2), 1)] == [[0], [1]]  # single items, but not left over


def test_the_model_is_in_training_mode_whatever_the_caller_did_between_epochs() -> None:
    model, modes = Number(), []
    recipe = Recipe(epochs=2, batch=4, learning_rate=0.1)

    def losses(_: torch.Tensor) -> dict[str, torch.Tensor]:
        modes.append(model.training)
        return {"loss": model.value.square()}

    for _ in train(model, sgd(model, recipe), lambda _: np.arange(4), losses, recipe):
        model.eval()
    assert modes == [True, True]


def test_training_that_diverges_is_refused_with_the_way_out() -> None:
    with pytest.raises(ParamsError, match=r"at 1e\+30 training diverged in epoch 1 \(lower it\)"):
        run(Recipe(epochs=3, batch=2, learning_rate=1e30))
