"""One-versus-rest machines, against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import assert_same_sums
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC, LinearSVC

from lesionary.subtyping.svm.machines import Machines, planes


def blobs(count: int = 3, samples: int = 60, features: int = 5, apart: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    classes = np.arange(samples) % count
    return rng.normal(size=(count, features))[classes] * apart + rng.normal(size=(samples, features)), classes


def objective(x: np.ndarray, sign: np.ndarray, c: float, w: np.ndarray) -> float:
    lack = np.maximum(0, 1 - sign * (x @ w[:-1] + w[-1]))
    return float(w @ w / 2 + c * (lack**2).sum())


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("c", [0.01, 1.0, 100.0])
def test_planes_are_those_of_linear_svc(count: int, c: float) -> None:
    x, classes = blobs(count)
    ours = Machines(c).fit(x, classes)
    theirs = LinearSVC(C=c, dual=False, tol=1e-10, max_iter=100_000).fit(x, classes)
    assert_same_sums(ours.decision_function(x), theirs.decision_function(x))
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))


@pytest.mark.parametrize("apart", [0.0, 1.0, 20.0])
def test_no_step_in_any_direction_leads_lower(apart: float) -> None:
    x, classes = blobs(apart=apart)
    (w,) = planes(x, [classes == 1], 2.0)
    sign = np.where(classes == 1, 1.0, -1.0)
    lowest = objective(x, sign, 2.0, w)
    for direction in np.vstack([np.eye(len(w)), np.random.default_rng(0).normal(size=(20, len(w)))]):
        for length in (1e-3, -1e-3):
            assert objective(x, sign, 2.0, w + length * direction) > lowest


def test_of_fewer_samples_than_features_the_plane_is_the_same() -> None:
    x, classes = blobs(samples=12, features=40)
    ours = Machines(1.0).fit(x, classes)
    slow = planes(x, [classes == one for one in range(3)], 1.0)
    assert_same_sums(np.column_stack([ours.weight_, ours.bias_]), slow)


@pytest.mark.parametrize("apart", [0.3, 20.0])
def test_with_few_samples_within_the_margin_the_plane_is_the_same(
    apart: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, classes = blobs(samples=60, features=40, apart=apart)
    monkeypatch.setattr("lesionary.subtyping.svm.machines._FEW", 0.0)  # solved in features
    expected = planes(x, [classes == one for one in range(3)], 1.0)
    monkeypatch.setattr("lesionary.subtyping.svm.machines._FEW", 2.0)  # solved in samples
    np.testing.assert_allclose(planes(x, [classes == one for one in range(3)], 1.0), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("count", [2, 3])
def test_gaussians_are_those_of_svc(count: int) -> None:
    x, classes = blobs(count)
    ours = Machines(2.0, gaussian=True).fit(x, classes)
    svc = SVC(C=2.0, kernel="rbf", gamma="scale")
    theirs = (svc if count == 2 else OneVsRestClassifier(svc)).fit(x, classes)
    np.testing.assert_allclose(ours.decision_function(x), theirs.decision_function(x), atol=1e-9)
    assert len(ours.support_) <= len(x)
