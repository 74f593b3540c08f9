"""The row that sees nothing but shape: what is measured on it, and a classifier of scikit-learn's on that.

It takes images of two values, 0 outside, and refuses all others: grey values are no shape, and to draw one is a
reader's task. Slices are taken to have no margin (slices.margin_mm 0), or to be the whole plane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier
from threadpoolctl import threadpool_limits

from lesionary.base.arrays import save_arrays
from lesionary.base.errors import CohortError
from lesionary.imaging.shards import read_shards
from lesionary.params.subtyping import ShapeClassifier, ShapeFeatures, SubtyperParams
from lesionary.running.parallel import in_order
from lesionary.subtyping.learning.clinical import cross_validate
from lesionary.subtyping.learning.shapes import measures, thickness
from lesionary.subtyping.svm.calibrated import Samples, out_of_fold
from lesionary.subtyping.tables.cases import Cases, load_slices, load_studies
from lesionary.subtyping.tables.roles import teaching

Shape = tuple[NDArray[np.bool_], tuple[float, float, float]]
"""`inside[z, y, x]`, and the distance of voxels along x, y, z in mm."""
_BUNDLE = 16  # shapes handed to a worker at once
_AVERAGED = (ShapeClassifier.LOGISTIC, ShapeClassifier.SVM, ShapeClassifier.FOREST)


def train_shape(params: SubtyperParams, slices: Path, folds: Path, models: Path, features: Path) -> None:
    """Measure and classify every study; features and out-of-fold probabilities go to the file `features`.

    Trees hold no arrays of their own and grow again from these in seconds: `models` holds features and folds alone.
    """
    studies = load_studies(folds)
    x = features_of(slices, folds, params.shape_features)
    with threadpool_limits(1):  # sums depend on the number of threads
        probability = CLASSIFIERS[params.shape_classifier](x, studies, params.seed)
    save_arrays(models / "taught.safetensors", {"features": x, "label": studies.label, "fold": studies.fold})
    save_arrays(features, {"features": x, "study_probability": probability})


def shapes(slices: Path, folds: Path) -> Iterator[Shape]:
    """The shape of each study of `folds.csv`, of its mass with most slices; `CohortError` for images that are none."""
    table = load_slices(slices, folds).table
    sizes = pl.read_parquet(slices / "lesions.parquet").select("study", "lesion", "^size_.*$")
    masses = table.group_by("study", "lesion", maintain_order=True).agg(pl.col("n").min(), count=pl.len())
    largest = masses.sort("count", descending=True, maintain_order=True).unique("study", keep="first")
    studies = load_studies(folds).table.select("study")
    chosen = studies.join(largest, on="study", how="left", maintain_order="left")
    stacks = list(read_shards(slices))
    starts = np.cumsum([0, *map(len, stacks)])
    for row in chosen.join(sizes, on=("study", "lesion"), how="left", maintain_order="left").iter_rows(named=True):
        wanted = range(row["n"], row["n"] + row["count"])
        first, last = (int(np.searchsorted(starts, at, side="right")) - 1 for at in (wanted[0], wanted[-1]))
        parts = [stacks[k][max(0, wanted[0] - starts[k]) : wanted[-1] + 1 - starts[k]] for k in range(first, last + 1)]
        images = np.concatenate(parts)
        per_voxel = (images.shape[2], images.shape[1], images.shape[0])
        x, y, z = (row[f"size_{axis}_mm"] / count for axis, count in zip("xyz", per_voxel, strict=True))
        yield as_shape(images, row["study"]), (x, y, z)


def as_shape(images: NDArray[np.int16], study: str) -> NDArray[np.bool_]:
    """Where images of two values are not 0; `CohortError` where they have more, or nothing."""
    values = np.unique(images)
    if values[0] != 0 or len(values) != 2:
        reason = f"its images have {len(values)} values, {values[0]} the lowest: a shape has two, 0 outside"
        cure = "leave rows of network shape out; of masks, set slices.side_px to the side of the images"
        raise CohortError(f"study {study}", reason, cure)
    return np.asarray(images > 0)


@lru_cache(maxsize=2)
def features_of(slices: Path, folds: Path, wanted: ShapeFeatures) -> NDArray[np.float64]:
    """What is measured on the shape of every study, shape (studies, features); measured once a process."""
    every = list(shapes(slices, folds))
    return np.stack(list(in_order(partial(_measured, wanted), every, "measuring shapes", bundle=_BUNDLE)))


def _measured(wanted: ShapeFeatures, shape: Shape) -> NDArray[np.float64]:
    both = (measures,) if wanted is ShapeFeatures.MEASURES else (measures, thickness)
    return np.concatenate([measure(*shape) for measure in both])


def _logistic(x: NDArray[np.float64], studies: Cases, seed: int) -> NDArray[np.float64]:
    return cross_validate(x, studies.label, studies.fold)[1]


def _svm(x: NDArray[np.float64], studies: Cases, seed: int) -> NDArray[np.float64]:
    known = Samples(studies.label, studies.study, studies.patient)
    fitted = out_of_fold(x[None], known, studies.fold, cs=(1.0,), calibration_folds=5, gaussian=True)
    probability = np.full((len(x), len(studies.classes)), np.nan)
    for fold, (_, of_fold) in enumerate(fitted):
        probability[studies.fold == fold] = of_fold
    return probability


def _trees(
    x: NDArray[np.float64], studies: Cases, model: ExtraTreesClassifier | GradientBoostingClassifier
) -> NDArray[np.float64]:
    probability = np.full((len(x), len(studies.classes)), np.nan)
    for fold in range(studies.folds):
        train, test = teaching(studies.fold, fold), studies.fold == fold
        probability[test] = model.fit(x[train], studies.label[train]).predict_proba(x[test])
    return probability


def _forest(x: NDArray[np.float64], studies: Cases, seed: int) -> NDArray[np.float64]:
    return _trees(x, studies, ExtraTreesClassifier(400, min_samples_leaf=2, random_state=seed))


def _boosting(x: NDArray[np.float64], studies: Cases, seed: int) -> NDArray[np.float64]:
    settings = {"n_estimators": 200, "max_depth": 3, "learning_rate": 0.05, "subsample": 0.7}
    return _trees(x, studies, GradientBoostingClassifier(**settings, random_state=seed))


def _mean(x: NDArray[np.float64], studies: Cases, seed: int) -> NDArray[np.float64]:
    return np.asarray(np.mean([CLASSIFIERS[one](x, studies, seed) for one in _AVERAGED], axis=0))


CLASSIFIERS: dict[ShapeClassifier, Callable[[NDArray[np.float64], Cases, int], NDArray[np.float64]]] = {
    ShapeClassifier.LOGISTIC: _logistic,
    ShapeClassifier.SVM: _svm,
    ShapeClassifier.FOREST: _forest,
    ShapeClassifier.BOOSTING: _boosting,
    ShapeClassifier.MEAN: _mean,
}
"""Each gives out-of-fold probabilities (studies, classes), NaN of what is in no test."""
