"""The area under the curve, for several classes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lesionary.evaluation.ranking import auc, auc_interval


@pytest.mark.parametrize("classes", [2, 4])
def test_it_is_scikit_learns(classes: int) -> None:
    rng = np.random.default_rng(0)
    label = np.arange(80) % classes
    probability = rng.dirichlet(np.ones(classes), 80) + 0.3 * np.eye(classes)[label]
    probability /= probability.sum(axis=1, keepdims=True)
    known = roc_auc_score(label, probability[:, 1] if classes == 2 else probability, multi_class="ovr")
    assert auc(label, probability) == pytest.approx(known)


def test_a_class_that_does_not_occur_has_no_part_in_the_mean_and_one_alone_has_no_area() -> None:
    label, probability = np.array([0, 1, 1]), np.array([[0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.1, 0.4, 0.5]])
    assert auc(label, probability) == pytest.approx((1.0 + 0.75) / 2)  # class 1: 0.3 and 0.4 against 0.3
    assert np.isnan(auc(np.array([1, 1]), probability[:2]))


def test_the_interval_is_that_of_the_slow_twin() -> None:
    rng = np.random.default_rng(1)
    label, patient = np.arange(40) % 2, np.repeat(np.arange(20), 2)
    score = rng.random(40) + 0.4 * label
    probability = np.stack([1 - score, score], axis=1)
    found = auc_interval(label, probability, patient, replicates=200, level=0.9, rng=np.random.default_rng(7))
    drawn = []
    for times in np.random.default_rng(7).multinomial(20, np.full(20, 1 / 20), size=200):
        cases = np.concatenate([np.flatnonzero(patient == p) for p in np.repeat(np.arange(20), times)])
        drawn.append(roc_auc_score(label[cases], score[cases]))
    assert found == pytest.approx(tuple(np.percentile(drawn, [5, 95])))
