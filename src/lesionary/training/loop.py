"""Training as a generator of epochs; checkpoints, curves and progress are its caller's business.

All that is drawn is drawn from the epoch's number, and the learning rate follows from the step's number: the loop
keeps no state but the model's and the optimiser's, so it can go on after any epoch as if it had never stopped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lesionary.base.errors import ParamsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jaxtyping import Float, Int
    from numpy import ndarray
    from torch import Tensor


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: stochastic gradient descent on batches of `batch` items."""

    epochs: int
    batch: int
    learning_rate: float
    momentum: float = 0.9
    weight_decay: float = 1e-4
    cosine: bool = True
    """The learning rate falls to zero along half a cosine; otherwise it stays."""
    drop_after: int | None = None
    """After this many epochs the learning rate is a tenth of what it would be."""
    fast_biases: bool = False
    """Biases learn at twice the rate and do not decay."""
    clip_norm: float | None = None
    """A longer gradient, over all parameters, is shortened to this."""
    drop_last: bool = False
    """An incomplete last batch is left out, unless it is the only one."""
    bf16: bool = False
    """Forward passes in bfloat16, on CUDA only."""


@dataclass(frozen=True)
class Epoch:
    """What one pass over the data did."""

    number: int
    """Counted from 1."""
    losses: dict[str, float]
    """Each part of the loss, mean over the epoch's items; training lowers their sum."""
    learning_rate: float
    """Of the epoch's first step."""
    validation: dict[str, float] = field(default_factory=dict)
    """What was measured after the epoch, where anything was."""


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """Learning rate of `step` (from 0) out of all `steps`.

    >>> [learning_rate(Recipe(epochs=1, batch=1, learning_rate=0.2), step, 4) for step in (0, 2)]
    [0.2, 0.1]
    """
    rate = recipe.learning_rate * ((1 + math.cos(math.pi * step / steps)) / 2 if recipe.cosine else 1.0)
    dropped = recipe.drop_after is not None and step * recipe.epochs >= recipe.drop_after * steps
    return rate / 10 if dropped else rate


def sgd(model: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    """The optimiser of `recipe`; the loop sets its learning rate before every step.

    Not `fused`: on the CPU torch 2.12 then pairs a parameter with the wrong gradients, silently, where their strides
    differ.
    """
    return torch.optim.SGD(
        _bias_groups(model) if recipe.fast_biases else model.parameters(),
        lr=recipe.learning_rate,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
        foreach=True,
    )


def _bias_groups(model: nn.Module) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = [{"params": []}, {"params": [], "times": 2.0, "weight_decay": 0.0}]
    for name, value in model.named_parameters():
        groups[name.endswith("bias")]["params"].append(value)
    return groups


def split(items: Int[Tensor, "items ..."], batch: int, *, drop_last: bool = False) -> list[Int[Tensor, "batch ..."]]:
    """Batches in order. A short last one is kept, unless a single item is left over: BatchNorm has no variance then.

    With `drop_last` no short last one is kept, unless it is all there is.

    >>> [len(part) for part in split(torch.arange(8), 3)], [len(part) for part in split(torch.arange(7), 3)]
    ([3, 3, 2], [3, 3])
    """
    parts = list(items.split(batch))
    short = len(parts[-1]) < batch and (drop_last or len(parts[-1]) == 1)
    return parts[:-1] if len(parts) > 1 and short else parts


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    plan: Callable[[int], Int[ndarray, "items ..."]],
    losses: Callable[[Int[Tensor, "batch ..."]], dict[str, Float[Tensor, ""]]],
    recipe: Recipe,
    *,
    after: int = 0,
) -> Iterator[Epoch]:
    """Train `model` in place, yielding each epoch after epoch `after`.

    `plan` says which items an epoch visits, in order (indices, or pairs of them); `losses` turns a batch of them into
    the parts of its loss. Data stay on the model's device and losses are read once an epoch, so a GPU never waits.
    """
    device = next(model.parameters()).device
    for number in range(after + 1, recipe.epochs + 1):
        model.train()
        batches = split(torch.as_tensor(plan(number), device=device), recipe.batch, drop_last=recipe.drop_last)
        first, last = (number - 1) * len(batches), recipe.epochs * len(batches)
        totals: dict[str, Tensor] = {}
        for step, batch in enumerate(batches, start=first):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(recipe, step, last) * group.get("times", 1.0)
            optimizer.zero_grad()
            with torch.autocast(device.type, torch.bfloat16, enabled=recipe.bf16 and device.type == "cuda"):
                parts = losses(batch)
            torch.stack(list(parts.values())).sum().backward()
            if recipe.clip_norm is not None:
                nn.utils.clip_grad_norm_(model.parameters(), recipe.clip_norm)
            optimizer.step()
            for name, part in parts.items():
                totals[name] = totals.get(name, torch.zeros_like(part)) + part.detach() * len(batch)
        items = sum(len(batch) for batch in batches)
        means = {name: float(total) / items for name, total in totals.items()}
        if not all(map(math.isfinite, means.values())):
            reason = f"at {recipe.learning_rate} training diverged in epoch {number}"
            raise ParamsError("learning_rate", reason, "lower it")
        yield Epoch(number, means, learning_rate(recipe, first, last))
