"""What the training of a row leaves: weights, curves, what was chosen, and the probabilities of every image."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors.torch import save_file as save_weights

from lesionary.base.arrays import save_arrays
from lesionary.subfigures.sorting.figures import Figures
from lesionary.subfigures.sorting.machine import Decided
from lesionary.subfigures.sorting.training import Learnt
from lesionary.subtyping.tables.predictions import prediction_table


@dataclass(frozen=True)
class Sorted:
    """A row that was trained: its networks, and the SVM where there is one."""

    learnt: Sequence[Learnt]
    machine: Decided | None

    @property
    def probability(self) -> NDArray[np.floating]:
        """(images, classes): the SVM's, or the mean of the networks' own."""
        if self.machine is not None:
            return self.machine.probability
        every = np.stack([one.probability for one in self.learnt if one.probability is not None])
        return np.asarray(every.mean(axis=0))

    def save(self, figures: Figures, models: Path, predictions: Path, history_csv: Path) -> None:
        """Write it all (see `stages/train_subfigures.py`)."""
        for folder in (models, predictions, history_csv.parent):
            folder.mkdir(parents=True, exist_ok=True)
        for one in self.learnt:
            save_weights(one.weights, models / f"{one.member}.safetensors")
        if self.machine is not None:
            save_arrays(models / "svm.safetensors", vars(self.machine.svm))
        table = prediction_table(figures.table.select("n", "class", "part"), figures.classes, self.probability)
        table.write_parquet(predictions / "images.parquet")
        (predictions / "learnt.json").write_text(json.dumps(self.described(figures), indent=2) + "\n", encoding="utf-8")
        history(self.learnt).write_csv(history_csv)

    def described(self, figures: Figures) -> dict[str, Any]:
        """Numbers of its training: the images' side, what was chosen, and the share of pairs of one class."""
        names = ("learning_rate", "weight_decay")
        networks = {one.member: dict(zip(names, one.tried.chosen, strict=True)) for one in self.learnt}
        svm = {"svm": {"c": float(self.machine.svm.c)}} if self.machine else {}
        pairs = [{"pairs": {"same_class": one.same_class}} for one in self.learnt if one.same_class is not None]
        return {"side_px": figures.pixels.shape[-1], "networks": networks, **svm, **(pairs[0] if pairs else {})}


def history(learnt: Sequence[Learnt]) -> pl.DataFrame:
    """Training curves, network after network: network, epoch, learning_rate, loss, and its parts if it has several."""
    rows = []
    for one in learnt:
        for epoch in one.epochs:
            parts = epoch.losses if len(epoch.losses) > 1 else {}
            start = {"network": one.member, "epoch": epoch.number, "learning_rate": epoch.learning_rate}
            rows.append(start | {"loss": sum(epoch.losses.values())} | parts)
    nothing = {"network": pl.String, "epoch": pl.Int64, "learning_rate": pl.Float64, "loss": pl.Float64}
    return pl.DataFrame(rows, schema=None if rows else nothing).with_columns(pl.selectors.float().round(5))
