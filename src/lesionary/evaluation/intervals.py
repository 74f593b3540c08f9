"""Bootstrap intervals over patients: lesions and slices of a patient are not independent of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Measure = Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]]


def by_patient(
    truth: NDArray[np.integer], predicted: NDArray[np.integer], patient: NDArray[np.integer], classes: int
) -> NDArray[np.int64]:
    """A confusion matrix a patient, shape (patients, classes, classes); `patient` counts from 0."""
    shape = (int(patient.max()) + 1, classes, classes)
    flat = np.ravel_multi_index((patient, truth, predicted), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


def bootstrap(
    counts: NDArray[np.integer], measure: Measure, *, replicates: int, level: float, rng: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of every metric of `measure` when patients are drawn with replacement.

    `counts[patients, classes, classes]`; `measure` takes matrices of shape (replicates, classes, classes). The set of
    classes stays that of the cohort: a replicate that misses a class leaves it out of its means.
    """
    patients = len(counts)
    drawn = rng.multinomial(patients, np.full(patients, 1 / patients), size=replicates)
    matrices = np.tensordot(drawn.astype(np.float64), counts.astype(np.float64), axes=1)
    tail = 100 * (1 - level) / 2
    values = measure(matrices)
    return {
        name: (float(np.nanpercentile(v, tail)), float(np.nanpercentile(v, 100 - tail))) for name, v in values.items()
    }
