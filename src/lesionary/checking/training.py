"""How long the rows of the subtyping tables would train here: a few steps of each are done on noise, and timed."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from lesionary.checking.tracks import Step, Track
from lesionary.params.results import RowsParams
from lesionary.params.subtyping import FoldsParams, Network, Protocol, SubtyperParams, SubtypingParams
from lesionary.running.workers import workers
from lesionary.subtyping.learning.starting import start
from lesionary.training.devices import fix_threads, pick_device

STEPS = 2
"""That are timed, after as many that are not: the first are slower."""
WITHOUT = (Network.CLINICAL, Network.FIRST_ORDER, Network.SHAPE, Network.HAND_CRAFTED)
"""Nothing is learnt step by step there."""


def training_steps(tracks: Sequence[Track], params: Path) -> list[Step]:
    """One step of the pipeline a row that `rows.subtyping` names, if that track can run."""
    track = next((one for one in tracks if one.name == "subtyping" and one.possible), None)
    if track is None:
        return []
    protocol = SubtypingParams.load(params).protocol
    folds = FoldsParams.load(params).count if protocol is Protocol.FOLDS else 1
    found = []
    for row in RowsParams.load(params).subtyping:
        settings = SubtyperParams.load_row(row, params)
        if settings.network not in WITHOUT:
            items = track.used["studies" if settings.network is Network.CNN3D else "slices"]
            found.append(_step(row, settings, items, folds))
    return found


def _step(row: str, settings: SubtyperParams, items: int, folds: int) -> Step:
    steps = steps_of(settings, items, folds)
    beside = 1 if pick_device().type == "cuda" else min(folds, workers())
    seconds = steps * seconds_a_step(settings) / beside
    return Step(
        f"train_subtyper {row}", round(seconds, 1), None, f"{steps} steps, {STEPS} of which were timed on noise"
    )


def steps_of(settings: SubtyperParams, items: int, folds: int) -> int:
    """Training steps of all folds, candidates of lists included.

    Each fold learns from the `items` (slices, or studies of a 3-D network) of the others; one fold (train, val and
    test) from about seven tenths.
    """
    learnt = items * ((folds - 1) / folds if folds > 1 else 0.7)
    candidates = len(settings.learning_rate) * len(settings.weight_decay)
    trainings = 1 if candidates == 1 else candidates + 1
    return folds * trainings * settings.epochs * math.ceil(learnt / settings.batch)


def seconds_a_step(settings: SubtyperParams) -> float:
    """Mean time of a training step of a row's network on this machine; noise takes as long as images."""
    fix_threads()  # as the stage does: more of them are slower beside each other
    count = STEPS * settings.batch
    rng = np.random.default_rng(0)
    side, axes = (settings.cube_px, 3) if settings.network is Network.CNN3D else (settings.side_px, 2)
    images = torch.from_numpy(rng.random((count, *(side,) * axes), np.float32))
    classes = np.arange(count) % 2
    twice = settings.model_copy(update={"epochs": 2, "weights": None})
    epochs = iter(start(twice, images, classes, np.arange(count), fold=0, checkpoint=None).epochs())
    next(epochs)
    begun = time.perf_counter()
    next(epochs)
    return (time.perf_counter() - begun) / STEPS
