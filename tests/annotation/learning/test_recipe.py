"""What LesaNet's recipe asks of the loop that DMRN's does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lesionary.training.loop import Recipe, learning_rate, sgd, split, train


def stepped(recipe: Recipe, slope: float = 1.0) -> tuple[nn.Linear, list[float]]:
    """A line whose weight and bias both start at 1 and have `slope` as their gradient, and the rates of its epochs."""
    line = nn.Linear(1, 1)
    nn.init.ones_(line.weight)
    nn.init.ones_(line.bias)

    def losses(batch: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"height": slope * line(torch.ones(len(batch), 1)).mean()}

    epochs = list(train(line, sgd(line, recipe), lambda _: np.arange(2), losses, recipe))
    return line, [epoch.learning_rate for epoch in epochs]


def test_the_rate_drops_to_a_tenth_after_its_epoch() -> None:
    _, rates = stepped(Recipe(epochs=4, batch=1, learning_rate=0.5, cosine=False, drop_after=3))
    assert rates == [0.5, 0.5, 0.5, 0.05]
    recipe = Recipe(epochs=15, batch=1, learning_rate=0.01, cosine=False, drop_after=10)
    assert [learning_rate(recipe, step, 15 * 7) for step in (69, 70)] == [0.01, 0.001]


def test_biases_step_twice_as_far_and_do_not_decay() -> None:
    line, rates = stepped(
        Recipe(epochs=1, batch=2, learning_rate=0.1, weight_decay=0.5, cosine=False, fast_biases=True)
    )
    assert line.weight.item() == pytest.approx(1 - 0.1 * (1 + 0.5 * 1))
    assert line.bias.item() == pytest.approx(1 - 0.2)
    assert rates == [0.1]


def test_a_long_gradient_is_shortened_and_a_short_one_left() -> None:
    recipe = Recipe(epochs=1, batch=2, learning_rate=0.1, weight_decay=0.0, cosine=False, clip_norm=10.0)
    long, _ = stepped(recipe, slope=300.0)
    assert long.bias.item() == long.weight.item() == pytest.approx(1 - 0.1 * 10 / 2**0.5)
    short, _ = stepped(recipe, slope=3.0)
    assert short.bias.item() == pytest.approx(1 - 0.1 * 3)


def test_an_incomplete_batch_is_left_out_unless_it_is_all_there_is() -> None:
    assert [len(part) for part in split(torch.arange(11), 4, drop_last=True)] == [4, 4]
    assert [len(part) for part in split(torch.arange(8), 4, drop_last=True)] == [4, 4]
    assert [len(part) for part in split(torch.arange(3), 4, drop_last=True)] == [3]
