"""What a trained network makes of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from lesionary.subtyping.learning.fitting.fit import as_input

if TYPE_CHECKING:
    from collections.abc import Callable

    from jaxtyping import Float, Shaped
    from numpy import ndarray
    from torch import Tensor

    from lesionary.subtyping.learning.fitting.fit import Classifier, Network


@torch.no_grad()
def embed(
    model: Network, images: Shaped[Tensor, "images ..."], batch: int, *, pretrained: bool = False
) -> Float[ndarray, "images features"]:
    """What the SVM is given, float32. Images may lie anywhere; batches go to the model's device."""
    return _over_batches(model, model.embed, images, batch, pretrained)


@torch.no_grad()
def predict(
    model: Classifier, images: Shaped[Tensor, "images ..."], batch: int, *, pretrained: bool = False
) -> Float[ndarray, "images classes"]:
    """Softmax probabilities, float32. Images may lie anywhere; batches go to the model's device."""
    return _over_batches(model, lambda part: model(part).softmax(dim=1), images, batch, pretrained)


def _over_batches(
    model: Network,
    what: Callable[[Tensor], Tensor],
    images: Shaped[Tensor, "images ..."],
    batch: int,
    pretrained: bool,
) -> Float[ndarray, "images values"]:
    model.eval()
    device = next(model.parameters()).device
    parts = [what(as_input(part.to(device), pretrained=pretrained)).float().cpu() for part in images.split(batch)]
    values: ndarray = torch.cat(parts).numpy()
    return values
