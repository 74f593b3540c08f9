"""What the training of a row leaves: weights, features and curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors.torch import save_file as save_weights

from lesionary.base.arrays import save_arrays
from lesionary.subtyping.learning.tasks import FoldResult
from lesionary.training.loop import Epoch


def save_folds(
    results: Sequence[FoldResult], fold: NDArray[np.integer], models: Path, features: Path, *, studies: bool = False
) -> None:
    """Weights of each fold, and the features file of a trained row (see `stages/train_subtyper.py`).

    `fold` is that of each slice, or of each study where the network was given `studies`.
    """
    models.mkdir(parents=True, exist_ok=True)
    for result in results:
        save_weights(result.weights, models / f"fold-{result.fold}.safetensors")
    arrays: dict[str, NDArray[np.generic]] = {"embedding": np.stack([result.embedding for result in results])}
    if results[0].probability is not None:
        own = np.full((len(fold), results[0].probability.shape[1]), np.nan, np.float32)  # of what is in no test: NaN
        for result in results:
            own[fold == result.fold] = result.probability
        arrays["study_probability" if studies else "probability"] = own
    if results[0].pair_mix is not None:
        arrays["pair_mix"] = np.sum([r.pair_mix for r in results if r.pair_mix is not None], axis=0)
    if len(results[0].tried.candidates) > 1:
        arrays["tried"] = np.array(results[0].tried.candidates)
        arrays["tried_f1"] = np.array([result.tried.scores for result in results])
        arrays["chosen"] = np.array([result.tried.chosen for result in results])
    save_arrays(features, arrays)


def history(folds: Sequence[Sequence[Epoch]]) -> pl.DataFrame:
    """Training curves: epoch, learning_rate and loss (means over folds), each part of it, and each fold's loss."""
    rows = []
    for epochs in zip(*folds, strict=True):
        each = [sum(epoch.losses.values()) for epoch in epochs]
        parts = {name: float(np.mean([epoch.losses[name] for epoch in epochs])) for name in epochs[0].losses}
        rate = float(np.mean([epoch.learning_rate for epoch in epochs]))
        start = {"epoch": epochs[0].number, "learning_rate": rate, "loss": float(np.mean(each))}
        rows.append(start | parts | {f"fold_{n + 1}": loss for n, loss in enumerate(each)})
    nothing = {"epoch": pl.Int64, "learning_rate": pl.Float64, "loss": pl.Float64}  # where no network was trained
    return pl.DataFrame(rows, schema=None if rows else nothing).with_columns(pl.selectors.float().round(5))
