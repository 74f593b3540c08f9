"""Holding out a part of the training folds."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.base.errors import CohortError
from lesionary.subtyping.svm.holding_out import hold_out, study_f1


def test_no_patient_lies_on_both_sides_and_every_class_on_each() -> None:
    patients = np.repeat(np.arange(30), 4)
    classes = patients % 3
    held = hold_out(classes, patients, 0)
    assert not np.intersect1d(patients[held], patients[~held]).size
    assert set(classes[held]) == set(classes[~held]) == {0, 1, 2}
    assert 0.1 < held.mean() < 0.3


def test_a_class_of_one_patient_cannot_be_held_out() -> None:
    with pytest.raises(CohortError, match="too few patients to hold some out"):
        hold_out(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 3]), 0)


def test_two_patients_a_class_are_held_out_one_by_one() -> None:
    held = hold_out(np.array([0, 0, 1, 1]), np.arange(4), 0)
    assert held.sum() == 2


def test_a_study_is_decided_by_the_mean_of_its_samples() -> None:
    probability = np.array([[0.9, 0.1], [0.4, 0.6], [0.4, 0.6], [0.1, 0.9]])
    # study 0: (1.7, 1.3), class 0, right; study 1 alone: class 1, right
    assert study_f1(probability, np.array([0, 0, 0, 1]), np.array([0, 0, 0, 1]), 2) == 1.0
    # study 0 is of class 1 now: class 0 is called once, wrongly; class 1 is found once of two: F1 (0 is absent) 2/3
    assert study_f1(probability, np.array([1, 1, 1, 1]), np.array([0, 0, 0, 1]), 2) == pytest.approx(2 / 3)
