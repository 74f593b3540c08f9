"""From the probabilities of images to the numbers of the sub-figure tables (DMRN, Tables 7 and 8).

Accuracy is the share of images named rightly. Precision, recall and F1 are of one class against the rest, then the
unweighted mean over the classes that have images; a class that is never named has precision and F1 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.multiclass import averages, confusion, per_class
from lesionary.subfigures.parts import Part

METRICS = ("accuracy", "precision", "recall", "f1")


@dataclass(frozen=True)
class Decisions:
    """Truth and decision of each image of a part; a decision is the class of highest probability."""

    classes: tuple[str, ...]
    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]

    @classmethod
    def of(cls, predictions: pl.DataFrame, part: Part) -> Decisions:
        """Decisions of a table of predictions; its columns `p_<class>` tell the order of the classes."""
        named = [name for name in predictions.columns if name.startswith("p_")]
        classes = tuple(name.removeprefix("p_") for name in named)
        rows = predictions.filter(pl.col("part") == str(part))
        truth = np.array([classes.index(name) for name in rows["class"]], np.int64)
        return cls(classes, truth, rows.select(named).to_numpy().argmax(axis=1).astype(np.int64))

    def counts(self) -> NDArray[np.int64]:
        """Confusion matrix, shape (classes, classes): truth, prediction."""
        return confusion(self.truth, self.predicted, len(self.classes))

    def summary(self) -> dict[str, float]:
        """The four metrics; none where there are no images."""
        return {name: float(value) for name, value in measure(self.counts()).items()} if len(self.truth) else {}

    def interval_table(self, *, replicates: int, level: float, seed: int) -> pl.DataFrame:
        """Bootstrap intervals over images, the network staying as it is: part, metric, value, low, high."""
        each = by_patient(self.truth, self.predicted, np.arange(len(self.truth)), len(self.classes))
        rng = np.random.default_rng(seed)
        found = bootstrap(each, measure, replicates=replicates, level=level, rng=rng)
        values = self.summary()
        rows = [
            {"part": str(Part.TEST), "metric": name, "value": values[name], "low": low, "high": high}
            for name, (low, high) in found.items()
        ]
        return pl.DataFrame(rows).with_columns(pl.selectors.float().round(4))

    def each_class(self) -> pl.DataFrame:
        """One row a class: class, images, precision, recall, f1; the last three empty where it has no images."""
        counts = self.counts()
        values = per_class(counts)
        columns = {"precision": values.precision, "recall": values.sensitivity, "f1": values.f1}
        rounded = {name: np.round(column, 4) for name, column in columns.items()}
        table = pl.DataFrame({"class": self.classes, "images": counts.sum(axis=1), **rounded})
        return table.with_columns(pl.selectors.float().fill_nan(None))


def measure(counts: NDArray[np.number]) -> dict[str, NDArray[np.float64]]:
    """The four metrics of confusion matrices, shape (..., classes, classes).

    >>> {name: round(float(value), 4) for name, value in measure(np.array([[2, 0, 0], [1, 0, 0], [0, 1, 0]])).items()}
    {'accuracy': 0.5, 'precision': 0.2222, 'recall': 0.3333, 'f1': 0.2667}
    """
    found = averages(counts)
    return dict(zip(METRICS, (found[name] for name in ("accuracy", "precision", "sensitivity", "f1")), strict=True))


@dataclass(frozen=True)
class Best:
    """In how many classes each row has the highest F1 (DMRN, Table 8)."""

    alone: Mapping[str, int]
    """By row."""
    tied: int
    """Classes in which two or more rows share the highest F1 and it is above 0."""
    missed: int
    """Classes of which no row names an image rightly; the paper counts these for nobody."""


def count_best(f1: Mapping[str, Mapping[str, float]]) -> Best:
    """Of rows, by name, their F1 by class; the classes that every row has count.

    >>> count_best({"a": {"x": 0.5, "y": 0.2, "z": 0.0}, "b": {"x": 0.4, "y": 0.2, "z": 0.0}})
    Best(alone={'a': 1, 'b': 0}, tied=1, missed=1)
    """
    alone, tied, missed = dict.fromkeys(f1, 0), 0, 0
    for name in set.intersection(*(set(values) for values in f1.values())) if f1 else ():
        highest = max(values[name] for values in f1.values())
        best = [row for row, values in f1.items() if values[name] == highest]
        if highest == 0:
            missed += 1
        elif len(best) > 1:
            tied += 1
        else:
            alone[best[0]] += 1
    return Best(alone, tied, missed)
