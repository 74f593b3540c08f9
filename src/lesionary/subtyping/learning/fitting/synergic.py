"""Synergic deep learning: two networks that learn side by side, and whether what they see is of one class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from lesionary.subtyping.learning.comparisons.sdl import SDL
from lesionary.subtyping.learning.fitting.fit import Fit, as_input, initialised

if TYPE_CHECKING:
    from pathlib import Path

    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

    from lesionary.training.loop import Recipe


def fit_sdl(
    images: Shaped[Tensor, "images side side"],
    classes: Int[ndarray, " images"],
    *,
    recipe: Recipe,
    outputs: int,
    depth: int,
    width: int = 64,
    synergy: float = 1.0,
    weights: str | None = None,
    seed: int,
    fold: int,
    checkpoint: Path | None = None,
) -> Fit:
    """SDL, `recipe.batch` images a step for each network; `synergy` weighs the synergic network's loss.

    Both networks go through all images once an epoch, each in an order of its own: the n-th of both make a pair.
    """
    with initialised(seed, fold):
        model = SDL(depth, width, classes=outputs)
    if weights is not None:
        model.load(weights)
    labels = torch.as_tensor(classes, device=images.device)

    def plan(epoch: int) -> Int[ndarray, "images 2"]:
        rng = np.random.default_rng([seed, fold, epoch])
        return np.stack([rng.permutation(len(classes)), rng.permutation(len(classes))], axis=1)

    def losses(pairs: Int[Tensor, "pairs 2"]) -> dict[str, Float[Tensor, ""]]:
        first, second = pairs.T
        one, other = (as_input(images[each], pretrained=weights is not None) for each in (first, second))
        found = model.compare(one, other)
        same = (labels[first] == labels[second]).float()
        return {
            "cross_entropy_1": cross_entropy(found.first.float(), labels[first]),
            "cross_entropy_2": cross_entropy(found.second.float(), labels[second]),
            "synergy": synergy * binary_cross_entropy_with_logits(found.same.float(), same),
        }

    return Fit(model.to(images.device), plan, losses, recipe, checkpoint)
