"""Training a network on the slices of one fold, and using it.

Images are `(images, side, side)`, window-mapped to [0, 1]: floats, or bytes that stand for 0 to 255 of it.
Two rows with one seed and fold start from the same backbone and make the same number of steps.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from lesionary.errors import ParamsError
from lesionary.networks.resnet import ResNetClassifier
from lesionary.subtyping.dmrn import DMRN
from lesionary.subtyping.losses import multi_scale
from lesionary.subtyping.pairs import draw_pairs
from lesionary.training import checkpoints
from lesionary.training.devices import lay_out
from lesionary.training.loop import Epoch, Recipe, sgd, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
REDRAWS = ("epoch", "once")


class Fit:
    """A network and its training: go through `epochs`, then use `model`.

    `plan(n)` gives what epoch n visits, images or pairs, at any time: it is drawn from n alone.
    """

    def __init__(
        self,
        model: DMRN | ResNetClassifier,
        plan: Callable[[int], Int[ndarray, "items ..."]],
        losses: Callable[[Int[Tensor, "batch ..."]], dict[str, Float[Tensor, ""]]],
        recipe: Recipe,
        checkpoint: Path | None,
    ) -> None:
        self.model, self.plan = model, plan
        self._losses, self._recipe, self._checkpoint = losses, recipe, checkpoint

    def epochs(self) -> Iterator[Epoch]:
        """Train, epoch by epoch. What a checkpoint holds is yielded again, not trained again."""
        lay_out(self.model)
        try:
            yield from self._epochs()
        finally:
            self.model.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # for safetensors

    def _epochs(self) -> Iterator[Epoch]:
        optimizer = sgd(self.model, self._recipe)
        done = checkpoints.load(self._checkpoint, self.model, optimizer) if self._checkpoint else []
        yield from done
        for epoch in train(self.model, optimizer, self.plan, self._losses, self._recipe, after=len(done)):
            done.append(epoch)
            if self._checkpoint:
                checkpoints.save(self._checkpoint, done, self.model, optimizer)
            yield epoch


def fit_dmrn(
    images: Shaped[Tensor, "images side side"],
    classes: Int[ndarray, " images"],
    studies: Int[ndarray, " images"],
    *,
    recipe: Recipe,
    depth: int,
    width: int = 64,
    scales: int = 4,
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

    It trains on the device where `images` lie; so does `fit_resnet`.
    """
    if redraw not in REDRAWS:
        raise ParamsError("redraw", f"{redraw!r} is no time to draw pairs", f"one of {', '.join(REDRAWS)}")
    with initialised(seed, fold):
        model = DMRN(depth, width, scales)
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
        parts = multi_scale(vectors, labels[first] != labels[second], margin=margin)
        return {f"stage{4 - scales + index}": part for index, part in enumerate(parts, start=1)}

    return Fit(model.to(images.device), plan, losses, recipe, checkpoint)


def fit_resnet(
    images: Shaped[Tensor, "images side side"],
    classes: Int[ndarray, " images"],
    *,
    recipe: Recipe,
    outputs: int,
    depth: int,
    width: int = 64,
    weights: str | None = None,
    seed: int,
    fold: int,
    checkpoint: Path | None = None,
) -> Fit:
    """ResNet with softmax cross-entropy over `outputs` classes, `recipe.batch` images a step."""
    with initialised(seed, fold):
        model = ResNetClassifier(depth, width, classes=outputs)
    if weights is not None:
        model.load(weights)
    labels = torch.as_tensor(classes, device=images.device)

    def plan(epoch: int) -> Int[ndarray, " images"]:
        return np.random.default_rng([seed, fold, epoch]).permutation(len(classes))

    def losses(batch: Int[Tensor, " batch"]) -> dict[str, Float[Tensor, ""]]:
        logits = model(as_input(images[batch], pretrained=weights is not None))
        return {"cross_entropy": cross_entropy(logits.float(), labels[batch])}

    return Fit(model.to(images.device), plan, losses, recipe, checkpoint)


@contextmanager
def initialised(seed: int, fold: int) -> Iterator[None]:
    """Networks built inside draw their weights from `seed` and `fold`; torch's own generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(np.random.SeedSequence([seed, fold]).generate_state(1, np.uint64)[0]))
        yield


def as_input(images: Shaped[Tensor, "images side side"], *, pretrained: bool) -> Float[Tensor, "images 3 side side"]:
    """Grey copied to three channels; ImageNet's mean and deviation where weights were trained with them."""
    grey = images.float() / 255 if images.dtype == torch.uint8 else images
    colour = grey[:, None].expand(-1, 3, -1, -1)
    if not pretrained:
        return colour
    mean, deviation = colour.new_tensor(IMAGENET_MEAN), colour.new_tensor(IMAGENET_DEVIATION)
    return (colour - mean[:, None, None]) / deviation[:, None, None]


@torch.no_grad()
def embed(
    model: DMRN | ResNetClassifier, images: Shaped[Tensor, "images side side"], batch: int, *, pretrained: bool = False
) -> Float[ndarray, "images features"]:
    """What the SVM is given, float32. Images may lie anywhere; batches go to the model's device."""
    return _over_batches(model, model.embed, images, batch, pretrained)


@torch.no_grad()
def predict(
    model: ResNetClassifier, images: Shaped[Tensor, "images side side"], batch: int, *, pretrained: bool = False
) -> Float[ndarray, "images classes"]:
    """Softmax probabilities, float32. Images may lie anywhere; batches go to the model's device."""
    return _over_batches(model, lambda part: model(part).softmax(dim=1), images, batch, pretrained)


def _over_batches(
    model: nn.Module,
    what: Callable[[Tensor], Tensor],
    images: Shaped[Tensor, "images side side"],
    batch: int,
    pretrained: bool,
) -> Float[ndarray, "images values"]:
    model.eval()
    device = next(model.parameters()).device
    parts = [what(as_input(part.to(device), pretrained=pretrained)).float().cpu() for part in images.split(batch)]
    values: ndarray = torch.cat(parts).numpy()
    return values
