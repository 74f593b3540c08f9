"""Choosing the learning rate and weight decay of a fold's network, where params.yaml gives several."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from lesionary.params.subtyping import SubtyperParams
from lesionary.subtyping.learning.candidates import Candidate, Tried, one_of, try_each
from lesionary.subtyping.learning.fitting.fit import Fit
from lesionary.subtyping.learning.fitting.using import embed, predict
from lesionary.subtyping.learning.starting import OWN_CLASSIFIER
from lesionary.subtyping.svm.calibrated import Samples, judge
from lesionary.subtyping.svm.holding_out import hold_out, study_f1

Trainer = Callable[[SubtyperParams, NDArray[np.integer], str], Fit]
"""Trains on the samples at these places, under this name, and gives the trained fit."""


def tune(
    params: SubtyperParams,
    images: Tensor,
    samples: Samples,
    train: NDArray[np.integer],
    trained: Trainer,
    batch: int,
    choose: NDArray[np.integer] | None = None,
) -> Tried:
    """Try every candidate on the same held-out patients of the samples `train`; nothing else is looked at.

    Where there are samples to `choose` on, nothing of `train` is held out and these are looked at.
    An SVM row is judged by an SVM with C 1 on its embedding, a row with its own classifier by that.
    """
    candidates = tuple(product(params.learning_rate, params.weight_decay))
    if len(candidates) == 1:
        return Tried(candidates, (float("nan"),))
    places = train if choose is None else np.concatenate([train, choose])
    known = Samples(samples.classes[places], samples.studies[places], samples.patients[places])
    held = hold_out(known.classes, known.patients, params.seed) if choose is None else np.isin(places, choose)
    seen = images[places]

    def score(candidate: Candidate, name: str) -> float:
        fit = trained(one_of(params, candidate), places[~held], name)
        return _score(fit, params, seen, known, held, batch)

    return try_each(candidates, score)


def _score(
    fit: Fit, params: SubtyperParams, images: Tensor, samples: Samples, held: NDArray[np.bool_], batch: int
) -> float:
    pretrained = params.weights is not None
    if params.network in OWN_CLASSIFIER:
        probability = predict(fit.model, images[held], batch, pretrained=pretrained)  # type: ignore[arg-type]
        known = samples.at(held)
        return study_f1(probability, known.classes, known.studies, int(samples.classes.max()) + 1)
    with threadpool_limits(1):  # sums depend on the number of threads
        return judge(embed(fit.model, images, batch, pretrained=pretrained), samples, held)
