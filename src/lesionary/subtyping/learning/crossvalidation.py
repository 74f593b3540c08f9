"""Training a row of the tables on every fold: the folds run beside each other where there is more than one core."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from lesionary.base.errors import CohortError
from lesionary.params.subtyping import SubtyperParams
from lesionary.running.parallel import here, in_order
from lesionary.subtyping.learning.tasks import FoldResult, Task, load_items
from lesionary.subtyping.tables.cases import Cases, load_slices, load_studies
from lesionary.subtyping.tables.roles import teaching
from lesionary.training.checkpoints import held, own_folder
from lesionary.training.devices import pick_device


def train_folds(row: str, params: SubtyperParams, slices: Path, folds: Path) -> list[FoldResult]:
    """Train `row` on each fold's other folds. Interrupted, it goes on where it stopped."""
    check(load_slices(slices, folds), load_studies(folds))
    cases, images = load_items(params, slices, folds)
    settings = json.dumps(params.model_dump(mode="json"), sort_keys=True)
    folder = own_folder(f"train_subtyper-{row}", settings, images.tobytes(), cases.digest())
    with held(folder):
        tasks = [Task(row, params, slices, folds, fold, folder) for fold in range(cases.folds)]
        map_ = here if pick_device().type == "cuda" else in_order
        return list(map_(_train_fold, tasks, f"{row}: folds"))


def _train_fold(task: Task) -> FoldResult:
    from lesionary.subtyping.learning.one_fold import train_fold  # the networks' imports take seconds: only where used

    return train_fold(task)


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
