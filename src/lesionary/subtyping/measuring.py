"""From out-of-fold predictions to the numbers of the subtyping tables (DMRN, Tables 2 to 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.multiclass import averages, confusion, per_class
from lesionary.evaluation.ranking import auc, auc_interval
from lesionary.subtyping.tables.cases import Cases
from lesionary.subtyping.tables.predictions import probabilities


@dataclass(frozen=True)
class Decisions:
    """Truth and decision of each study or slice; a decision is the class of highest probability."""

    cases: Cases
    probability: NDArray[np.float64]
    """Of each class, shape (cases, classes)."""
    predicted: NDArray[np.int64]

    @classmethod
    def of(cls, table: pl.DataFrame) -> Decisions:
        """Decisions of a table of predictions."""
        probability = probabilities(table)
        return cls(Cases.of(table), probability, probability.argmax(axis=1))

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each decision is the truth."""
        return np.asarray(self.predicted == self.cases.label)

    def counts(self, where: NDArray[np.bool_] | slice = slice(None)) -> NDArray[np.int64]:
        """Confusion matrix of the rows `where`, all folds pooled by default, shape (classes, classes)."""
        return confusion(self.cases.label[where], self.predicted[where], len(self.cases.classes))

    def summary(self) -> dict[str, float]:
        """The five metrics pooled out of fold, and each one's standard deviation over the folds' values (`_sd`); `auc`.

        One fold has no deviation. Probabilities that are pooled for the area come from different folds' classifiers.
        """
        found: dict[str, float] = {}
        each = self.each_fold()
        for name, value in averages(self.counts()).items():
            found[name] = float(value)
            if self.cases.folds > 1:
                found[f"{name}_sd"] = float(np.std(each[name], ddof=1))
        return {**found, "auc": auc(self.cases.label, self.probability)}

    def each_fold(self) -> dict[str, NDArray[np.float64]]:
        """The five metrics of each fold's cases, each of shape (folds,)."""
        return averages(np.stack([self.counts(self.cases.fold == fold) for fold in range(self.cases.folds)]))

    def intervals(self, *, replicates: int, level: float, seed: int) -> dict[str, tuple[float, float]]:
        """Bootstrap intervals over patients of the five metrics and the area, on the same draws."""
        label, patient = self.cases.label, self.cases.patient
        counts = by_patient(label, self.predicted, patient, len(self.cases.classes))
        both = [np.random.default_rng(seed) for _ in range(2)]
        found = bootstrap(counts, averages, replicates=replicates, level=level, rng=both[0])
        area = auc_interval(label, self.probability, patient, replicates=replicates, level=level, rng=both[1])
        return {**found, "auc": area}

    def each_scanner(self) -> dict[str, dict[str, float]]:
        """Of folds that are scanners: cases, the five metrics and the area by the name of the scanner left out."""
        found = {}
        names = self.cases.table["scanner"].to_numpy() if "scanner" in self.cases.table.columns else np.array([])
        for name in np.unique(names):
            mine = names == name
            metrics = {metric: float(value) for metric, value in averages(self.counts(mine)).items()}
            area = auc(self.cases.label[mine], self.probability[mine])
            found[str(name)] = {"cases": int(mine.sum()), **metrics, "auc": area}
        return found

    def each_class(self) -> pl.DataFrame:
        """One row a class: class, cases, sensitivity, specificity, precision, f1."""
        counts = self.counts()
        columns = {name: np.round(values, 4) for name, values in vars(per_class(counts)).items()}
        return pl.DataFrame({"class": self.cases.classes, "cases": counts.sum(axis=1), **columns})


def interval_table(units: dict[str, Decisions], *, replicates: int, level: float, seed: int) -> pl.DataFrame:
    """One row a unit ("study", "slice") and metric: unit, metric, value, low, high."""
    rows = []
    for unit, decisions in units.items():
        found = decisions.intervals(replicates=replicates, level=level, seed=seed)
        values = decisions.summary()
        rows += [
            {"unit": unit, "metric": name, "value": values[name], "low": low, "high": high}
            for name, (low, high) in found.items()
        ]
    return pl.DataFrame(rows).with_columns(pl.selectors.float().round(4))
