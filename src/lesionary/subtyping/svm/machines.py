"""Support vector machines of one class against the rest, side by side: on planes, or on Gaussians.

The linear ones are those of scikit-learn's `LinearSVC`: squared hinge, and the bias decays like a weight. They are
found by Newton's method in the primal, since with features as correlated as an embedding's the library takes long. Of
4,065 samples with 512 features, in one thread, LinearSVC took 0.7 to 9 s, SVC 0.2 s where classes part and minutes
where they overlap, this 0.2 to 0.7 s on five kinds of vectors and 1.0 s where classes only just part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC

_TOLERANCE = 1e-8
"""Of the gradient's length, as a share of that at the origin."""
_STEPS = 200
_FEW = 0.9
"""Samples within the margin, as a share of the features, below which a system of samples is the cheaper one."""


class Machines(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """One-versus-rest machines; of two classes, as scikit-learn has it, the second one's alone.

    Decision values are `k(x) @ weight.T + bias`, where k(x) is x itself, or with a `gamma` the Gaussians
    exp(-gamma |x - s|^2) around the rows s of `support`.
    """

    def __init__(self, c: float = 1.0, gaussian: bool = False) -> None:
        self.c, self.gaussian = c, gaussian

    def fit(self, x: NDArray[np.float64], classes: NDArray[np.integer]) -> Self:
        """Fit on samples `x` of shape (samples, features)."""
        self.classes_ = np.unique(classes)
        told = self.classes_ if len(self.classes_) > 2 else self.classes_[1:]
        fit_all = self._fit_gaussians if self.gaussian else self._fit_planes
        fit_all(x, [classes == one for one in told])
        return self

    def _fit_planes(self, x: NDArray[np.float64], each: list[NDArray[np.bool_]]) -> None:
        # Fewer samples than features span a space of as many dimensions as samples, in which all planes lie
        axes, seen_there = np.linalg.qr(x.T) if len(x) < x.shape[1] else (None, x.T)
        found = planes(seen_there.T, each, self.c)
        self.weight_ = found[:, :-1] if axes is None else found[:, :-1] @ axes.T
        self.bias_ = found[:, -1]
        self.support_, self.gamma_ = np.zeros((0, x.shape[1])), 0.0

    def _fit_gaussians(self, x: NDArray[np.float64], each: list[NDArray[np.bool_]]) -> None:
        self.gamma_ = float(1 / (x.shape[1] * x.var()))  # scikit-learn's `scale`
        fitted = [SVC(C=self.c, kernel="rbf", gamma=self.gamma_).fit(x, one) for one in each]
        weight = np.zeros((len(each), len(x)))
        for row, one in zip(weight, fitted, strict=True):
            row[one.support_] = one.dual_coef_[0]
        used = weight.any(axis=0)
        self.weight_, self.support_ = weight[:, used], x[used]
        self.bias_ = np.concatenate([one.intercept_ for one in fitted])

    def decision_function(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decision values, shape (samples, classes); of two classes, (samples,)."""
        found = seen(x, self.support_, self.gamma_) @ self.weight_.T + self.bias_
        return found if len(self.classes_) > 2 else found[:, 0]

    def predict(self, x: NDArray[np.float64]) -> NDArray[Any]:
        """The class of highest decision value."""
        found = self.decision_function(x)
        return np.asarray(self.classes_[found.argmax(axis=1) if found.ndim > 1 else (found > 0).astype(int)])


def seen(x: NDArray[np.float64], support: NDArray[np.float64], gamma: float) -> NDArray[np.float64]:
    """What weights are applied to: `x`, or Gaussians around `support` where there is any."""
    return np.asarray(rbf_kernel(x, support, gamma=gamma)) if len(support) else x


def planes(x: NDArray[np.float64], each: Sequence[NDArray[np.bool_]], c: float) -> NDArray[np.float64]:
    """Weights, then bias, of the machines that tell the samples inside each class from the others; a row a machine.

    The minimum of |w|^2 / 2 + c sum max(0, 1 - t (x w))^2 over w, with t = 1 inside and -1 outside, a 1 beside each x.

    >>> planes(np.array([[-1.0], [1.0]]), [np.array([False, True])], 1e9).round(3) + 0.0
    array([[1., 0.]])
    """
    x = np.column_stack([x, np.ones(len(x))])
    products = x.T @ x  # all begin with every sample within the margin
    return np.stack([_plane(x, np.where(inside, 1.0, -1.0), c, products) for inside in each])


def _plane(
    x: NDArray[np.float64], sign: NDArray[np.float64], c: float, products: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Newton's method from the origin, where `products` are those of all samples."""
    enough = _TOLERANCE * 2 * c * np.linalg.norm(sign @ x)
    w, lack, before = np.zeros(x.shape[1]), np.ones(len(x)), np.ones(len(x), bool)
    for _ in range(_STEPS):
        within = lack > 0
        rows = x[within]
        gradient = w - 2 * c * ((sign * lack)[within] @ rows)
        if np.linalg.norm(gradient) <= enough:
            break
        if len(rows) < _FEW * x.shape[1]:
            step = _step_of_few(gradient, rows, c)
        else:
            products, before = _products(x, within, products, before), within
            curvature = 2 * c * products
            curvature[np.diag_indices_from(curvature)] += 1
            step = -cho_solve(cho_factor(curvature, overwrite_a=True), gradient)
        gain = sign * (x @ step)
        length = _line(lack, gain, float(w @ step), float(step @ step), c)
        w, lack = w + length * step, lack - length * gain
    return w


def _step_of_few(gradient: NDArray[np.float64], rows: NDArray[np.float64], c: float) -> NDArray[np.float64]:
    """Newton's step where fewer samples lie within the margin than there are features: solved in their number."""
    products = rows @ rows.T
    products[np.diag_indices_from(products)] += 1 / (2 * c)
    return np.asarray(rows.T @ cho_solve(cho_factor(products, overwrite_a=True), rows @ gradient) - gradient)


def _products(
    x: NDArray[np.float64], within: NDArray[np.bool_], products: NDArray[np.float64], before: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Products of the features over the samples `within`; where few have come or gone, from those over `before`."""
    come, gone = x[within & ~before], x[before & ~within]
    if len(come) + len(gone) < within.sum():
        return products + come.T @ come - gone.T @ gone
    rows = x[within]
    return np.asarray(rows.T @ rows)


def _line(lack: NDArray[np.float64], gain: NDArray[np.float64], slope: float, square: float, c: float) -> float:
    """How far to go along a direction: where the derivative vanishes, which is piecewise linear and rises."""
    length = 1.0
    for _ in range(_STEPS):
        left = lack - length * gain
        within = left > 0
        first = slope + length * square - 2 * c * float(left[within] @ gain[within])
        change = first / (square + 2 * c * float(gain[within] @ gain[within]))
        length -= change
        if abs(change) < 1e-10:
            break
    return length
