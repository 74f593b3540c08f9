"""The SVM on an embedding, with probabilities (DMRN, 2.2.3).

Scaling, SVM, its C and the calibration see the training folds alone. Calibration is Platt's, on decision values that
grouped folds inside the training folds held out: no patient's slices calibrate the SVM that saw them. Where a cohort
has a part that chooses, C and the calibration come from that, scaling and SVM from the part that teaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lesionary.subtyping.svm.holding_out import best, hold_out, study_f1
from lesionary.subtyping.svm.machines import Machines, seen
from lesionary.subtyping.tables.roles import choosing, teaching


@dataclass(frozen=True)
class Samples:
    """What is known of samples beside their features, as codes; classes from 0 without gaps."""

    classes: NDArray[np.integer]
    studies: NDArray[np.integer]
    patients: NDArray[np.integer]

    def at(self, where: NDArray[np.bool_]) -> Samples:
        """Some of the samples."""
        return Samples(self.classes[where], self.studies[where], self.patients[where])


@dataclass(frozen=True)
class CalibratedSvm:
    """One-versus-rest SVMs; of two classes, the one decision value d counts as -d and d.

    Features are `(x - mean) / deviation`, with a Gaussian kernel then their Gaussians around `support` (which has no
    rows without); decisions `features @ weight.T + bias`.
    `slope` and `offset` turn the decision value d of a class into expit(slope * d + offset), then normalised over
    classes; where they are NaN the probabilities are the softmax of the decision values.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    slope: NDArray[np.float64]
    offset: NDArray[np.float64]
    support: NDArray[np.float64]
    gamma: NDArray[np.float64]
    """Of the Gaussians, shape (); 0 without."""
    c: NDArray[np.float64]
    """That was fitted with, shape ()."""

    @property
    def calibrated(self) -> bool:
        """Whether every class was calibrated; otherwise probabilities are a softmax of decision values."""
        return bool(np.isfinite(self.slope).all())

    def decisions(self, x: NDArray[np.floating]) -> NDArray[np.float64]:
        """Decision values, shape (samples, classes)."""
        scaled = (np.asarray(x, np.float64) - self.mean) / self.deviation
        return np.asarray(seen(scaled, self.support, float(self.gamma)) @ self.weight.T + self.bias)

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
    samples: Samples,
    fold: NDArray[np.integer],
    *,
    cs: Sequence[float],
    calibration_folds: int,
    gaussian: bool = False,
) -> Iterator[tuple[CalibratedSvm, NDArray[np.float64]]]:
    """For each fold, the SVM of the other folds and its probabilities of the fold's samples.

    `embedding` (folds, samples, features): each fold's samples are seen with the eyes of that fold's network; or
    (1, samples, features) where nothing was learnt. Of several `cs` each fold takes its own.
    """
    chooses = choosing(fold)
    apart = (vectors_of(embedding, 0)[chooses], samples.at(chooses).classes) if chooses.any() else None
    for number in range(int(fold.max()) + 1):
        vectors, train = vectors_of(embedding, number), teaching(fold, number)
        x, known = vectors[train], samples.at(train)
        c = cs[0]
        if len(cs) > 1:
            every = train | chooses
            held = chooses[every] if apart else hold_out(known.classes, known.patients, number)
            c = choose_c(vectors[every], samples.at(every), cs, held, gaussian=gaussian)
        svm = fit_svm(x, known, c=c, folds=calibration_folds, gaussian=gaussian, seed=number, apart=apart)
        yield svm, svm.probabilities(vectors[fold == number])


def vectors_of(embedding: NDArray[np.floating], number: int) -> NDArray[np.floating]:
    """All samples with the eyes of the network of fold `number`."""
    return np.asarray(embedding[number % len(embedding)])


def choose_c(
    x: NDArray[np.floating],
    samples: Samples,
    cs: Sequence[float],
    held: NDArray[np.bool_],
    *,
    gaussian: bool = False,
) -> float:
    """The C that does best on the `held` patients, of the training folds or of the part that chooses.

    The network that made `x` has seen those of the training folds, so a C may look better than it is: to the row,
    never to the test fold.
    """
    scores = [judge(x, samples, held, c=c, gaussian=gaussian) for c in cs]
    return cs[best(scores)]


def judge(
    x: NDArray[np.floating], samples: Samples, held: NDArray[np.bool_], *, c: float = 1.0, gaussian: bool = False
) -> float:
    """F1 of the `held` studies, by an SVM of the others that is not calibrated."""
    svm = fit_svm(x[~held], samples.at(~held), c=c, folds=0, gaussian=gaussian, seed=0)
    known = samples.at(held)
    return study_f1(svm.probabilities(x[held]), known.classes, known.studies, len(svm.bias))


def fit_svm(
    x: NDArray[np.floating],
    samples: Samples,
    *,
    c: float,
    folds: int,
    gaussian: bool = False,
    seed: int,
    apart: tuple[NDArray[np.floating], NDArray[np.integer]] | None = None,
) -> CalibratedSvm:
    """Fit on the training folds, `x` (samples, features), and calibrate by `folds` parts of them (not at all by 0).

    Where there are samples `apart` and their classes, these calibrate instead.
    """
    x, classes = np.asarray(x, np.float64), samples.classes
    model = make_pipeline(StandardScaler(), Machines(c, gaussian))
    splits = None if apart else _splits(classes, samples.patients, folds, seed)
    if apart:
        fitted, everyone = model.fit(x, classes), np.arange(len(apart[1]))
        fixed = CalibratedClassifierCV(FrozenEstimator(fitted), method="sigmoid", cv=[(everyone, everyone)])
        slope, offset = _sigmoids(fixed.fit(np.asarray(apart[0], np.float64), apart[1]))
    elif splits is None:
        fitted = model.fit(x, classes)
        slope, offset = np.full((2, int(classes.max()) + 1), np.nan)
    else:
        calibrated = CalibratedClassifierCV(model, method="sigmoid", cv=splits, ensemble=False).fit(x, classes)
        fitted = calibrated.calibrated_classifiers_[0].estimator
        slope, offset = _sigmoids(calibrated)
    scaler, svm = fitted[0], fitted[1]
    weight, bias = svm.weight_, svm.bias_
    if len(weight) == 1:  # of two classes the second's alone
        weight, bias = np.vstack([-weight, weight]), np.concatenate([-bias, bias])
        slope, offset = np.tile(slope[-1:], 2), np.concatenate([-offset[-1:], offset[-1:]])
    gamma, own_c = np.array(svm.gamma_), np.array(c)
    return CalibratedSvm(scaler.mean_, scaler.scale_, weight, bias, slope, offset, svm.support_, gamma, own_c)


def _sigmoids(calibrated: CalibratedClassifierCV) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and offset of every machine; scikit-learn's is expit(-(a d + b))."""
    (one,) = calibrated.calibrated_classifiers_
    return np.array([-s.a_ for s in one.calibrators]), np.array([-s.b_ for s in one.calibrators])


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
