"""DMRN, and its ablations that keep the pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from lesionary.errors import ParamsError
from lesionary.subtyping.learning.dmrn import DMRN, ConcatenatedDMRN
from lesionary.subtyping.learning.fitting.fit import Fit, as_input, initialised
from lesionary.subtyping.learning.losses import multi_scale
from lesionary.subtyping.learning.pairs import draw_pairs

if TYPE_CHECKING:
    from pathlib import Path

    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

    from lesionary.training.loop import Recipe

REDRAWS = ("epoch", "once")


def fit_dmrn(
    images: Shaped[Tensor, "images side side"],
    classes: Int[ndarray, " images"],
    studies: Int[ndarray, " images"],
    *,
    recipe: Recipe,
    depth: int,
    width: int = 64,
    scales: int = 4,
    concatenated: bool = False,
    weights: str | None = None,
    margin: float = 1.0,
    partner: str = "uniform",
    same_study: bool = True,
    redraw: str = "epoch",
    seed: int,
    fold: int,
    checkpoint: Path | None = None,
) -> Fit:
    """DMRN on pairs, `recipe.batch` of them a step, with the contrastive loss of every stage.

    `concatenated`: without similarity feature learning. It compares one scale alone, whatever `scales`.
    """
    if redraw not in REDRAWS:
        raise ParamsError("redraw", f"{redraw!r} is no time to draw pairs", f"one of {', '.join(REDRAWS)}")
    with initialised(seed, fold):
        model = ConcatenatedDMRN(depth, width) if concatenated else DMRN(depth, width, scales)
    if weights is not None:
        model.backbone.load(weights)
    labels = torch.as_tensor(classes, device=images.device)

    def plan(epoch: int) -> Int[ndarray, "images 2"]:
        rng = np.random.default_rng([seed, fold, epoch])
        if redraw == "epoch":
            return draw_pairs(classes, studies, rng, partner, same_study)
        once = np.random.default_rng([seed, fold, 0])  # epochs count from 1
        return rng.permutation(draw_pairs(classes, studies, once, partner, same_study))

    def losses(pairs: Int[Tensor, "pairs 2"]) -> dict[str, Float[Tensor, ""]]:
        first, second = pairs.T
        vectors = model(as_input(images[torch.cat([first, second])], pretrained=weights is not None))
        different = labels[first] != labels[second]
        if isinstance(model, ConcatenatedDMRN):
            logits = model.differ(*vectors[-1].chunk(2)).float()
            return {"binary_cross_entropy": binary_cross_entropy_with_logits(logits, different.float())}
        parts = multi_scale(vectors, different, margin=margin)
        return {f"stage{4 - scales + index}": part for index, part in enumerate(parts, start=1)}

    return Fit(model.to(images.device), plan, losses, recipe, checkpoint)
