"""The linear SVM on an embedding, with probabilities (DMRN, 2.2.3).

Scaling, SVM and calibration see the training folds alone. Calibration is Platt's, on decision values that grouped
folds inside the training folds held out: no patient's slices calibrate the SVM that saw them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC


@dataclass(frozen=True)
class CalibratedSvm:
    """One-versus-rest linear SVM; of two classes, the one decision value d counts as -d and d.

    Features are `(x - mean) / deviation`, decisions `features @ weight.T + bias`.
    `slope` and `offset` turn the decision value d of a class into expit(slope * d + offset), then normalised over
    classes; where they are NaN the probabilities are the softmax of the decision values.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    slope: NDArray[np.float64]
    offset: NDArray[np.float64]

    @property
    def calibrated(self) -> bool:
        """Whether every class was calibrated; otherwise probabilities are a softmax of decision values."""
        return bool(np.isfinite(self.slope).all())

    def decisions(self, x: NDArray[np.floating]) -> NDArray[np.float64]:
        """Decision values, shape (samples, classes)."""
        scaled = (np.asarray(x, np.float64) - self.mean) / self.deviation
        return np.asarray(scaled @ self.weight.T + self.bias)

    def probabilities(self, x: NDArray[np.floating]) -> NDArray[np.float64]:
        """Class probabilities, shape (samples, classes); rows sum to one."""
        decisions = self.decisions(x)
        if not self.calibrated:
            return np.asarray(softmax(decisions, axis=1))
        each = expit(self.slope * decisions + self.offset)
        total = each.sum(axis=1, keepdims=True)
        return np.asarray(np.where(total > 0, each / np.where(total > 0, total, 1), 1 / each.shape[1]))


def out_of_fold(
    embedding: NDArray[np.floating],
    classes: NDArray[np.integer],
    patients: NDArray[np.integer],
    fold: NDArray[np.integer],
    *,
    c: float,
    calibration_folds: int,
) -> Iterator[tuple[CalibratedSvm, NDArray[np.float64]]]:
    """For each fold, the SVM of the other folds and its probabilities of the fold's samples.

    `embedding` (folds, samples, features): each fold's samples are seen with the eyes of that fold's network.
    """
    for number, vectors in enumerate(embedding):
        train = fold != number
        svm = fit_svm(vectors[train], classes[train], patients[train], c=c, folds=calibration_folds, seed=number)
        yield svm, svm.probabilities(vectors[~train])


def fit_svm(
    x: NDArray[np.floating],
    classes: NDArray[np.integer],
    patients: NDArray[np.integer],
    *,
    c: float,
    folds: int,
    seed: int,
) -> CalibratedSvm:
    """Fit on the training folds: `x` (samples, features), `classes` from 0 without gaps, `patients` to group by."""
    model = make_pipeline(StandardScaler(), LinearSVC(C=c, random_state=seed, max_iter=20_000))
    splits = _splits(classes, patients, folds, seed)
    if splits is None:
        fitted = model.fit(x, classes)
        slope, offset = np.full((2, int(classes.max()) + 1), np.nan)
    else:
        calibrated = CalibratedClassifierCV(model, method="sigmoid", cv=splits, ensemble=False).fit(x, classes)
        (one,) = calibrated.calibrated_classifiers_
        fitted = one.estimator
        slope = np.array([-sigmoid.a_ for sigmoid in one.calibrators])  # scikit-learn's is expit(-(a d + b))
        offset = np.array([-sigmoid.b_ for sigmoid in one.calibrators])
    scaler, svm = fitted[0], fitted[1]
    weight, bias = svm.coef_, svm.intercept_
    if len(weight) == 1:  # scikit-learn keeps the second of two classes alone
        weight, bias = np.vstack([-weight, weight]), np.concatenate([-bias, bias])
        slope, offset = np.tile(slope[-1:], 2), np.concatenate([-offset[-1:], offset[-1:]])
    return CalibratedSvm(scaler.mean_, scaler.scale_, weight, bias, slope, offset)


def _splits(
    classes: NDArray[np.integer], patients: NDArray[np.integer], folds: int, seed: int
) -> list[tuple[NDArray[np.integer], NDArray[np.integer]]] | None:
    """Patient-grouped splits that leave every class in every training part, or None where there are none."""
    every = np.unique(classes)
    folds = min(folds, *(len(np.unique(patients[classes == k])) for k in every))
    if folds < 2:
        return None
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    splits = list(splitter.split(classes, classes, patients))
    return splits if all(len(np.unique(classes[train])) == len(every) for train, _ in splits) else None
