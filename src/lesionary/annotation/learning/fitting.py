"""Training an annotator, while what is measured after each epoch tells which to keep, and using it.

Patches are `(lesions, 3, side, side)`: int16 for HU, bytes for a window mapped to 0 to 255, or floats, which the
network is given as they are. All that is drawn follows from the seed and the epoch's number.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import nn

from lesionary.training import checkpoints
from lesionary.training.devices import lay_out
from lesionary.training.loop import Epoch, Recipe, sgd, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jaxtyping import Bool, Float, Int, Shaped
    from numpy import ndarray
    from torch import Generator, Tensor

    from lesionary.annotation.learning.lesanet import Annotation, LesaNet

    Losses = Callable[[Annotation, Int[Tensor, " batch"], Generator], dict[str, Float[Tensor, ""]]]
    Judge = Callable[[LesaNet], dict[str, float]]

WINDOW_HU = (-1024, 3071)
"""Mapped to 0 to 255 and clipped; the network sees that less 50, divided by 255."""


@dataclass(frozen=True)
class Lesions:
    """What is known of some lesions, all on one device; training runs there."""

    patches: Shaped[Tensor, "lesions 3 side side"]
    boxes: Float[Tensor, "lesions 4"]
    """x_min, y_min, x_max, y_max in pixels of the patch."""
    targets: Bool[Tensor, "lesions labels"]
    places: Float[Tensor, "lesions 4"] | None = None
    """x and y from the centre of the image, width and height in mm, for a network that is given them."""
    absent: Bool[Tensor, "lesions labels"] | None = None
    """Reliable negatives, exclusive with a label that the lesion has; for training alone."""
    counted: Bool[Tensor, "lesions labels"] | None = None
    """Cells that count, in the loss or in F1; None counts all."""


class Prediction(NamedTuple):
    """What a network says of lesions, float32."""

    scores: Float[ndarray, "lesions labels"]
    """Confidences, after score propagation."""
    embedding: Float[ndarray, "lesions features"]


class Fit:
    """A network and its training: go through `epochs`, then use `model`, which is that of the best epoch.

    `judge` gives what is measured after an epoch; the best has the highest "f1", the first among equals.
    """

    def __init__(
        self,
        learner: LesaNet,
        plan: Callable[[int], Int[ndarray, " lesions"]],
        losses: Callable[[Int[Tensor, " batch"]], dict[str, Float[Tensor, ""]]],
        judge: Callable[[LesaNet], dict[str, float]],
        recipe: Recipe,
        checkpoint: Path | None,
    ) -> None:
        self.model, self._learner = deepcopy(learner), learner
        self._plan, self._losses, self._judge = plan, losses, judge
        self._recipe, self._checkpoint = recipe, checkpoint

    def epochs(self) -> Iterator[Epoch]:
        """Train, epoch by epoch. What a checkpoint holds is yielded again, not trained again."""
        lay_out(self._learner)
        both = nn.ModuleDict({"learner": self._learner, "best": self.model})
        optimizer = sgd(self._learner, self._recipe)
        done = checkpoints.load(self._checkpoint, both, optimizer) if self._checkpoint else []
        yield from done
        for epoch in train(self._learner, optimizer, self._plan, self._losses, self._recipe, after=len(done)):
            found = self._judge(self._learner)
            if all(found["f1"] > earlier.validation["f1"] for earlier in done):
                self.model.load_state_dict(self._learner.state_dict())
            done.append(replace(epoch, validation=found))
            if self._checkpoint:
                checkpoints.save(self._checkpoint, done, both, optimizer)
            yield done[-1]


def fit(
    network: LesaNet,
    lesions: Lesions,
    losses: Losses,
    judge: Judge,
    *,
    recipe: Recipe,
    seed: int,
    checkpoint: Path | None = None,
) -> Fit:
    """Train `network` on what `losses` says of each batch, `recipe.batch` lesions a step, where the lesions lie."""
    generator = torch.Generator(lesions.patches.device)

    def plan(epoch: int) -> Int[ndarray, " lesions"]:
        rng = np.random.default_rng([seed, epoch])
        generator.manual_seed(int(rng.integers(2**63)))  # the loop plans an epoch just before its first batch
        return rng.permutation(len(lesions.patches))

    def of_batch(batch: Int[Tensor, " batch"]) -> dict[str, Float[Tensor, ""]]:
        places = None if lesions.places is None else lesions.places[batch]
        return losses(network(as_input(lesions.patches[batch]), lesions.boxes[batch], places), batch, generator)

    network.to(lesions.patches.device)
    return Fit(network, plan, of_batch, judge, recipe, checkpoint)


@contextmanager
def initialised(seed: int) -> Iterator[None]:
    """Networks built inside draw their weights from `seed`; torch's own generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]))
        yield


def as_input(patches: Shaped[Tensor, "lesions 3 side side"]) -> Float[Tensor, "lesions 3 side side"]:
    """What the network is given.

    >>> as_input(torch.tensor([-2000, -1024, 3071], dtype=torch.int16)) * 255
    tensor([-50., -50., 205.])
    """
    low, high = WINDOW_HU
    if patches.dtype == torch.int16:
        return (patches.clamp(low, high).float() - low) / (high - low) - 50 / 255
    return (patches.float() - 50) / 255 if patches.dtype == torch.uint8 else patches


@torch.no_grad()
def predict(model: LesaNet, lesions: Lesions, batch: int, *, confidences: bool = True) -> Prediction:
    """Annotate lesions. They may lie anywhere; batches go to the model's device.

    Without `confidences` the scores are those of the last layer, as they are.
    """
    model.eval()
    device = next(model.parameters()).device
    parts = []
    for first in range(0, len(lesions.patches), batch):
        some = slice(first, first + batch)
        places = None if lesions.places is None else lesions.places[some].to(device)
        parts.append(model(as_input(lesions.patches[some].to(device)), lesions.boxes[some].to(device), places))
    scores = torch.cat([part.refined.float().cpu() for part in parts])
    embedding = torch.cat([part.embedding.float().cpu() for part in parts])
    return Prediction((scores.sigmoid() if confidences else scores).numpy(), embedding.numpy())
