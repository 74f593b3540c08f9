"""Rows of the table of relations beside the one that is applied."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.evaluation.probabilities.calibration import reliability
from lesionary.params.results import EvaluationParams
from lesionary.reports.judges.comparing import Comparison, difference, reliability_table, score_table
from lesionary.reports.judges.judging import measure

NAMES = ("relevant", "uncertain", "irrelevant")
EVALUATION = EvaluationParams(seed=3, replicates=200, level=0.9)
RNG = np.random.default_rng(0)
TRUTH, PATIENTS = RNG.integers(0, 3, 300), RNG.integers(0, 30, 300)


def called(mistakes: float) -> np.ndarray:
    """The truth, but for a share that is drawn."""
    wrong = np.random.default_rng(1).random(300) < mistakes
    return np.where(wrong, np.random.default_rng(2).integers(0, 3, 300), TRUTH)


def limits() -> dict[str, object]:
    return {"replicates": 200, "level": 0.9, "rng": np.random.default_rng(3)}


def test_a_judge_differs_from_itself_by_nothing() -> None:
    for score in difference(TRUTH, called(0.3), called(0.3), PATIENTS, NAMES, **limits()):
        assert (score.value, score.low, score.high) == (0, 0, 0)


def test_a_difference_is_that_of_the_two_values_and_turns_its_sign_with_them() -> None:
    one, other = called(0.1), called(0.4)
    values = [{(s.of, s.metric): s for s in measure(TRUTH, c, PATIENTS, NAMES, **limits())} for c in (one, other)]
    there = {(s.of, s.metric): s for s in difference(TRUTH, one, other, PATIENTS, NAMES, **limits())}
    back = {(s.of, s.metric): s for s in difference(TRUTH, other, one, PATIENTS, NAMES, **limits())}
    assert len(there) == 12
    for key, score in there.items():
        assert score.value == pytest.approx(values[0][key].value - values[1][key].value)
        assert (back[key].low, back[key].high) == (pytest.approx(-score.high), pytest.approx(-score.low))


def test_pairing_is_narrower_than_two_intervals_where_judges_err_alike() -> None:
    """The second judge makes all mistakes of the first and a few more."""
    f1 = next(s for s in difference(TRUTH, called(0.3), called(0.33), PATIENTS, NAMES, **limits()) if s.metric == "f1")
    alone = next(s for s in measure(TRUTH, called(0.3), PATIENTS, NAMES, **limits()) if s.metric == "f1")
    assert f1.high - f1.low < (alone.high - alone.low) / 2


def test_the_applied_row_has_no_difference_and_all_rows_have_scores() -> None:
    said = {name: np.eye(3)[called(mistakes)] for name, mistakes in (("cnn", 0.1), ("rules", 0.4))}
    compared = Comparison(TRUTH, PATIENTS, said)
    assert set(score_table(compared.scores(EVALUATION))["classifier"]) == {"cnn", "rules"}
    assert set(score_table(compared.differences("cnn", EVALUATION))["classifier"]) == {"rules"}
    assert len(score_table(Comparison(TRUTH, PATIENTS, {"cnn": said["cnn"]}).differences("cnn", EVALUATION))) == 0


def test_bins_without_pairs_have_no_line() -> None:
    found = {"rules": reliability(np.eye(3)[called(0.5)], TRUTH)}
    share = float((called(0.5) == TRUTH).mean())
    assert reliability_table(found).rows() == [("rules", 0.9, 1.0, 300, 1.0, pytest.approx(share, abs=1e-4))]
