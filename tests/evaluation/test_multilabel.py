from __future__ import annotations

import time
from dataclasses import astuple

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from lesionary.evaluation.multilabel import (
    NAMES,
    PerLabel,
    draw_patients,
    interval,
    measurable,
    per_label,
    weighted,
)

Cells = NDArray[np.bool_]


def example(lesions: int = 60, labels: int = 9, seed: int = 0) -> tuple[Cells, NDArray[np.float64], Cells, Cells]:
    rng = np.random.default_rng(seed)
    truth = rng.random((lesions, labels)) < np.linspace(0.03, 0.6, labels)
    scores = (rng.random(truth.shape) + 0.4 * truth).round(1)  # many are equal
    return truth, scores, scores > rng.random(labels), rng.random(truth.shape) < 0.8


def test_hand_worked_values() -> None:
    truth = np.array([[1], [0], [1], [0], [0]], bool)
    scores = np.array([[0.9], [0.8], [0.5], [0.5], [0.1]])
    values = per_label(truth, scores, scores > 0.6)
    assert values.auc[0] == (3 + 1.5) / 6  # 0.9 beats all three; 0.5 beats one and ties with one
    assert (values.precision[0], values.recall[0], values.f1[0]) == (1 / 2, 1 / 2, 1 / 2)


def test_precision_is_one_where_nothing_is_called() -> None:
    truth = np.array([[True], [False]])
    values = per_label(truth, np.array([[0.2], [0.1]]), np.zeros_like(truth))
    assert (values.precision[0], values.recall[0], values.f1[0], values.auc[0]) == (1, 0, 0, 1)


def test_a_label_without_counted_positives_or_negatives_is_left_out_of_the_means() -> None:
    truth = np.array([[1, 1, 1], [0, 0, 1], [0, 1, 1]], bool)
    counted = np.array([[1, 0, 1], [1, 1, 1], [1, 0, 1]], bool)
    assert measurable(truth, counted).tolist() == [True, False, False]
    assert measurable(truth).tolist() == [True, True, False]
    values = per_label(truth, truth.astype(float), truth, counted)
    for name in NAMES:
        assert np.isnan(getattr(values, name)).tolist() == [False, True, True]
    assert values.means() == {"auc": 1, "precision": 1, "recall": 1, "f1": 1}


def test_means_are_of_the_labels_asked_for() -> None:
    values = PerLabel(*(np.array([0.1, np.nan, 0.4, 0.7]) for _ in NAMES))
    assert values.means()["auc"] == pytest.approx(0.4)
    assert values.means(np.array([True, True, True, False]))["f1"] == pytest.approx(0.25)
    assert np.isnan(values.means(np.array([False, True, False, False]))["f1"])


def test_each_label_agrees_with_scikit_learn_on_its_counted_cells() -> None:
    truth, scores, called, counted = example()
    values = per_label(truth, scores, called, counted)
    assert 0 < measurable(truth, counted).sum() < truth.shape[1]
    for label in np.flatnonzero(measurable(truth, counted)):
        cells = counted[:, label]
        own, calls = truth[cells, label], called[cells, label]
        assert values.auc[label] == pytest.approx(roc_auc_score(own, scores[cells, label]))
        assert values.precision[label] == pytest.approx(precision_score(own, calls, zero_division=1))
        assert values.recall[label] == pytest.approx(recall_score(own, calls))
        assert values.f1[label] == pytest.approx(f1_score(own, calls, zero_division=0))


def test_every_replicate_agrees_with_scikit_learn_on_weighted_lesions() -> None:
    truth, scores, called, counted = example()
    weights = draw_patients(np.arange(60) // 3, 12, np.random.default_rng(1))
    values = weighted(truth, scores, called, weights, counted)
    for replicate in range(12):
        for label in range(truth.shape[1]):
            cells = counted[:, label]
            own, calls, times = truth[cells, label], called[cells, label], weights[replicate, cells]
            found = [part[replicate, label] for part in astuple(values)]
            if not (own @ times and ~own @ times):
                assert np.isnan(found).all()
                continue
            assert found == pytest.approx(
                [
                    roc_auc_score(own, scores[cells, label], sample_weight=times),
                    precision_score(own, calls, sample_weight=times, zero_division=1),
                    recall_score(own, calls, sample_weight=times),
                    f1_score(own, calls, sample_weight=times, zero_division=0),
                ]
            )


def test_weights_are_lesions_repeated() -> None:
    truth, scores, called, counted = example()
    weights = np.random.default_rng(2).integers(0, 4, (1, 60))
    together = weighted(truth, scores, called, weights.astype(float), counted)
    repeated = np.repeat(np.arange(60), weights[0])
    alone = per_label(truth[repeated], scores[repeated], called[repeated], counted[repeated])
    for part, whole in zip(astuple(alone), astuple(together), strict=True):
        np.testing.assert_allclose(part, whole[0])


def test_what_is_not_counted_changes_nothing() -> None:
    truth, scores, called, counted = example()
    one = per_label(truth, scores, called, counted)
    other = per_label(truth ^ ~counted, np.where(counted, scores, -scores), called ^ ~counted, counted)
    for left, right in zip(astuple(one), astuple(other), strict=True):
        np.testing.assert_array_equal(left, right)


def test_lesions_of_a_patient_are_drawn_together() -> None:
    patient = np.array([2, 0, 0, 1, 2, 2])
    drawn = draw_patients(patient, 50, np.random.default_rng(0))
    assert np.array_equal(drawn[:, 1], drawn[:, 2])
    assert np.array_equal(drawn[:, [0, 0]], drawn[:, [4, 5]])
    assert (drawn[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_intervals_hold_the_values_and_follow_from_the_generator() -> None:
    truth, scores, called, counted = example(200)
    patient = np.arange(200) // 2
    one, again = (
        weighted(truth, scores, called, draw_patients(patient, 300, np.random.default_rng(5)), counted).means()
        for _ in range(2)
    )
    for name, mean in per_label(truth, scores, called, counted).means().items():
        np.testing.assert_array_equal(one[name], again[name])
        low, high = interval(one[name], 0.95)
        assert low < mean < high


def test_patients_alike_leave_a_point() -> None:
    truth = np.tile([[True], [False]], (5, 1))
    scores = np.tile([[0.7], [0.2]], (5, 1))
    drawn = draw_patients(np.arange(10) // 2, 20, np.random.default_rng(0))
    found = weighted(truth, scores, scores > 0.5, drawn).means()
    assert {name: interval(values, 0.9) for name, values in found.items()} == dict.fromkeys(NAMES, (1.0, 1.0))


def test_replicates_without_a_value_are_left_out_of_an_interval() -> None:
    assert interval(np.array([np.nan, 0.0, 1.0, 2.0, 3.0, 4.0]), 0.5) == (1.0, 3.0)


@pytest.mark.slow
def test_a_replicate_of_171_labels_takes_less_than_two_milliseconds() -> None:
    truth, scores, called, _ = example(500, 171)
    start = time.perf_counter()
    weighted(truth, scores, called, draw_patients(np.arange(500) // 2, 500, np.random.default_rng(0)))
    assert time.perf_counter() - start < 1.0
