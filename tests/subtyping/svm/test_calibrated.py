"""The calibrated linear SVM."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from lesionary.subtyping.svm.calibrated import Samples, choose_c, fit_svm, judge, out_of_fold
from lesionary.subtyping.svm.holding_out import hold_out
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES


def blobs(patients: int = 30, spread: float = 1.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Four samples a patient, three classes."""
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(patients), 4)
    classes = patient % 3
    centres = np.array([[0, 0, 0, 0], [3, 0, 1, 0], [0, 3, 0, 1]])
    return centres[classes] + rng.normal(0, spread, (len(classes), 4)), classes, patient


def known(classes: np.ndarray, patients: np.ndarray) -> Samples:
    """One study a patient."""
    return Samples(classes, patients, patients)


@pytest.mark.parametrize("count", [2, 3])
def test_probabilities_are_scikit_learns_from_plain_arrays(count: int) -> None:
    x, classes, patients = (part[blobs()[1] < count] for part in blobs())
    ours = fit_svm(x, known(classes, patients), c=0.5, folds=5, seed=2)
    splits = list(StratifiedGroupKFold(5, shuffle=True, random_state=2).split(classes, classes, patients))
    model = make_pipeline(StandardScaler(), LinearSVC(C=0.5, dual=False, tol=1e-10, max_iter=100_000))
    theirs = CalibratedClassifierCV(model, method="sigmoid", cv=splits, ensemble=False).fit(x, classes)
    np.testing.assert_allclose(ours.probabilities(x), theirs.predict_proba(x), atol=1e-6)


def test_rows_sum_to_one_and_the_blobs_are_told_apart() -> None:
    x, classes, patients = blobs(spread=0.5)
    probability = fit_svm(x, known(classes, patients), c=1.0, folds=5, seed=0).probabilities(x)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert (probability.argmax(axis=1) == classes).mean() > 0.98


@pytest.mark.parametrize("count", [2, 3])
def test_a_class_of_one_patient_falls_back_to_softmax(count: int) -> None:
    x, classes, patients = (part[blobs()[1] < count] for part in blobs())
    keep = (classes != count - 1) | (patients == count - 1)
    svm = fit_svm(x[keep], known(classes[keep], patients[keep]), c=1.0, folds=5, seed=0)
    assert not svm.calibrated
    decisions = svm.decisions(x)
    expected = np.exp(decisions) / np.exp(decisions).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(svm.probabilities(x), expected)


@pytest.mark.parametrize("cs", [(1.0,), (0.01, 1.0)])
@pytest.mark.parametrize("gaussian", [False, True])
def test_nothing_of_the_test_fold_changes_the_fit(cs: tuple[float, ...], gaussian: bool) -> None:
    """Neither its features nor its labels nor whose they are: a fold's model is the same to the byte."""
    x, classes, patients = blobs()
    fold = patients % 5
    test = fold == 0
    rng = np.random.default_rng(0)
    spoilt = np.where(test[:, None], 1e6, x)
    shuffled = classes.copy()
    shuffled[test] = rng.permutation(classes[test])
    strangers = np.where(test, 1000 + np.arange(len(x)), patients)
    models = []
    for seen, told, who in [(x, classes, patients), (spoilt, shuffled, strangers)]:
        fitted = out_of_fold(seen[None], known(told, who), fold, cs=cs, calibration_folds=3, gaussian=gaussian)
        models.append(next(iter(fitted))[0])
    for name, value in vars(models[0]).items():
        np.testing.assert_array_equal(value, getattr(models[1], name))
    assert float(models[0].c) in cs


def test_the_c_is_taken_that_does_best_on_held_out_patients() -> None:
    x, classes, patients = blobs(spread=2.0)
    x = np.hstack([x, np.random.default_rng(4).normal(size=(len(x), 60))])
    samples, cs = known(classes, patients), (1e-6, 1e-3, 1.0)
    held = hold_out(classes, patients, 3)
    chosen = choose_c(x, samples, cs, held)
    scores = [judge(x, samples, held, c=c) for c in cs]
    assert len(set(scores)) > 1
    assert scores[cs.index(chosen)] == max(scores)


def test_an_embedding_of_each_fold_is_used_for_that_fold_alone() -> None:
    x, classes, patients = blobs()
    fold = patients % 3
    each = np.stack([x, 2 * x + 1, x[:, ::-1]])
    found = [p for _, p in out_of_fold(each, known(classes, patients), fold, cs=(1.0,), calibration_folds=3)]
    same = [p for _, p in out_of_fold(x[None], known(classes, patients), fold, cs=(1.0,), calibration_folds=3)]
    for ours, theirs in zip(found, same, strict=True):  # a plane does not mind the scale or the order of features
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_features_are_scaled_so_their_unit_does_not_matter(scale: float) -> None:
    x, classes, patients = blobs()
    ours = fit_svm(x * scale, known(classes, patients), c=1.0, folds=5, seed=0).probabilities(x * scale)
    np.testing.assert_allclose(
        ours, fit_svm(x, known(classes, patients), c=1.0, folds=5, seed=0).probabilities(x), atol=1e-6
    )


def parts(patients: np.ndarray) -> np.ndarray:
    """Folds of a cohort that has parts: a fifth of the patients is tested, a fifth chooses."""
    return np.choose(patients % 5, [0, CHOOSES, TEACHES, TEACHES, TEACHES])


@pytest.mark.parametrize("cs", [(1.0,), (1e-4, 1e-2, 1.0)])
def test_a_part_of_its_own_chooses_and_calibrates_and_the_test_part_has_no_say(cs: tuple[float, ...]) -> None:
    x, classes, patients = blobs(spread=2.0)
    fold = parts(patients)
    samples = known(classes, patients)
    ((svm, of_test),) = out_of_fold(x[None], samples, fold, cs=cs, calibration_folds=5)
    spoilt = np.where((fold == 0)[:, None], 1e3 - x, x)
    ((other, _),) = out_of_fold(spoilt[None], samples, fold, cs=cs, calibration_folds=5)
    for name, value in vars(svm).items():
        np.testing.assert_array_equal(value, getattr(other, name))
    assert of_test.shape == ((fold == 0).sum(), len(np.unique(classes)))
    teaches = fold == TEACHES
    alone = fit_svm(x[teaches], samples.at(teaches), c=float(svm.c), folds=0, seed=0)
    np.testing.assert_array_equal(svm.mean, x[teaches].mean(axis=0))
    np.testing.assert_allclose(svm.weight, alone.weight)
    scores = [judge(x[fold < 0], samples.at(fold < 0), (fold == CHOOSES)[fold < 0], c=c) for c in cs]
    assert float(svm.c) == cs[int(np.argmax(scores))]


def test_the_calibration_of_a_part_is_platts_on_it() -> None:
    """The slow twin: a logistic regression without penalty on the decision values, with Platt's smoothed targets."""
    x, classes, patients = blobs(spread=2.0)
    fold = parts(patients)
    ((svm, _),) = out_of_fold(x[None], known(classes, patients), fold, cs=(1.0,), calibration_folds=5)
    chooses = fold == CHOOSES
    decision = svm.decisions(x[chooses])[:, 0]
    inside = classes[chooses] == 0
    many, few = inside.sum(), (~inside).sum()
    target = np.where(inside, (many + 1) / (many + 2), 1 / (few + 2))

    def loss(ab: np.ndarray) -> float:
        z = ab[0] * decision + ab[1]
        return float(np.sum(np.logaddexp(0, z) - target * z))

    slope, offset = minimize(loss, np.array([1.0, 0.0]), tol=1e-10).x
    assert (svm.slope[0], svm.offset[0]) == pytest.approx((slope, offset), rel=1e-3)
