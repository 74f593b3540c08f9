"""The linear SVM on an embedding (DMRN, 2.2.3): fitted on training images, its C chosen on validation images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.subfigures.parts import Part
from lesionary.subfigures.sorting.figures import Figures
from lesionary.subtyping.svm.calibrated import CalibratedSvm, Samples, fit_svm
from lesionary.subtyping.svm.holding_out import best


@dataclass(frozen=True)
class Decided:
    """A fitted SVM, its class probabilities of every image, and how often it is right on the validation images."""

    svm: CalibratedSvm
    probability: NDArray[np.float64]
    """(images, classes): a softmax of decision values. They are not calibrated, as a class may have one image."""
    accuracy: float
    """NaN where no image validates."""


def decide(x: NDArray[np.floating], figures: Figures, cs: Sequence[float]) -> Decided:
    """The SVM on `x` (images, features) with the C of `cs` that does best on validation, the first among equals."""
    train, validation = figures.of(Part.TRAIN), figures.of(Part.VALIDATION)
    label, alone = figures.label[train], np.arange(len(train))
    found = []
    for c in cs:
        svm = fit_svm(x[train], Samples(label, alone, alone), c=c, folds=0, seed=0)
        probability = svm.probabilities(x)
        right = probability[validation].argmax(axis=1) == figures.label[validation]
        found.append(Decided(svm, probability, float(right.mean()) if len(right) else float("nan")))
    return found[best([one.accuracy for one in found])]
