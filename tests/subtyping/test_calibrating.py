"""Study probabilities, before and after."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lesionary.evaluation.probabilities.recalibration import at_temperature
from lesionary.subtyping.calibrating import Calibration, reliability_table
from lesionary.subtyping.tables.predictions import prediction_table


def studies(said: np.ndarray, truth: np.ndarray, folds: int) -> pl.DataFrame:
    numbers = np.arange(len(truth))
    rows = pl.DataFrame(
        {
            "study": [f"s{n}" for n in numbers],
            "patient": [f"p{n}" for n in numbers],
            "subtype": ["abc"[k] for k in truth],
            "fold": numbers % folds,
        }
    )
    return prediction_table(rows, ["a", "b", "c"], said)


def four() -> Calibration:
    said = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    return Calibration.of(studies(said, np.array([0, 1, 1, 2]), 2))


def test_scores_by_hand() -> None:
    # bins: 0.7 twice, one right; 0.8 twice, both right. ece = (2 * |0.7 - 0.5| + 2 * |0.8 - 1|) / 4
    squares = [0.04 + 0.01 + 0.01, 0.04 + 0.09 + 0.01, 0.49 + 0.64 + 0.01, 0.01 + 0.01 + 0.04]
    assert four().before == {
        "ece": pytest.approx(0.2),
        "brier": pytest.approx(sum(squares) / 4),
        "log_loss": pytest.approx(-np.log([0.8, 0.7, 0.2, 0.8]).mean()),
    }


def test_what_is_too_sure_is_better_off_afterwards_and_its_temperature_is_above_one() -> None:
    rng = np.random.default_rng(0)
    honest = rng.dirichlet(np.ones(3), 600)
    truth = (rng.random(600)[:, None] > honest.cumsum(axis=1)).sum(axis=1)
    found = Calibration.of(studies(at_temperature(honest, 0.3), truth, 5))
    assert all(found.after[name] < found.before[name] for name in found.before)
    assert found.after["temperature"] == pytest.approx(1 / 0.3, rel=0.25)
    assert (found.recalibrated.argmax(axis=1) == found.said.argmax(axis=1)).all()


def test_the_table_counts_every_study_twice_over() -> None:
    table = reliability_table(four().reliabilities)
    assert table.group_by("probabilities", maintain_order=True).agg(pl.col("studies").sum()).rows() == [
        ("as they are", 4),
        ("recalibrated", 4),
    ]
    first = table.row(0, named=True)
    assert (first["above"], first["up_to"], first["studies"], first["probability"], first["share"]) == (
        0.6,
        0.7,
        2,
        0.7,
        0.5,
    )
