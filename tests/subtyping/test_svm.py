"""The calibrated linear SVM."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from lesionary.subtyping.svm import fit_svm, out_of_fold


def blobs(patients: int = 30, spread: float = 1.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Four samples a patient, three classes."""
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(patients), 4)
    classes = patient % 3
    centres = np.array([[0, 0, 0, 0], [3, 0, 1, 0], [0, 3, 0, 1]])
    return centres[classes] + rng.normal(0, spread, (len(classes), 4)), classes, patient


@pytest.mark.parametrize("count", [2, 3])
def test_probabilities_are_scikit_learns_from_plain_arrays(count: int) -> None:
    x, classes, patients = (part[blobs()[1] < count] for part in blobs())
    ours = fit_svm(x, classes, patients, c=0.5, folds=5, seed=2)
    splits = list(StratifiedGroupKFold(5, shuffle=True, random_state=2).split(classes, classes, patients))
    model = make_pipeline(StandardScaler(), LinearSVC(C=0.5, random_state=2, max_iter=20_000))
    theirs = CalibratedClassifierCV(model, method="sigmoid", cv=splits, ensemble=False).fit(x, classes)
    np.testing.assert_allclose(ours.probabilities(x), theirs.predict_proba(x), atol=1e-12)


def test_rows_sum_to_one_and_the_blobs_are_told_apart() -> None:
    x, classes, patients = blobs(spread=0.5)
    probability = fit_svm(x, classes, patients, c=1.0, folds=5, seed=0).probabilities(x)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert (probability.argmax(axis=1) == classes).mean() > 0.98


@pytest.mark.parametrize("count", [2, 3])
def test_a_class_of_one_patient_falls_back_to_softmax(count: int) -> None:
    x, classes, patients = (part[blobs()[1] < count] for part in blobs())
    keep = (classes != count - 1) | (patients == count - 1)
    svm = fit_svm(x[keep], classes[keep], patients[keep], c=1.0, folds=5, seed=0)
    assert not svm.calibrated
    decisions = svm.decisions(x)
    expected = np.exp(decisions) / np.exp(decisions).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(svm.probabilities(x), expected)


def test_what_is_held_out_changes_nothing_in_the_fit() -> None:
    x, classes, patients = blobs()
    fold = patients % 5
    spoilt = x.copy()
    spoilt[fold == 0] = 1e6
    for embedding in (x, spoilt):
        first = next(iter(out_of_fold(np.stack([embedding] * 5), classes, patients, fold, c=1.0, calibration_folds=3)))
        if embedding is x:
            clean = first[0]
    for name, value in vars(clean).items():
        np.testing.assert_array_equal(value, getattr(first[0], name))


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_features_are_scaled_so_their_unit_does_not_matter(scale: float) -> None:
    x, classes, patients = blobs()
    ours = fit_svm(x * scale, classes, patients, c=1.0, folds=5, seed=0).probabilities(x * scale)
    np.testing.assert_allclose(ours, fit_svm(x, classes, patients, c=1.0, folds=5, seed=0).probabilities(x), atol=1e-6)
