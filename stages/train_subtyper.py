"""Train one row of the subtyping tables on every fold (DMRN, 2.2 to 2.4).

Reads   slices, folds
Writes  models    fold-<k>.safetensors: the weights trained without fold k; none of hand-crafted features,
                  taught.safetensors of network shape: features, label, fold of every study
        features  safetensors; slices as in slices.parquet without studies that are in no fold, studies as in folds.csv.
                  Networks on slices: `embedding` float32 (folds, slices, features), of every slice by every fold's
                  network; `probability` float32 (slices, classes), out of fold (NaN of what is in no test), where the
                  network ends in its own classifier; `pair_mix` int64 (classes, classes) where pairs were drawn and not
                  mined.
                  Networks on studies: `embedding` (folds, studies, features), `study_probability` (studies, classes).
                  Where learning rate or weight decay is a list: `tried` float64 (candidates, 2), `tried_f1`
                  (folds, candidates) on held-out patients of the training folds, `chosen` (folds, 2).
                  Hand-crafted: `embedding` (1, slices, features), as no fold learns them.
                  Rows without a network: `features` float64 (studies, features), `study_probability` float64
                  (studies, classes); two features of the clinical row, those of `first_order.FEATURES` and of
                  `shapes.MEASURES` and `THICKNESS` of the others.
        history   CSV: epoch, learning_rate, loss (means over folds), its parts, fold_1 ...; the header alone of
                  hand-crafted features
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.arrays import save_arrays
from lesionary.base.errors import as_one_line
from lesionary.params.subtyping import Network, SubtyperParams
from lesionary.subtyping.learning import first_order
from lesionary.subtyping.learning.clinical import cross_validate, measures
from lesionary.subtyping.learning.crossvalidation import train_folds
from lesionary.subtyping.learning.handcrafted import features as hand_crafted
from lesionary.subtyping.learning.images import load_images
from lesionary.subtyping.learning.results import history, save_folds
from lesionary.subtyping.learning.shape import train_shape
from lesionary.subtyping.tables.cases import load_slices, load_studies
from lesionary.training.loop import Epoch


def main(row: str, slices: Path, folds: Path, models: Path, features: Path, history_csv: Path) -> None:
    """Train `row` and write what it learnt."""
    params = SubtyperParams.load_row(row)
    match params.network:
        case Network.CLINICAL:
            x = measures(load_studies(folds).table, pl.read_parquet(slices / "lesions.parquet"))
            epochs = train_logistic(x, folds, models, features)
        case Network.FIRST_ORDER:
            epochs = train_logistic(first_order.measures(slices, folds), folds, models, features)
        case Network.SHAPE:
            train_shape(params, slices, folds, models, features)
            epochs = []
        case Network.HAND_CRAFTED:
            epochs = compute(params, slices, folds, models, features)
        case network:
            results = train_folds(row, params, slices, folds)
            studies = network is Network.CNN3D
            fold = (load_studies(folds) if studies else load_slices(slices, folds)).fold
            save_folds(results, fold, models, features, studies=studies)
            epochs = [result.epochs for result in results]
    history_csv.parent.mkdir(parents=True, exist_ok=True)
    history(epochs).write_csv(history_csv)


def train_logistic(x: NDArray[np.float64], folds: Path, models: Path, features: Path) -> list[list[Epoch]]:
    """A row without a network: a logistic regression a fold on the features `x` of every study."""
    studies = load_studies(folds)
    fitted, probability = cross_validate(x, studies.label, studies.fold)
    for fold, model in enumerate(fitted):
        save_arrays(models / f"fold-{fold}.safetensors", model.arrays())
    save_arrays(features, {"features": x, "study_probability": probability})
    return [[Epoch(1, {"cross_entropy": model.loss}, 0.0)] for model in fitted]


def compute(params: SubtyperParams, slices: Path, folds: Path, models: Path, features: Path) -> list[list[Epoch]]:
    """The row whose features nothing is learnt for."""
    models.mkdir(parents=True, exist_ok=True)
    found = hand_crafted(load_images(slices, folds, params.window_hu, params.side_px))
    save_arrays(features, {"embedding": found[None]})
    return []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("slices", "folds", "models", "features", "history_csv"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
