"""A network that names the class of an image, or of a volume, by softmax cross-entropy."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from lesionary.subtyping.learning.comparisons.alexnet import AlexNet
from lesionary.subtyping.learning.comparisons.cnn3d import CNN3D
from lesionary.subtyping.learning.comparisons.googlenet import GoogLeNet
from lesionary.subtyping.learning.comparisons.vgg19 import VGG19
from lesionary.subtyping.learning.dmrn import SingleBranch
from lesionary.subtyping.learning.fitting.fit import Fit, as_input, initialised

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

    from lesionary.networks.regnet import RegNetClassifier
    from lesionary.networks.resnet import ResNetClassifier
    from lesionary.training.loop import Recipe

    Plain = ResNetClassifier | VGG19 | AlexNet | GoogLeNet | CNN3D | SingleBranch | RegNetClassifier


def fit_classifier(
    images: Shaped[Tensor, "images ..."],
    classes: Int[ndarray, " images"],
    *,
    recipe: Recipe,
    build: Callable[[], Plain],
    weights: str | None = None,
    seed: int,
    fold: int,
    checkpoint: Path | None = None,
) -> Fit:
    """The network that `build` makes, `recipe.batch` images a step."""
    with initialised(seed, fold):
        model = build()
    if weights is not None and not isinstance(model, CNN3D):  # nobody trained one of volumes
        (model.backbone if isinstance(model, SingleBranch) else model).load(weights)
    labels = torch.as_tensor(classes, device=images.device)
    dropping = torch.Generator()
    forward = partial(model, rng=dropping) if isinstance(model, VGG19 | AlexNet | GoogLeNet) else model

    def plan(epoch: int) -> Int[ndarray, " images"]:
        rng = np.random.default_rng([seed, fold, epoch])
        order = rng.permutation(len(classes))
        dropping.manual_seed(int(rng.integers(2**63)))  # the loop plans an epoch just before its first batch
        return order

    def losses(batch: Int[Tensor, " batch"]) -> dict[str, Float[Tensor, ""]]:
        logits = forward(as_input(images[batch], pretrained=weights is not None))
        return {"cross_entropy": cross_entropy(logits.float(), labels[batch])}

    return Fit(model.to(images.device), plan, losses, recipe, checkpoint)
