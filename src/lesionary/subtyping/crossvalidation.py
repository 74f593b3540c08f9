"""Training a row of the tables on every fold: the folds run beside each other where there is more than one core."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lesionary.networks.resnet import ResNetClassifier
from lesionary.parallel import here, in_order
from lesionary.params.subtyping import Network, SubtyperParams
from lesionary.progress import progress
from lesionary.subtyping.cases import Cases, load_slices
from lesionary.subtyping.fitting import Fit, embed, fit_dmrn, fit_resnet, predict
from lesionary.subtyping.images import load_images
from lesionary.subtyping.pairs import pair_mix
from lesionary.training.checkpoints import held, own_folder
from lesionary.training.devices import fix_threads, pick_device, repeat_exactly
from lesionary.training.loop import Epoch, Recipe

_BATCH = 128  # images a forward pass when nothing is trained


@dataclass(frozen=True)
class Task:
    """One fold of one row."""

    row: str
    params: SubtyperParams
    slices: Path
    folds: Path
    fold: int
    checkpoint: Path | None


@dataclass(frozen=True)
class FoldResult:
    """What one fold's training leaves: weights, history, and what the network makes of every slice."""

    fold: int
    weights: dict[str, Tensor]
    epochs: list[Epoch]
    embedding: NDArray[np.float32]
    """(slices, features), training and test slices alike."""
    probability: NDArray[np.float32] | None
    """(slices, classes) of a network that ends in its own classifier."""
    pair_mix: NDArray[np.int64] | None
    """(classes, classes): how often each pair of classes was drawn, over all epochs; DMRN only."""


def train_folds(row: str, params: SubtyperParams, slices: Path, folds: Path) -> list[FoldResult]:
    """Train `row` on each fold's other folds. Interrupted, it goes on where it stopped."""
    cases, images = load_slices(slices, folds), load_images(slices, folds, params.window_hu, params.side_px)
    settings = json.dumps(params.model_dump(mode="json"), sort_keys=True)
    folder = own_folder(f"train_subtyper-{row}", settings, images.tobytes(), cases.digest())
    with held(folder):
        tasks = [Task(row, params, slices, folds, fold, folder / f"fold-{fold}.pt") for fold in range(cases.folds)]
        map_ = here if pick_device().type == "cuda" else in_order
        return list(map_(train_fold, tasks, f"{row}: folds"))


def train_fold(task: Task) -> FoldResult:
    """Train one fold in this process."""
    fix_threads()
    repeat_exactly()
    cases = load_slices(task.slices, task.folds)
    images = torch.from_numpy(load_images(task.slices, task.folds, task.params.window_hu, task.params.side_px))
    train = np.flatnonzero(cases.fold != task.fold)
    fit = start(cases, images, train, task)
    text = f"{task.row}: fold {task.fold + 1}"
    epochs = list(progress(fit.epochs(), text, total=task.params.epochs))
    pretrained = task.params.weights is not None
    return FoldResult(
        task.fold,
        {name: value.detach().cpu().contiguous() for name, value in fit.model.state_dict().items()},
        epochs,
        embed(fit.model, images, _BATCH, pretrained=pretrained),
        predict(fit.model, images, _BATCH, pretrained=pretrained) if isinstance(fit.model, ResNetClassifier) else None,
        _pair_mix(fit, epochs, cases.label[train]) if task.params.network is Network.DMRN else None,
    )


def _pair_mix(fit: Fit, epochs: list[Epoch], label: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.sum([pair_mix(fit.plan(epoch.number), label) for epoch in epochs], axis=0))


def start(cases: Cases, images: Tensor, train: NDArray[np.integer], task: Task) -> Fit:
    """The row's network, ready to be trained on the slices `train`."""
    params = task.params
    images = images[torch.from_numpy(train)].to(pick_device())
    recipe = Recipe(
        params.epochs, params.batch, params.learning_rate, params.momentum, params.weight_decay, params.cosine
    )
    if params.network is Network.RESNET:
        return fit_resnet(
            images,
            cases.label[train],
            recipe=recipe,
            outputs=len(cases.classes),
            depth=params.depth or 0,
            width=params.width,
            weights=params.weights,
            seed=params.seed,
            fold=task.fold,
            checkpoint=task.checkpoint,
        )
    return fit_dmrn(
        images,
        cases.label[train],
        cases.study[train],
        recipe=recipe,
        depth=params.depth or 0,
        width=params.width,
        weights=params.weights,
        margin=params.margin,
        partner=params.partner.value,
        same_study=params.same_study,
        redraw=params.redraw.value,
        seed=params.seed,
        fold=task.fold,
        checkpoint=task.checkpoint,
    )
