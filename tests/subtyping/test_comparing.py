"""Rows against DMRN."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lesionary.base.errors import CohortError
from lesionary.evaluation.multiclass import averages
from lesionary.params.results import EvaluationParams
from lesionary.subtyping.comparing import SCHEMA, Units, compare, differences
from lesionary.subtyping.measuring import Decisions
from lesionary.subtyping.tables.predictions import prediction_table

EVALUATION = EvaluationParams(seed=3, replicates=200, level=0.9)
COUNT, CLASSES = 40, 3


def decisions(right: float, seed: int, *, slices: int = 1) -> Decisions:
    """Of 40 studies of 30 patients in 5 folds, so many of which are called what they are."""
    study = np.repeat(np.arange(COUNT), slices)
    label = study % CLASSES
    patient = study % 30
    rng = np.random.default_rng(seed)
    called = np.where(rng.random(len(study)) < right, label, rng.integers(0, CLASSES, len(study)))
    rows = pl.DataFrame(
        {
            "study": [f"s{n}" for n in study],
            "patient": [f"p{n}" for n in patient],
            "subtype": [f"c{n}" for n in label],
            "fold": patient % 5,
        }
    )
    return Decisions.of(prediction_table(rows, [f"c{n}" for n in range(CLASSES)], np.eye(CLASSES)[called]))


def units(right: float, seed: int) -> Units:
    return {"study": decisions(right, seed), "slice": decisions(right, seed, slices=4)}


def test_every_other_row_is_compared_at_every_level_that_both_have() -> None:
    rows = {"resnet101": units(0.7, 1), "dmrn": units(0.9, 2), "clinical": {"study": decisions(0.5, 3)}}
    found = differences(rows, EVALUATION)
    assert found.columns == list(SCHEMA)
    assert found.select("row", "unit").unique(maintain_order=True).rows() == [
        ("resnet101", "study"),
        ("resnet101", "slice"),
        ("clinical", "study"),
    ]
    assert len(found) == 3 * 5


def test_a_value_is_the_rows_metric_less_that_of_dmrn() -> None:
    own, other = decisions(0.6, 1), decisions(0.9, 2)
    found = {line["metric"]: line["value"] for line in compare(own, other, EVALUATION, row="r", unit="study")}
    both = [averages(one.counts()) for one in (own, other)]
    assert found == pytest.approx({name: float(both[0][name] - both[1][name]) for name in both[0]})
    assert found["accuracy"] < 0


def test_the_interval_is_that_of_the_slow_twin() -> None:
    own, other = decisions(0.6, 1), decisions(0.9, 2)
    (accuracy, *_) = compare(own, other, EVALUATION, row="r", unit="study")
    patients = own.cases.patient.max() + 1
    times = np.random.default_rng(EVALUATION.seed).multinomial(
        patients, np.full(patients, 1 / patients), size=EVALUATION.replicates
    )
    less = own.right.astype(float) - other.right
    drawn = []
    for each in times:
        studies = np.concatenate([np.flatnonzero(own.cases.patient == p) for p in np.repeat(np.arange(patients), each)])
        drawn.append(less[studies].mean())
    assert (accuracy["low"], accuracy["high"]) == pytest.approx(tuple(np.percentile(drawn, [5, 95])))


def test_all_rows_are_measured_on_the_same_draws() -> None:
    """So that two rows that decide alike differ alike, whatever stands between them."""
    rows = {"dmrn": units(0.9, 2), "a": units(0.6, 1), "b": units(0.4, 5), "c": units(0.6, 1)}
    found = differences(rows, EVALUATION)
    first, last = (found.filter(pl.col("row") == name).drop("row") for name in "ac")
    assert first.equals(last)


def test_a_row_that_decides_like_dmrn_differs_by_nothing_and_folds_tell_nothing() -> None:
    found = differences({"dmrn": units(0.8, 1), "twin": units(0.8, 1)}, EVALUATION)
    assert found.select("value", "low", "high").unique().rows() == [(0.0, 0.0, 0.0)]
    assert found["p_folds"].null_count() == found["p_corrected"].null_count() == found["p_cases"].null_count() == 10
    assert found.filter(pl.col("unit") == "study")["p_mcnemar"].drop_nulls().to_list() == [1.0]


def test_cases_are_tested_by_accuracy_alone_and_slices_not_by_mcnemar() -> None:
    found = differences({"dmrn": units(0.9, 2), "a": units(0.5, 1)}, EVALUATION)
    assert found.drop_nulls("p_cases").select("unit", "metric").rows() == [("study", "accuracy"), ("slice", "accuracy")]
    assert found.drop_nulls("p_mcnemar").select("unit", "metric").rows() == [("study", "accuracy")]
    assert found["p_corrected"].null_count() == 0
    assert (found["p_corrected"] >= found["p_folds"]).all()


def test_slices_of_a_study_make_a_test_over_them_surer_than_they_should() -> None:
    """Every slice four times: the same difference, and a t-test over cases that takes them for four times as many."""
    own, other = decisions(0.6, 1), decisions(0.75, 2)
    often = [Decisions.of(pl.concat([one.cases.table] * 4)) for one in (own, other)]
    (once,), (four,) = (
        [line for line in compare(*pair, EVALUATION, row="r", unit="slice") if line["metric"] == "accuracy"]
        for pair in ((own, other), often)
    )
    assert once["value"] == pytest.approx(four["value"])
    assert (once["low"], once["high"]) == pytest.approx((four["low"], four["high"]))
    assert float(str(four["p_cases"])) < 0.5 * float(str(once["p_cases"]))


def test_without_dmrn_the_first_row_is_the_reference_and_one_row_has_none() -> None:
    assert set(differences({"a": units(0.5, 1), "b": units(0.6, 2)}, EVALUATION)["row"]) == {"b"}
    alone = differences({"dmrn": units(0.5, 1)}, EVALUATION)
    assert (len(alone), alone.columns) == (0, list(SCHEMA))


def test_a_row_that_was_predicted_on_other_cases_is_named() -> None:
    stale = Decisions.of(decisions(0.5, 1).cases.table.reverse())
    with pytest.raises(CohortError, match=r"row old: was predicted on 40 cases .* 40 of the reference"):
        differences({"dmrn": {"study": decisions(0.5, 1)}, "old": {"study": stale}}, EVALUATION)


def test_one_fold_tells_by_cases_and_patients_alone() -> None:
    tables = [
        decisions(right, seed).cases.table.with_columns(fold=pl.lit(0, pl.Int32))
        for right, seed in ((0.9, 2), (0.5, 1))
    ]
    rows = {name: {"study": Decisions.of(table)} for name, table in zip(("dmrn", "a"), tables, strict=True)}
    found = differences(rows, EVALUATION)
    assert found["p_folds"].null_count() == found["p_corrected"].null_count() == len(found) == 5
    assert found["p_mcnemar"].drop_nulls().len() == 1
