"""How long the rows of the annotation tables would train here: a few lesions of noise are learnt, and timed."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import polars as pl
import torch

from lesionary.annotation.dataset import Labels
from lesionary.annotation.learning.fitting import Lesions
from lesionary.annotation.learning.rows import Material, prepare
from lesionary.checking.labelling import Learnable
from lesionary.checking.tracks import Step
from lesionary.params.annotation import AnnotatorParams
from lesionary.training.devices import fix_threads, pick_device
from lesionary.training.loop import split

STEPS = 2
"""That are timed, after as many that are not: the first are slower."""
AT_MOST = 16
"""Lesions a step that is timed on a CPU, where twice as many take twice as long."""
OFTEN = 0.05
"""Share of noise's lesions that have a label."""


def annotator_steps(rows: Mapping[str, AnnotatorParams], learnt: Learnable, side_px: int) -> list[Step]:
    """One step of the pipeline a row."""
    return [_step(row, params, learnt, side_px) for row, params in rows.items()]


def _step(row: str, params: AnnotatorParams, learnt: Learnable, side_px: int) -> Step:
    steps = steps_of(params, learnt.train)
    seconds = steps * seconds_a_step(params, learnt, side_px)
    return Step(
        f"train_annotator {row}", round(seconds, 1), None, f"{steps} steps, {STEPS} of which were timed on noise"
    )


def steps_of(params: AnnotatorParams, lesions: int) -> int:
    """Training steps of all networks of a row on so many lesions."""
    return params.seeds * params.epochs * len(split(torch.arange(lesions), params.batch, drop_last=True))


def seconds_a_step(params: AnnotatorParams, learnt: Learnable, side_px: int) -> float:
    """Mean time of a training step on this machine, with its share of the validation after each epoch."""
    fix_threads()  # as the stage does
    batch = params.batch if pick_device().type == "cuda" else min(params.batch, AT_MOST)
    judged = max(2, round(learnt.val * STEPS * batch / learnt.train))
    known = _labels(learnt.labels)
    twice = params.model_copy(update={"epochs": 2, "batch": batch, "weights": None})
    epochs = iter(prepare(twice, known, _noise(STEPS * batch, judged, learnt.labels, side_px), 0, None).epochs())
    next(epochs)
    begun = time.perf_counter()
    next(epochs)
    return (time.perf_counter() - begun) / STEPS * params.batch / batch


def _labels(count: int) -> Labels:
    """So many labels without parents; none excludes another."""
    names, alone = tuple(map(str, range(count))), np.eye(count, dtype=bool)
    return Labels(pl.DataFrame(), names, pl.DataFrame(), {}, alone, np.zeros_like(alone))


def _noise(learnt: int, judged: int, labels: int, side_px: int) -> Material:
    """Patches of noise; the first lesion of each part has every label, the last none, so that F1 can be measured."""
    device, rng = pick_device(), np.random.default_rng(0)

    def lesions(count: int) -> Lesions:
        patches = rng.integers(-1000, 1000, (count, 3, side_px, side_px), np.int16)
        targets = rng.random((count, labels)) < OFTEN
        targets[0], targets[-1] = True, False
        box = [side_px / 4, side_px / 4, side_px * 3 / 4, side_px * 3 / 4]
        boxes, places = torch.tensor([box] * count), torch.ones(count, 4)
        parts = (torch.from_numpy(patches), boxes, torch.from_numpy(targets), places, torch.from_numpy(~targets))
        return Lesions(*(part.to(device) for part in parts))

    numbers = np.arange(learnt)
    return Material(lesions(learnt), lesions(judged), numbers, numbers % 2)
