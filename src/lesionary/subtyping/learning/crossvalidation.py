"""Training a row of the tables on every fold: the folds run beside each other where there is more than one core."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from lesionary.base.errors import CohortError
from lesionary.params.subtyping import Mining, Network, SubtyperParams
from lesionary.running.parallel import here, in_order
from lesionary.running.progress import progress
from lesionary.subtyping.learning.candidates import Tried, one_of
from lesionary.subtyping.learning.fitting.fit import Fit
from lesionary.subtyping.learning.fitting.using import embed, predict
from lesionary.subtyping.learning.images import load_images, load_volumes
from lesionary.subtyping.learning.pairs import pair_mix
from lesionary.subtyping.learning.starting import OWN_CLASSIFIER, start
from lesionary.subtyping.learning.tuning import tune
from lesionary.subtyping.svm.calibrated import Samples
from lesionary.subtyping.tables.cases import Cases, load_slices, load_studies
from lesionary.subtyping.tables.roles import choosing, teaching
from lesionary.training.checkpoints import held, own_folder
from lesionary.training.devices import fix_threads, pick_device, repeat_exactly
from lesionary.training.loop import Epoch

_BATCH = 128  # images a forward pass when nothing is trained
_VOLUMES = 16  # and volumes


@dataclass(frozen=True)
class Task:
    """One fold of one row."""

    row: str
    params: SubtyperParams
    slices: Path
    folds: Path
    fold: int
    checkpoints: Path


@dataclass(frozen=True)
class FoldResult:
    """What one fold's training leaves: weights, history, and what the network makes of every slice, or study."""

    fold: int
    weights: dict[str, Tensor]
    epochs: list[Epoch]
    embedding: NDArray[np.float32]
    """(slices, features), training and test slices alike; studies of a 3-D network."""
    probability: NDArray[np.float32] | None
    """(slices, classes) of a network that ends in its own classifier; studies of a 3-D one."""
    pair_mix: NDArray[np.int64] | None
    """(classes, classes): how often each pair of classes was drawn, over all epochs; DMRN without mining only."""
    tried: Tried


def load_items(params: SubtyperParams, slices: Path, folds: Path) -> tuple[Cases, NDArray[np.float32]]:
    """What the row is trained on: slices, or studies and their volumes."""
    if params.network is Network.CNN3D:
        return load_studies(folds), load_volumes(slices, folds, params.window_hu, params.cube_px)
    return load_slices(slices, folds), load_images(slices, folds, params.window_hu, params.side_px)


def train_folds(row: str, params: SubtyperParams, slices: Path, folds: Path) -> list[FoldResult]:
    """Train `row` on each fold's other folds. Interrupted, it goes on where it stopped."""
    check(load_slices(slices, folds), load_studies(folds))
    cases, images = load_items(params, slices, folds)
    settings = json.dumps(params.model_dump(mode="json"), sort_keys=True)
    folder = own_folder(f"train_subtyper-{row}", settings, images.tobytes(), cases.digest())
    with held(folder):
        tasks = [Task(row, params, slices, folds, fold, folder) for fold in range(cases.folds)]
        map_ = here if pick_device().type == "cuda" else in_order
        return list(map_(train_fold, tasks, f"{row}: folds"))


def check(slices: Cases, studies: Cases) -> None:
    """Refuse what no network could be trained on, before any is: `CohortError`."""
    cure = "redo draw_folds, which sets such cases aside"
    if len(bare := studies.table.join(slices.table, on="study", how="anti")):
        raise CohortError("folds.csv", f"{len(bare)} studies have no slice", cure)
    parts = studies.table.group_by("patient").agg(pl.col("fold").n_unique())
    if (studies.fold < 0).any() and (count := len(parts.filter(pl.col("fold") > 1))):
        raise CohortError("folds.csv", f"{count} patients stand in two of train, val and test", cure)
    for fold in range(studies.folds):
        test = studies.fold == fold
        if not test.any():
            raise CohortError("folds.csv", f"fold {fold} has no study", cure)
        left = set(studies.label[teaching(studies.fold, fold)])
        if missing := [name for code, name in enumerate(studies.classes) if code not in left]:
            raise CohortError("folds.csv", f"without fold {fold} no study is {', '.join(missing)}", cure)


def train_fold(task: Task) -> FoldResult:
    """Train one fold in this process."""
    fix_threads()
    repeat_exactly()
    cases, loaded = load_items(task.params, task.slices, task.folds)
    images = torch.from_numpy(loaded)
    train, choose = (np.flatnonzero(one) for one in (teaching(cases.fold, task.fold), choosing(cases.fold)))
    batch = _VOLUMES if task.params.network is Network.CNN3D else _BATCH
    histories: dict[str, list[Epoch]] = {}

    def trained(params: SubtyperParams, places: NDArray[np.integer], name: str) -> Fit:
        checkpoint = task.checkpoints / f"fold-{task.fold}{name and '-'}{name.replace(' ', '-')}.pt"
        seen, label, study = images[torch.from_numpy(places)], cases.label[places], cases.study[places]
        fit = start(params, seen, label, study, fold=task.fold, checkpoint=checkpoint)
        text = f"{task.row}: fold {task.fold + 1}{name and ', '}{name}"
        histories[name] = list(progress(fit.epochs(), text, total=params.epochs))
        return fit

    samples = Samples(cases.label, cases.study, cases.patient)
    tried = tune(task.params, images, samples, train, trained, batch, choose if len(choose) else None)
    params = one_of(task.params, tried.chosen)
    fit, pretrained = trained(params, train, ""), params.weights is not None
    own = params.network in OWN_CLASSIFIER
    drawn = params.network is Network.DMRN and params.mining is Mining.NONE
    return FoldResult(
        task.fold,
        {name: value.detach().cpu().contiguous() for name, value in fit.model.state_dict().items()},
        histories[""],
        embed(fit.model, images, batch, pretrained=pretrained),
        predict(fit.model, images, batch, pretrained=pretrained) if own else None,  # type: ignore[arg-type]
        _pair_mix(fit, params.epochs, cases.label[train]) if drawn else None,
        tried,
    )


def _pair_mix(fit: Fit, epochs: int, label: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.sum([pair_mix(fit.plan(number), label) for number in range(1, epochs + 1)], axis=0))
