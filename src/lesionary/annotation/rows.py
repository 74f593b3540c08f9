"""A row of the annotation tables: what it learns from, its training, and what it says of every lesion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from lesionary.annotation.dataset import Labels
from lesionary.annotation.fitting import Lesions, fit_annotator, predict
from lesionary.annotation.labels import Matrix
from lesionary.annotation.losses import Parts
from lesionary.ontology.expansion import expand, reliable_negatives
from lesionary.params import AnnotatorParams, Mined
from lesionary.progress import progress
from lesionary.training.checkpoints import held, own_folder
from lesionary.training.devices import fix_threads, pick_device, repeat_exactly
from lesionary.training.loop import Epoch, Recipe

_BATCH = 64  # lesions a forward pass when nothing is trained


@dataclass(frozen=True)
class Trained:
    """What a row's training leaves."""

    weights: dict[str, Tensor]
    epochs: list[Epoch]
    scores: NDArray[np.float32]
    """(lesions, labels), of every lesion, confidences after propagation."""
    embedding: NDArray[np.float32]
    """(lesions, features)."""


def training_targets(labels: Labels, params: AnnotatorParams) -> tuple[Matrix, Matrix | None]:
    """What a row learns of each lesion, and which cells count (None: all).

    Trained on relevant labels alone, an uncertain label is neither learnt as present nor as absent.
    """
    matrices = labels.matrices
    mentioned = {
        Mined.RELEVANT: ("relevant",),
        Mined.RELEVANT_UNCERTAIN: ("relevant", "uncertain"),
        Mined.ALL: ("relevant", "uncertain", "irrelevant"),
    }[params.mined]
    whole = {Mined.RELEVANT: "relevant", Mined.RELEVANT_UNCERTAIN: "relevant_uncertain", Mined.ALL: "mentioned"}
    targets = np.any([matrices[name] for name in mentioned], axis=0)
    if params.expansion:
        targets = matrices[f"{whole[params.mined]}_expanded"]
    counted = ~matrices["uncertain_expanded"] if params.mined is Mined.RELEVANT else None
    return targets, counted


def train_row(
    row: str, params: AnnotatorParams, labels: Labels, patches: NDArray[np.int16], boxes: NDArray[np.float32]
) -> Trained:
    """Train on the lesions of the train split that have a label; interrupted, it goes on where it stopped."""
    fix_threads()
    repeat_exactly()
    device = pick_device()
    targets, counted = training_targets(labels, params)
    train = labels.of("train")
    train = train[targets[train].any(axis=1)]
    val = labels.of("val")
    known = ~labels.matrices["uncertain_expanded"]

    def on_device(array: NDArray[np.generic], rows: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(array[rows]).to(device)

    absent = reliable_negatives(targets, labels.exclusions)
    learnt = Lesions(
        on_device(patches, train),
        on_device(boxes, train),
        on_device(targets, train),
        on_device(absent, train),
        None if counted is None else on_device(counted, train),
    )
    truth = on_device(labels.matrices["relevant_expanded"], val)
    judged = Lesions(on_device(patches, val), on_device(boxes, val), truth, counted=on_device(known, val))
    recipe = Recipe(
        params.epochs, params.batch, params.learning_rate, params.momentum, params.weight_decay, cosine=False,
        drop_after=params.drop_after, fast_biases=True, clip_norm=params.clip_norm, drop_last=True,
    )  # fmt: skip
    parts = Parts(params.propagation, params.hard_examples.value, params.triplet)
    settings = json.dumps(params.model_dump(mode="json"), sort_keys=True)
    data = [np.ascontiguousarray(array).tobytes() for array in (patches, boxes, targets)]
    folder = own_folder(f"train_annotator-{row}", settings, *data)
    with held(folder):
        fit = fit_annotator(
            learnt,
            judged,
            recipe=recipe,
            parts=parts,
            width=params.width,
            features=params.features,
            expand=lambda called: expand(called, labels.closure),
            seed=params.seed,
            checkpoint=folder / "training.pt",
        )
        epochs = list(progress(fit.epochs(), row, total=params.epochs))
    found = predict(fit.model, torch.from_numpy(patches), torch.from_numpy(boxes), _BATCH)
    weights = {name: value.detach().cpu().contiguous() for name, value in fit.model.state_dict().items()}
    return Trained(weights, epochs, found.scores, found.embedding)


def history(epochs: Sequence[Epoch]) -> pl.DataFrame:
    """Training curves: epoch, learning_rate, loss, its parts, and val_<metric> after each epoch."""
    rows = [
        {"epoch": epoch.number, "learning_rate": epoch.learning_rate, "loss": sum(epoch.losses.values())}
        | epoch.losses
        | {f"val_{name}": value for name, value in epoch.validation.items()}
        for epoch in epochs
    ]
    return pl.DataFrame(rows).with_columns(pl.selectors.float().round(5))
