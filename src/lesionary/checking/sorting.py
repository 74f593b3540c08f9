"""How long the rows of the sub-figure tables would train here: a few steps of each network are done on noise, and
timed."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import torch

from lesionary.checking.tracks import Step, Track
from lesionary.checking.training import STEPS
from lesionary.params.results import RowsParams
from lesionary.params.sorting import SorterParams, SubfiguresParams
from lesionary.running.workers import workers
from lesionary.subfigures.parts import Part
from lesionary.subfigures.sorting.starting import members, start
from lesionary.training.devices import fix_threads, pick_device


def sorting_steps(track: Track, params: Path) -> list[Step]:
    """One step of the pipeline a row that `rows.subfigures` names and that trains a network, if the track can run."""
    if not track.possible:
        return []
    side_px, learnt = SubfiguresParams.load(params).side_px, track.used[f"{Part.TRAIN} images"]
    found = []
    for row in RowsParams.load(params).subfigures:
        settings = SorterParams.load_row(row, params)
        if networks := members(settings):
            found.append(_step(row, settings, networks, learnt, track.used["classes"], side_px))
    return found


def _step(row: str, settings: SorterParams, networks: tuple[str, ...], learnt: int, classes: int, side_px: int) -> Step:
    each = steps_of(settings, learnt)
    times = [each * seconds_a_step(one, settings, classes, side_px) for one in networks]
    beside = 1 if pick_device().type == "cuda" else min(workers(), len(networks))
    how = f"{each * len(networks)} steps, {STEPS * len(networks)} of which were timed on noise"
    return Step(f"train_subfigures {row}", round(max(*times, sum(times) / beside), 1), None, how)


def steps_of(settings: SorterParams, learnt: int) -> int:
    """Training steps of one network from `learnt` images, once for each value of the lists."""
    trainings = len(settings.learning_rate) * len(settings.weight_decay)
    return trainings * settings.epochs * math.ceil(learnt / settings.batch)


def seconds_a_step(member: str, settings: SorterParams, classes: int, side_px: int) -> float:
    """Mean time of a training step of a network on this machine; noise takes as long as pictures."""
    fix_threads()  # as the stage does: more of them are slower beside each other
    count, rng = STEPS * settings.batch, np.random.default_rng(0)
    images = torch.from_numpy(rng.integers(0, 256, (count, 3, side_px, side_px), np.uint8))
    twice = settings.model_copy(update={"epochs": 2, "weights": None})
    fit = start(member, twice, images, np.arange(count) % 2, classes=max(classes, 2), checkpoint=None)
    epochs = iter(fit.epochs())
    next(epochs)  # the first steps are slower
    begun = time.perf_counter()
    next(epochs)
    return (time.perf_counter() - begun) / STEPS
