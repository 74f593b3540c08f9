"""From a row's params to the networks that are about to be trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lesionary.networks.resnet import ResNetClassifier
from lesionary.params.sorting import Sorter, SorterParams
from lesionary.subtyping.learning.comparisons.alexnet import AlexNet
from lesionary.subtyping.learning.comparisons.googlenet import GoogLeNet
from lesionary.subtyping.learning.fitting.classifier import fit_classifier
from lesionary.subtyping.learning.fitting.fit import Fit
from lesionary.subtyping.learning.fitting.pairs import fit_dmrn
from lesionary.training.devices import pick_device
from lesionary.training.loop import Recipe


def members(params: SorterParams) -> tuple[str, ...]:
    """Names of the networks that make a row; none where nothing but an SVM is learnt.

    That GoogLeNet and AlexNet are trained apart from each other, without auxiliary classifiers, is inferred: the paper
    names an ensemble of the two, no more.
    """
    match params.network:
        case Sorter.DMRN:
            return ("dmrn",)
        case Sorter.RESNET:
            return (f"resnet{params.depth}",)
        case Sorter.GOOGLENET_ALEXNET:
            return ("googlenet", "alexnet")
        case Sorter.HAND_CRAFTED:
            return ()


def start(
    member: str,
    params: SorterParams,
    images: Tensor,
    label: NDArray[np.int64],
    *,
    classes: int,
    checkpoint: Path | None,
) -> Fit:
    """The network `member` of `params`, ready to be trained on `images` (images, 3, side, side).

    Of a list of learning rates or weight decays it takes the first.
    """
    recipe = Recipe(
        params.epochs, params.batch, params.learning_rate[0], params.momentum, params.weight_decay[0], params.cosine
    )
    common: dict[str, Any] = {
        "recipe": recipe,
        "weights": params.weights,
        "seed": params.seed,
        "fold": 0,
        "checkpoint": checkpoint,
    }
    images, width = images.to(pick_device()), params.width
    if member == "dmrn":
        return fit_dmrn(
            images,
            label,
            np.arange(len(label)),  # nothing says which images are of one study
            depth=params.depth or 0,
            width=width,
            scales=params.scales,
            margin=params.margin,
            partner=params.partner.value,
            redraw=params.redraw.value,
            **common,
        )

    def build() -> ResNetClassifier | GoogLeNet | AlexNet:
        match member:
            case "googlenet":
                return GoogLeNet(width, classes=classes)
            case "alexnet":
                return AlexNet(width, images.shape[-1], classes=classes)
            case _:
                return ResNetClassifier(params.depth or 0, width, classes=classes)

    return fit_classifier(images, label, build=build, **common)
