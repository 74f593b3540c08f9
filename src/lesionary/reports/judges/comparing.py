"""The rows of the table of relations on the judged pairs of test: metrics, paired differences, calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.cohorts.relations import RELATIONS
from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.probabilities.calibration import Reliability, reliability
from lesionary.params.results import EvaluationParams
from lesionary.reports.judges.classifying import Judged, Row, predictions
from lesionary.reports.judges.encoding import Example
from lesionary.reports.judges.judging import Score, macro_and_classes, measure
from lesionary.training.loop import Epoch

ROUNDED = pl.selectors.float().round(4)


@dataclass(frozen=True)
class Comparison:
    """What every row says of the judged pairs of test."""

    truth: NDArray[np.int64]
    patients: NDArray[np.int64]
    probabilities: Mapping[str, NDArray[np.float64]]
    """(pairs, relations), by row."""

    @classmethod
    def of(cls, rows: Mapping[str, Row], pairs: pl.DataFrame, examples: Sequence[Example]) -> Comparison:
        """Ask all rows."""
        known = Judged.of(pairs, "test")
        asked = known.examples(examples)
        said = {name: predictions(row.judge, asked) for name, row in rows.items()}
        return cls(known.classes, known.patients, said)

    @classmethod
    def nothing(cls) -> Comparison:
        """Of a cohort without judgements."""
        none = np.zeros(0, np.int64)
        return cls(none, none, {})

    def scores(self, evaluation: EvaluationParams) -> dict[str, list[Score]]:
        """Precision, recall and F1 of every row; each is measured on the same draws of patients."""
        found = {}
        for name, said in self.probabilities.items():
            rng, called = np.random.default_rng(evaluation.seed), said.argmax(axis=1)
            found[name] = measure(
                self.truth,
                called,
                self.patients,
                RELATIONS,
                replicates=evaluation.replicates,
                level=evaluation.level,
                rng=rng,
            )
        return found

    def differences(self, applied: str, evaluation: EvaluationParams) -> dict[str, list[Score]]:
        """Each other row less the applied one."""
        called = {name: said.argmax(axis=1) for name, said in self.probabilities.items()}
        return {
            name: difference(
                self.truth,
                own,
                called[applied],
                self.patients,
                RELATIONS,
                replicates=evaluation.replicates,
                level=evaluation.level,
                rng=np.random.default_rng(evaluation.seed),
            )
            for name, own in called.items()
            if name != applied
        }

    def reliabilities(self) -> dict[str, Reliability]:
        """Whether each row is right as often as it says."""
        return {name: reliability(said, self.truth) for name, said in self.probabilities.items()}


def difference(
    truth: NDArray[np.int64],
    predicted: NDArray[np.int64],
    other: NDArray[np.int64],
    patients: NDArray[np.int64],
    names: Sequence[str],
    *,
    replicates: int,
    level: float,
    rng: np.random.Generator,
) -> list[Score]:
    """Metrics of `predicted` less those of `other`; both are measured on the same patients in every draw."""
    _, patient = np.unique(patients, return_inverse=True)
    counts = np.stack([by_patient(truth, called, patient, len(names)) for called in (predicted, other)], axis=1)
    values = macro_and_classes(names, np.unique(truth))

    def less(matrices: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {key: both[..., 0] - both[..., 1] for key, both in values(matrices).items()}

    whole = less(counts.sum(axis=0).astype(np.float64))
    intervals = bootstrap(counts, less, replicates=replicates, level=level, rng=rng)
    keys = {key: key.split(" ", 1) for key in whole}
    return [Score(metric, of, float(whole[key]), *intervals[key]) for key, (metric, of) in keys.items()]


def score_table(found: Mapping[str, Sequence[Score]]) -> pl.DataFrame:
    """Columns classifier, class, metric, value, low, high."""
    schema: dict[str, Any] = {"classifier": pl.String, "class": pl.String, "metric": pl.String}
    schema |= dict.fromkeys(("value", "low", "high"), pl.Float64)
    rows = [(name, s.of, s.metric, s.value, s.low, s.high) for name, part in found.items() for s in part]
    return pl.DataFrame(rows, schema, orient="row").with_columns(ROUNDED)


def reliability_table(found: Mapping[str, Reliability]) -> pl.DataFrame:
    """Columns classifier, above, up_to, pairs, confidence, accuracy; a bin that holds nothing has no row."""
    columns = ["classifier", "above", "up_to", "pairs", "confidence", "accuracy"]
    rows = [(name, *bin) for name, one in found.items() for bin in one.bins()]
    return pl.DataFrame(rows, columns, orient="row").with_columns(ROUNDED)


def history_table(rows: Mapping[str, Row]) -> pl.DataFrame:
    """Columns classifier, epoch, loss, val_macro_f1 (on the held-out part of validation); of networks alone."""

    def line(name: str, epoch: Epoch) -> tuple[str, int, float, float]:
        return name, epoch.number, sum(epoch.losses.values()), epoch.validation["macro_f1"]

    lines = [line(name, epoch) for name, row in rows.items() for epoch in row.epochs]
    schema = {"classifier": pl.String, "epoch": pl.Int64, "loss": pl.Float64, "val_macro_f1": pl.Float64}
    return pl.DataFrame(lines, schema, orient="row").with_columns(ROUNDED)


def metrics_of(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    """By class, then by metric."""
    return {one.of: {s.metric: s.value for s in scores if s.of == one.of} for one in scores}


def row_metrics(
    scores: Mapping[str, Sequence[Score]], reliabilities: Mapping[str, Reliability]
) -> dict[str, dict[str, Any]]:
    """By row: `macro` and `calibration_error`."""
    return {
        name: {"macro": metrics_of(part)["macro"], "calibration_error": reliabilities[name].error}
        for name, part in scores.items()
    }


def difference_metrics(differences: Mapping[str, Sequence[Score]]) -> dict[str, dict[str, dict[str, float]]]:
    """By row, then by metric: macro difference and its interval."""
    return {
        name: {s.metric: {"value": s.value, "low": s.low, "high": s.high} for s in part if s.of == "macro"}
        for name, part in differences.items()
    }
