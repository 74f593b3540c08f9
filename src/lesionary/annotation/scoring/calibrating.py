"""Whether a row's scores are probabilities: of what it gives 0.8, do four lesions in five have the label?"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from lesionary.annotation.scoring.measuring import EvaluationSet
from lesionary.evaluation.probabilities.calibration import Reliability, reliability_of_labels


def reliabilities(tests: Mapping[str, EvaluationSet]) -> dict[str, Reliability]:
    """Of every test set, over all counted cells of lesions and labels."""
    return {name: reliability_of_labels(one.scores, one.truth, one.counted) for name, one in tests.items()}


COLUMNS = {
    "test": pl.String,
    "above": pl.Float64,
    "up_to": pl.Float64,
    "cells": pl.Int64,
    "score": pl.Float64,
    "share": pl.Float64,
}


def reliability_table(found: Mapping[str, Reliability]) -> pl.DataFrame:
    """One row a test set and bin that holds something: test, above, up_to, cells, score, share (that are true)."""
    rows = [
        (name, one.above, one.up_to, one.cases, one.confidence, one.accuracy)
        for name, reliability in found.items()
        for one in reliability.bins()
    ]
    return pl.DataFrame(rows, COLUMNS, orient="row").with_columns(pl.selectors.float().round(4))
