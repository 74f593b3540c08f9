"""What every way to train has in common.

Images are `(images, side, side)`, in colour `(images, 3, side, side)`, or volumes `(volumes, cube, cube, cube)` with a
cube of more than three voxels, mapped to [0, 1]: floats, or bytes that stand for 0 to 255 of it. A network trains on
the device where they lie.
Two rows with one seed and fold start from the same backbone, where they have one, and visit an item once an epoch.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from lesionary.training import checkpoints
from lesionary.training.devices import lay_out
from lesionary.training.loop import Epoch, Recipe, sgd, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

    from lesionary.networks.regnet import RegNetClassifier
    from lesionary.networks.resnet import ResNetClassifier
    from lesionary.subtyping.learning.comparisons.alexnet import AlexNet
    from lesionary.subtyping.learning.comparisons.cnn3d import CNN3D
    from lesionary.subtyping.learning.comparisons.googlenet import GoogLeNet
    from lesionary.subtyping.learning.comparisons.sdl import SDL
    from lesionary.subtyping.learning.comparisons.vgg19 import VGG19
    from lesionary.subtyping.learning.dmrn import DMRN, SingleBranch

    Classifier = ResNetClassifier | RegNetClassifier | VGG19 | AlexNet | GoogLeNet | CNN3D | SDL | SingleBranch
    Network = DMRN | Classifier

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
COLOURS = 3


class Fit:
    """A network and its training: go through `epochs`, then use `model`.

    `plan(n)` gives what epoch n visits, images or pairs, at any time: it is drawn from n alone.
    """

    def __init__(
        self,
        model: Network,
        plan: Callable[[int], Int[ndarray, "items ..."]],
        losses: Callable[[Int[Tensor, "batch ..."]], dict[str, Float[Tensor, ""]]],
        recipe: Recipe,
        checkpoint: Path | None,
    ) -> None:
        self.model, self.plan = model, plan
        self._losses, self._recipe, self._checkpoint = losses, recipe, checkpoint

    def epochs(self) -> Iterator[Epoch]:
        """Train, epoch by epoch. What a checkpoint holds is yielded again, not trained again."""
        if any(isinstance(part, nn.Conv2d) for part in self.model.modules()):
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


@contextmanager
def initialised(seed: int, fold: int) -> Iterator[None]:
    """Networks built inside draw their weights from `seed` and `fold`; torch's own generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(np.random.SeedSequence([seed, fold]).generate_state(1, np.uint64)[0]))
        yield


def as_input(images: Shaped[Tensor, "images ..."], *, pretrained: bool) -> Float[Tensor, "images channels ..."]:
    """Colour, or grey copied to three channels; ImageNet's mean and deviation where weights were trained with them.

    Volumes keep one channel: no 3-D network here is pre-trained.
    """
    given = images.float() / 255 if images.dtype == torch.uint8 else images
    if given.ndim == 4 and given.shape[1] != COLOURS:
        return given[:, None]
    colour = given if given.ndim == 4 else given[:, None].expand(-1, COLOURS, -1, -1)
    if not pretrained:
        return colour
    mean, deviation = colour.new_tensor(IMAGENET_MEAN), colour.new_tensor(IMAGENET_DEVIATION)
    return (colour - mean[:, None, None]) / deviation[:, None, None]
