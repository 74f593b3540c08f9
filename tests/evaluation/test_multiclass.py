"""Metrics, against hand-worked numbers and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from lesionary.evaluation.multiclass import averages, confusion, per_class

COUNTS = np.array([[3, 1, 0], [0, 2, 0], [1, 0, 3]])


def test_hand_worked_values() -> None:
    values = per_class(COUNTS)
    np.testing.assert_allclose(values.sensitivity, [3 / 4, 1, 3 / 4])
    np.testing.assert_allclose(values.specificity, [5 / 6, 7 / 8, 1])
    np.testing.assert_allclose(values.precision, [3 / 4, 2 / 3, 1])
    np.testing.assert_allclose(values.f1, [3 / 4, 4 / 5, 6 / 7])
    assert averages(COUNTS)["accuracy"] == pytest.approx(8 / 10)


def test_the_published_averages_follow_from_the_published_classes() -> None:
    """DMRN's row of Table 2 is the unweighted mean of its column in Table 3, and 205 of 229 studies are right."""
    hits, totals = np.array([50, 33, 47, 33, 42]), np.array([54, 35, 58, 33, 49])
    assert round(100 * hits.sum() / totals.sum(), 2) == 89.52
    assert round(100 * float(np.mean(hits / totals)), 2) == 90.73


def test_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    values = averages(confusion(truth, predicted, 4))
    assert values["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    assert values["sensitivity"] == pytest.approx(recall_score(truth, predicted, average="macro"))
    assert values["precision"] == pytest.approx(precision_score(truth, predicted, average="macro"))
    assert values["f1"] == pytest.approx(f1_score(truth, predicted, average="macro"))


def test_a_class_never_predicted_has_precision_zero() -> None:
    values = per_class(np.array([[2, 0], [1, 0]]))
    assert values.precision[1] == 0
    assert values.f1[1] == 0


def test_a_class_absent_from_the_truth_is_left_out_of_the_means() -> None:
    values = averages(np.array([[2, 1, 0], [0, 3, 0], [0, 0, 0]]))
    assert values["sensitivity"] == pytest.approx((2 / 3 + 1) / 2)
    assert values["precision"] == pytest.approx((1 + 3 / 4) / 2)


def test_many_matrices_at_once_are_each_on_its_own() -> None:
    stack = np.random.default_rng(0).integers(1, 9, (6, 3, 3))
    together = averages(stack)
    for n, counts in enumerate(stack):
        for name, value in averages(counts).items():
            assert together[name][n] == pytest.approx(float(value))
