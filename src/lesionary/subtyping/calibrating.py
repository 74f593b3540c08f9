"""Whether a row's study probabilities mean what they say, and whether another temperature would help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.evaluation.probabilities.calibration import Reliability, reliability
from lesionary.evaluation.probabilities.proper import brier, log_loss
from lesionary.evaluation.probabilities.recalibration import recalibrated
from lesionary.subtyping.tables.cases import Cases
from lesionary.subtyping.tables.predictions import probabilities

BINS = 10
"""Of equal width, by the probability of what is called."""


@dataclass(frozen=True)
class Calibration:
    """Out-of-fold probabilities of studies, as they are and at each fold's temperature.

    Of one fold alone, a split's test part, there are no others to choose a temperature on: nothing is recalibrated.
    """

    truth: NDArray[np.int64]
    said: NDArray[np.float64]
    """(studies, classes)."""
    recalibrated: NDArray[np.float64] | None = None
    temperatures: NDArray[np.float64] | None = None
    """(folds,); each chosen on the other folds' studies."""

    @classmethod
    def of(cls, studies: pl.DataFrame) -> Calibration:
        """Of a row's table of study predictions."""
        cases, said = Cases.of(studies), probabilities(studies)
        if cases.fold.max() == 0:
            return cls(cases.label, said)
        return cls(cases.label, said, *recalibrated(said, cases.label, cases.fold))

    @property
    def reliabilities(self) -> dict[str, Reliability]:
        """Before, and after where there is an after."""
        each = {"as they are": self.said, "recalibrated": self.recalibrated}
        return {name: reliability(said, self.truth, BINS) for name, said in each.items() if said is not None}

    @property
    def before(self) -> dict[str, float]:
        """The expected calibration error `ece`, `brier` and `log_loss`."""
        return _scores(self.said, self.truth)

    @property
    def after(self) -> dict[str, float]:
        """The same of recalibrated probabilities, and the median `temperature` of the folds; empty of one fold."""
        if self.recalibrated is None or self.temperatures is None:
            return {}
        return {**_scores(self.recalibrated, self.truth), "temperature": float(np.median(self.temperatures))}


def _scores(said: NDArray[np.float64], truth: NDArray[np.int64]) -> dict[str, float]:
    error = reliability(said, truth, BINS).error
    return {"ece": error, "brier": brier(said, truth), "log_loss": log_loss(said, truth)}


COLUMNS = {
    "probabilities": pl.String,
    "above": pl.Float64,
    "up_to": pl.Float64,
    "studies": pl.Int64,
    "probability": pl.Float64,
    "share": pl.Float64,
}


def reliability_table(found: dict[str, Reliability]) -> pl.DataFrame:
    """One row for each of `found` and bin that holds something: `COLUMNS`; share is of studies that are right."""
    rows = [(name, *one) for name, reliability in found.items() for one in reliability.bins()]
    return pl.DataFrame(rows, COLUMNS, orient="row").with_columns(pl.selectors.float().round(4))
