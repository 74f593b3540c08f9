"""From predictions to tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.subtyping.measuring import Decisions, interval_table
from lesionary.subtyping.tables.predictions import prediction_table, read_predictions, read_whole, study_means
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES


def table() -> pl.DataFrame:
    rows = pl.DataFrame(
        {
            "study": ["s1", "s1", "s2", "s2", "s3", "s4"],
            "patient": ["p1", "p1", "p2", "p2", "p3", "p4"],
            "subtype": ["b", "b", "a", "a", "a", "b"],
            "fold": [0, 0, 0, 0, 1, 1],
        },
        schema_overrides={"fold": pl.Int32},
    )
    first = np.array([0.6, 0.1, 0.2, 0.9, 0.7, 0.8])
    return prediction_table(rows, ["a", "b"], np.stack([first, 1 - first], axis=1))


def test_a_study_is_the_mean_of_its_slices() -> None:
    studies = study_means(table())
    assert studies["study"].to_list() == ["s1", "s2", "s3", "s4"]
    assert studies["p_a"].to_list() == pytest.approx([0.35, 0.55, 0.7, 0.8])


def test_a_wrong_slice_can_be_outvoted() -> None:
    slices, studies = Decisions.of(table()), Decisions.of(study_means(table()))
    assert slices.counts().tolist() == [[2, 1], [2, 1]]
    assert studies.counts().tolist() == [[2, 0], [1, 1]]


def test_values_are_pooled_and_spread_is_over_folds() -> None:
    summary = Decisions.of(study_means(table())).summary()
    assert summary["accuracy"] == 0.75
    assert summary["accuracy_sd"] == pytest.approx(np.std([1.0, 0.5], ddof=1))
    assert list(summary)[:2] == ["accuracy", "accuracy_sd"]


def test_intervals_hold_their_value() -> None:
    intervals = interval_table({"study": Decisions.of(study_means(table()))}, replicates=200, level=0.95, seed=0)
    assert intervals["metric"].to_list() == ["accuracy", "sensitivity", "specificity", "precision", "f1", "auc"]
    accuracy = intervals.row(0, named=True)
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]


def test_one_fold_has_no_deviation() -> None:
    summary = Decisions.of(study_means(table()).with_columns(fold=pl.lit(0, pl.Int32))).summary()
    assert list(summary) == ["accuracy", "sensitivity", "specificity", "precision", "f1", "auc"]
    assert summary["auc"] == 0.5  # of b, 0.65 lies above both of a, 0.45 and 0.3, and 0.2 below both


def test_each_scanner_is_measured_on_its_own() -> None:
    scanned = study_means(table().with_columns(scanner=pl.Series(["ge"] * 4 + ["siemens"] * 2)))
    found = Decisions.of(scanned).each_scanner()
    assert {name: (one["cases"], one["accuracy"]) for name, one in found.items()} == {
        "ge": (2, 1.0),
        "siemens": (2, 0.5),
    }
    assert Decisions.of(study_means(table())).each_scanner() == {}


def test_what_is_in_no_test_is_not_read(tmp_path: Path) -> None:
    whole = study_means(table()).with_columns(fold=pl.Series([0, TEACHES, CHOOSES, 0], dtype=pl.Int32))
    whole.write_parquet(tmp_path / "studies.parquet")
    assert read_predictions(tmp_path)["study"]["study"].to_list() == ["s1", "s4"]
    assert len(read_whole(tmp_path)["study"]) == 4
