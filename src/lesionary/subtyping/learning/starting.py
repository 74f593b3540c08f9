"""From a row's params to the network that is about to be trained."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lesionary.networks.regnet import RegNetClassifier
from lesionary.networks.resnet import ResNetClassifier
from lesionary.params.subtyping import Network, Similarity, SubtyperParams
from lesionary.subtyping.learning.comparisons.arl import ARL
from lesionary.subtyping.learning.comparisons.cnn3d import CNN3D
from lesionary.subtyping.learning.comparisons.vgg19 import VGG19
from lesionary.subtyping.learning.dmrn import SingleBranch
from lesionary.subtyping.learning.fitting.classifier import fit_classifier
from lesionary.subtyping.learning.fitting.fit import Fit
from lesionary.subtyping.learning.fitting.pairs import fit_dmrn
from lesionary.subtyping.learning.fitting.synergic import fit_sdl
from lesionary.training.devices import pick_device
from lesionary.training.loop import Recipe

if TYPE_CHECKING:
    from lesionary.subtyping.learning.fitting.classifier import Plain

OWN_CLASSIFIER = (Network.RESNET, Network.ARL, Network.SDL, Network.VGG19, Network.REGNET, Network.CNN3D)
"""Networks whose probabilities are their own; the others' embedding is given to an SVM."""


def start(
    params: SubtyperParams,
    images: Tensor,
    label: NDArray[np.int64],
    study: NDArray[np.int64],
    *,
    fold: int,
    checkpoint: Path | None,
) -> Fit:
    """The network of `params`, ready to be trained on `images` (volumes of a 3-D one), of classes and studies as given.

    Of a list of learning rates or weight decays it takes the first.
    """
    recipe = Recipe(
        params.epochs, params.batch, params.learning_rate[0], params.momentum, params.weight_decay[0], params.cosine
    )
    images, classes = images.to(pick_device()), int(label.max()) + 1
    own = {"weights": params.weights, "seed": params.seed, "fold": fold, "checkpoint": checkpoint}
    common: dict[str, Any] = {"recipe": recipe, **own}
    if params.network is Network.DMRN:
        return fit_dmrn(
            images,
            label,
            study,
            depth=params.depth or 0,
            width=params.width,
            scales=params.scales,
            concatenated=params.similarity is Similarity.CONCATENATED,
            margin=params.margin,
            partner=params.partner.value,
            same_study=params.same_study,
            redraw=params.redraw.value,
            mining=params.mining.value,
            naming=params.cross_entropy,
            encoder=params.encoder.value,
            **common,
        )
    if params.network is Network.SDL:
        depth, width = params.depth or 0, params.width
        return fit_sdl(images, label, outputs=classes, depth=depth, width=width, synergy=params.synergy, **common)
    return fit_classifier(images, label, build=_builder(params, classes), **common)


def _builder(params: SubtyperParams, classes: int) -> Callable[[], Plain]:
    depth, width = params.depth or 0, params.width
    match params.network:
        case Network.RESNET:
            return partial(ResNetClassifier, depth, width, classes=classes)
        case Network.ARL:
            return partial(ARL, depth, width, classes=classes)
        case Network.SINGLE_BRANCH:
            return partial(SingleBranch, depth, width, classes=classes)
        case Network.VGG19:
            return partial(VGG19, width, params.side_px, classes=classes)
        case Network.REGNET:
            return partial(RegNetClassifier, depth, width, classes=classes)
        case Network.CNN3D:
            return partial(CNN3D, width, params.cube_px, classes=classes)
        case other:
            raise AssertionError(f"{other} has no network to be trained")
