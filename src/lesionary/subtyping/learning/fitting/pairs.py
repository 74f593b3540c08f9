"""DMRN, its ablations that keep the pairs, and what goes beyond the paper in choosing and judging them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from lesionary.base.errors import ParamsError
from lesionary.subtyping.learning.dmrn import DMRN, ConcatenatedDMRN
from lesionary.subtyping.learning.fitting.fit import Fit, as_input, initialised
from lesionary.subtyping.learning.losses import hardest, multi_scale
from lesionary.subtyping.learning.pairs import draw_pairs

if TYPE_CHECKING:
    from pathlib import Path

    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

    from lesionary.training.loop import Recipe

REDRAWS = ("epoch", "once")
MININGS = ("none", "hard")


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
    mining: str = "none",
    naming: float = 0.0,
    encoder: str = "resnet",
    seed: int,
    fold: int,
    checkpoint: Path | None = None,
) -> Fit:
    """DMRN on pairs, `recipe.batch` of them a step, with the contrastive loss of every stage.

    `concatenated`: without similarity feature learning. It compares one scale alone, whatever `scales`, and what goes
    beyond the paper is not for it: `mining` "hard" compares at each stage the hardest pairs of a step's images instead
    of those that were drawn, `naming` weighs softmax cross-entropy on the last stage's vector, and `encoder` takes the
    ResNet's place.
    """
    if redraw not in REDRAWS:
        raise ParamsError("redraw", f"{redraw!r} is no time to draw pairs", f"one of {', '.join(REDRAWS)}")
    if mining not in MININGS:
        raise ParamsError("mining", f"{mining!r} is no way to choose pairs", f"one of {', '.join(MININGS)}")
    outputs = int(classes.max()) + 1 if naming else 0
    with initialised(seed, fold):
        if concatenated:
            model: DMRN = ConcatenatedDMRN(depth, width)
        else:
            model = DMRN(depth, width, scales, encoder=encoder, classes=outputs)
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
        items = torch.cat([first, second])
        vectors = model(as_input(images[items], pretrained=weights is not None))
        different = labels[first] != labels[second]
        if isinstance(model, ConcatenatedDMRN):
            logits = model.differ(*vectors[-1].chunk(2)).float()
            return {"binary_cross_entropy": binary_cross_entropy_with_logits(logits, different.float())}
        if mining == "hard":
            parts = [hardest(stage, labels[items], items, margin=margin) for stage in vectors]
        else:
            parts = multi_scale(vectors, different, margin=margin)
        found = {f"stage{4 - scales + index}": part for index, part in enumerate(parts, start=1)}
        if naming:
            found["cross_entropy"] = naming * cross_entropy(model.name(vectors[-1]).float(), labels[items])
        return found

    return Fit(model.to(images.device), plan, losses, recipe, checkpoint)
