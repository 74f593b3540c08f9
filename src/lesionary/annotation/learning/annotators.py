"""The three ways to an annotator: LesaNet and what it is made of, WARP, and the lesion embedding (LesaNet, 5.4).

All train the same network; the epoch with the best mean F1 on validation is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from lesionary.annotation.learning.fitting import Fit, fit, predict
from lesionary.annotation.learning.kinship import LIKE, NEIGHBOURS, kinship, neighbour_scores
from lesionary.annotation.learning.losses import Parts, class_weights, objective
from lesionary.annotation.learning.triplets import choose, triplet_loss
from lesionary.annotation.learning.warp import search, warp_loss
from lesionary.annotation.thresholds import best_of_all, best_on_grid
from lesionary.base.errors import CohortError, ParamsError
from lesionary.evaluation.multilabel import measurable, per_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jaxtyping import Bool, Float, Int
    from numpy import ndarray
    from torch import Generator, Tensor

    from lesionary.annotation.learning.fitting import Judge, Lesions
    from lesionary.annotation.learning.lesanet import Annotation, LesaNet
    from lesionary.training.loop import Recipe

    Expand = Callable[[Bool[ndarray, "lesions labels"]], Bool[ndarray, "lesions labels"]]
    Thresholds = Callable[..., Float[ndarray, " labels"]]
    Measure = Callable[[Float[ndarray, "lesions labels"]], dict[str, float]]


def fit_annotator(
    network: LesaNet,
    lesions: Lesions,
    validation: Lesions,
    *,
    recipe: Recipe,
    parts: Parts,
    expand: Expand = np.asarray,
    seed: int,
    checkpoint: Path | None = None,
) -> Fit:
    """LesaNet with `parts` of its loss; the epoch with the best mean F1 on validation is kept.

    `expand` adds to decisions the labels that they imply, as whoever uses the network will. The authors' recipe is
    15 epochs, batch 128, learning rate 0.01, constant but dropping after 10 epochs, fast biases, gradients clipped at
    10, incomplete batches left out.
    """
    if parts.hard_examples == "reliable" and lesions.absent is None:
        raise ParamsError("hard_examples", "no negative is known to be reliable", "give `absent`, or mine all or none")
    if parts.propagation != (network.propagate is not None):
        reason = "the network and its loss disagree on the propagation layer"
        raise ParamsError("propagation", reason, "give both or neither")
    weights = class_weights(lesions.targets, clamp=parts.clamp)

    def losses(found: Annotation, batch: Int[Tensor, " batch"], generator: Generator) -> dict[str, Float[Tensor, ""]]:
        cells = {"absent": lesions.absent, "counted": lesions.counted}
        of_batch = {name: values if values is None else values[batch] for name, values in cells.items()}
        return objective(found, lesions.targets[batch], weights, generator, parts, **of_batch)

    judge = judged_on(validation, best_on_grid, expand, recipe.batch)
    return fit(network, lesions, losses, judge, recipe=recipe, seed=seed, checkpoint=checkpoint)


def fit_warp(
    network: LesaNet,
    lesions: Lesions,
    validation: Lesions,
    *,
    recipe: Recipe,
    closure: Bool[ndarray, "labels ancestors"],
    expand: Expand = np.asarray,
    seed: int,
    checkpoint: Path | None = None,
) -> Fit:
    """The same network trained to rank; its scores are no confidences, so every threshold is tried."""
    ancestors = torch.as_tensor(closure, device=lesions.targets.device)

    def losses(found: Annotation, batch: Int[Tensor, " batch"], generator: Generator) -> dict[str, Float[Tensor, ""]]:
        counted = None if lesions.counted is None else lesions.counted[batch]
        ranked = search(found.scores.float(), lesions.targets[batch], ancestors, generator, counted=counted)
        return {"warp": warp_loss(found.scores, ranked)}

    judge = judged_on(validation, best_of_all, expand, recipe.batch, confidences=False)
    return fit(network, lesions, losses, judge, recipe=recipe, seed=seed, checkpoint=checkpoint)


def fit_embedding(
    network: LesaNet,
    lesions: Lesions,
    validation: Lesions,
    parts: Int[Tensor, " lesions"],
    *,
    recipe: Recipe,
    expand: Expand = np.asarray,
    seed: int,
    checkpoint: Path | None = None,
) -> Fit:
    """The same network trained on no label but coarse body `parts`, place and size; labels are its neighbours'."""
    if lesions.places is None:
        raise ParamsError("lesion-embedding", "learns from places and sizes", "give the lesions their `places`")
    places, drawn = lesions.places, Parts()

    def losses(found: Annotation, batch: Int[Tensor, " batch"], generator: Generator) -> dict[str, Float[Tensor, ""]]:
        alike = kinship(parts[batch], places[batch])
        triplets = choose(alike, drawn.triplets, generator, threshold=LIKE)
        return {"triplet": drawn.triplet_weight * triplet_loss(found.embedding, triplets, margin=drawn.margin)}

    def judge(network: LesaNet) -> dict[str, float]:
        return ask_neighbours(network, lesions, validation, expand=expand, batch=recipe.batch)[1]

    return fit(network, lesions, losses, judge, recipe=recipe, seed=seed, checkpoint=checkpoint)


def ask_neighbours(
    network: LesaNet, known: Lesions, validation: Lesions, *, expand: Expand = np.asarray, batch: int
) -> tuple[int, dict[str, float]]:
    """How many neighbours annotate `validation` best, the fewest among equals, and how well they do."""
    measure = measured_on(validation, best_on_grid, expand)
    of_known, asked = (predict(network, part, batch).embedding for part in (known, validation))
    targets, weights = known.targets.cpu().numpy(), class_weights(known.targets)
    found = {count: measure(neighbour_scores(of_known, targets, asked, weights, count)) for count in NEIGHBOURS}
    best = max(found, key=lambda count: found[count]["f1"])
    return best, found[best]


def judged_on(
    validation: Lesions, thresholds: Thresholds, expand: Expand, batch: int, *, confidences: bool = True
) -> Judge:
    """What is measured on `validation` after each epoch."""
    measure = measured_on(validation, thresholds, expand)
    return lambda network: measure(predict(network, validation, batch, confidences=confidences).scores)


def measured_on(validation: Lesions, thresholds: Thresholds, expand: Expand) -> Measure:
    """Means over labels of scores of `validation`, each label with its best threshold."""
    truth = validation.targets.cpu().numpy()
    counted = None if validation.counted is None else validation.counted.cpu().numpy()
    if not measurable(truth, counted).any():
        raise CohortError("validation", "no label has lesions with it and without it", "give it more lesions")

    def measure(scores: Float[ndarray, "lesions labels"]) -> dict[str, float]:
        called = expand(scores >= thresholds(scores, truth, counted))
        return {name: float(mean) for name, mean in per_label(truth, scores, called, counted).means().items()}

    return measure
