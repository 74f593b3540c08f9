"""Whether probabilities mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.evaluation.probabilities.calibration import reliability, reliability_of_labels


def test_the_error_is_the_mean_gap_of_confidence_and_accuracy() -> None:
    said = np.array([[0.65, 0.35], [0.65, 0.35], [0.05, 0.95], [0.05, 0.95]])
    found = reliability(said, np.array([0, 1, 1, 1]))
    assert [(one.cases, one.confidence, one.accuracy) for one in found.bins()] == [
        (2, pytest.approx(0.65), 0.5),
        (2, pytest.approx(0.95), 1.0),
    ]
    assert found.error == pytest.approx((0.15 + 0.05) / 2)


def test_probabilities_that_truth_was_drawn_from_have_no_error() -> None:
    rng = np.random.default_rng(0)
    said = rng.dirichlet(np.ones(3), 100_000)
    truth = (rng.random(100_000)[:, None] > said.cumsum(axis=1)).sum(axis=1)
    assert reliability(said, truth).error < 0.01
    assert reliability(np.sqrt(said) / np.sqrt(said).sum(axis=1, keepdims=True), truth).error > 0.1


def test_a_bin_holds_its_upper_edge_and_every_case_has_a_bin() -> None:
    said = np.array([[0.5, 0.5], [1.0, 0.0], [0.51, 0.49]])
    assert [(one.up_to, one.cases) for one in reliability(said, np.zeros(3, int)).bins()] == [
        (0.5, 1),
        (pytest.approx(0.6), 1),
        (1.0, 1),
    ]


def test_without_cases_there_is_no_error() -> None:
    assert np.isnan(reliability(np.zeros((0, 3)), np.zeros(0, int)).error)


def test_of_labels_only_counted_cells_are_looked_at() -> None:
    scores = np.array([[0.85, 0.15], [0.85, 0.15]])
    truth = np.array([[True, False], [False, True]])
    found = reliability_of_labels(scores, truth, np.array([[True, True], [True, False]]))
    assert [(one.cases, one.accuracy) for one in found.bins()] == [(1, 0.0), (2, 0.5)]
    assert found.error == pytest.approx((0.15 + 2 * 0.35) / 3)
