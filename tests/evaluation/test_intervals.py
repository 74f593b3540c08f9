"""Bootstrap over patients, against its slow twin."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.multiclass import averages, confusion

RNG = np.random.default_rng(4)
PATIENT = np.repeat(np.arange(12), 3)
TRUTH = np.repeat(np.arange(3), 12)
PREDICTED = np.where(RNG.random(36) < 0.6, TRUTH, RNG.integers(0, 3, 36))


def test_patients_add_up_to_the_whole() -> None:
    counts = by_patient(TRUTH, PREDICTED, PATIENT, 3)
    assert counts.shape == (12, 3, 3)
    np.testing.assert_array_equal(counts.sum(axis=0), confusion(TRUTH, PREDICTED, 3))


def test_the_interval_is_that_of_the_slow_twin() -> None:
    counts = by_patient(TRUTH, PREDICTED, PATIENT, 3)
    fast = bootstrap(counts, averages, replicates=200, level=0.9, rng=np.random.default_rng(1))
    drawn = np.random.default_rng(1).multinomial(12, np.full(12, 1 / 12), size=200)
    accuracies = []
    for times in drawn:
        rows = np.concatenate([np.flatnonzero(p == PATIENT) for p in np.repeat(np.arange(12), times)])
        accuracies.append((TRUTH[rows] == PREDICTED[rows]).mean())
    assert fast["accuracy"] == pytest.approx(tuple(np.percentile(accuracies, [5, 95])))


def test_patients_that_are_all_alike_leave_no_doubt() -> None:
    counts = np.tile(np.array([[1, 1], [0, 2]]), (8, 1, 1))
    low, high = bootstrap(counts, averages, replicates=100, level=0.95, rng=np.random.default_rng(0))["accuracy"]
    assert low == high == 0.75
