"""Training the networks of a row on the training images; the validation images choose between settings alone (3.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from lesionary.base.errors import ParamsError
from lesionary.params.sorting import Sorter, SorterParams
from lesionary.running.parallel import here, in_order
from lesionary.running.progress import progress
from lesionary.subfigures.parts import Part
from lesionary.subfigures.sorting.figures import Figures, load_figures
from lesionary.subfigures.sorting.machine import decide
from lesionary.subfigures.sorting.starting import members, start
from lesionary.subtyping.learning.candidates import Candidate, Tried, one_of, try_each
from lesionary.subtyping.learning.fitting.fit import Fit
from lesionary.subtyping.learning.fitting.using import embed, predict
from lesionary.subtyping.learning.pairs import pair_mix
from lesionary.training.checkpoints import held, own_folder
from lesionary.training.devices import fix_threads, pick_device, repeat_exactly
from lesionary.training.loop import Epoch

_BATCH = 128  # images a forward pass when nothing is trained


@dataclass(frozen=True)
class Task:
    """One network of one row."""

    row: str
    member: str
    params: SorterParams
    folder: Path
    checkpoints: Path


@dataclass(frozen=True)
class Learnt:
    """What training leaves of one network."""

    member: str
    weights: dict[str, Tensor]
    epochs: list[Epoch]
    embedding: NDArray[np.float32]
    """(images, features), of every image."""
    probability: NDArray[np.float32] | None
    """(images, classes) of a network that ends in its own classifier."""
    same_class: float | None
    """Share of the pairs of one class; DMRN only."""
    tried: Tried
    """Scores are accuracies on the validation images."""


def train_row(row: str, params: SorterParams, folder: Path) -> list[Learnt]:
    """Train every network of `row`, beside each other. Interrupted, it goes on where it stopped."""
    check(params, load_figures(folder))
    settings = json.dumps(params.model_dump(mode="json"), sort_keys=True)
    with held(own_folder(f"train_subfigures-{row}", settings, load_figures(folder).digest())) as checkpoints:
        tasks = [Task(row, member, params, folder, checkpoints) for member in members(params)]
        map_ = here if pick_device().type == "cuda" else in_order
        return list(map_(train_member, tasks, f"{row}: networks"))


def check(params: SorterParams, figures: Figures) -> None:
    """Refuse to choose between settings without images to choose by: `ParamsError`."""
    several = max(map(len, (params.learning_rate, params.weight_decay, params.svm_c))) > 1
    if several and not len(figures.of(Part.VALIDATION)):
        reason = "no class has so many training images that one could validate"
        raise ParamsError("subfigures.validation", reason, "raise it, or give one value where there is a list")


def train_member(task: Task) -> Learnt:
    """Train one network in this process."""
    fix_threads()
    repeat_exactly()
    figures = load_figures(task.folder)
    images, train = torch.from_numpy(figures.pixels), figures.of(Part.TRAIN)
    done: dict[Candidate, tuple[Fit, list[Epoch]]] = {}

    def trained(candidate: Candidate, name: str) -> Fit:
        params = one_of(task.params, candidate)
        checkpoint = task.checkpoints / f"{task.member}{name and '-'}{name.replace(' ', '-')}.pt"
        seen, label, classes = images[torch.from_numpy(train)], figures.label[train], len(figures.classes)
        fit = start(task.member, params, seen, label, classes=classes, checkpoint=checkpoint)
        text = f"{task.row}: {task.member}{name and ', '}{name}"
        done[candidate] = fit, list(progress(fit.epochs(), text, total=params.epochs))
        return fit

    def score(candidate: Candidate, name: str) -> float:
        return _accuracy(trained(candidate, name), task.params, figures, images)

    params, candidates = task.params, tuple(product(task.params.learning_rate, task.params.weight_decay))
    if len(candidates) > 1:
        tried = try_each(candidates, score)
    else:
        trained(candidates[0], "")
        tried = Tried(candidates, (float("nan"),))
    (fit, epochs), pretrained = done[tried.chosen], params.weights is not None
    paired = params.network is Sorter.DMRN
    return Learnt(
        task.member,
        {name: value.detach().cpu().contiguous() for name, value in fit.model.state_dict().items()},
        epochs,
        embed(fit.model, images, _BATCH, pretrained=pretrained),
        None if paired else predict(fit.model, images, _BATCH, pretrained=pretrained),  # type: ignore[arg-type]
        _same_class(fit, params.epochs, figures.label[train]) if paired else None,
        tried,
    )


def _accuracy(fit: Fit, params: SorterParams, figures: Figures, images: Tensor) -> float:
    """On the validation images; DMRN's by an SVM with the first C."""
    validation, pretrained = figures.of(Part.VALIDATION), params.weights is not None
    if params.network is not Sorter.DMRN:
        seen = images[torch.from_numpy(validation)]
        decided = predict(fit.model, seen, _BATCH, pretrained=pretrained)  # type: ignore[arg-type]
        return float((decided.argmax(axis=1) == figures.label[validation]).mean())
    with threadpool_limits(1):  # sums depend on the number of threads
        machine = decide(embed(fit.model, images, _BATCH, pretrained=pretrained), figures, params.svm_c[:1])
    return machine.accuracy


def _same_class(fit: Fit, epochs: int, label: NDArray[np.int64]) -> float:
    mix = np.sum([pair_mix(fit.plan(number), label) for number in range(1, epochs + 1)], axis=0)
    return float(mix.trace() / mix.sum())
