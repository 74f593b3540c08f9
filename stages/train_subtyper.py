"""Train one row of the subtyping tables on every fold (DMRN, 2.2 to 2.4).

Reads   slices, folds
Writes  models    fold-<k>.safetensors: the weights trained without fold k
        features  safetensors. Networks: `embedding` float32 (folds, slices, features), of every slice by every fold's
                  network; `probability` float32 (slices, classes), out of fold, where the network ends in its own
                  classifier; `pair_mix` int64 (classes, classes) where pairs were drawn. The clinical row: `features`
                  float64 (studies, 2) and `study_probability` float64 (studies, classes), out of fold.
                  Slices in the order of slices.parquet, without studies that are in no fold; studies as in folds.csv.
        history   CSV: epoch, learning_rate, loss (mean over folds), its parts, fold_1 ...
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.arrays import save_arrays
from lesionary.errors import as_one_line
from lesionary.params.subtyping import Network, SubtyperParams
from lesionary.subtyping.cases import load_slices, load_studies
from lesionary.subtyping.clinical import cross_validate, measures
from lesionary.subtyping.crossvalidation import train_folds
from lesionary.subtyping.results import history, save_folds
from lesionary.training.loop import Epoch


def main(row: str, slices: Path, folds: Path, models: Path, features: Path, history_csv: Path) -> None:
    """Train `row` and write what it learnt."""
    params = SubtyperParams.load_row(row)
    if params.network is Network.CLINICAL:
        epochs = train_clinical(slices, folds, models, features)
    else:
        results = train_folds(row, params, slices, folds)
        save_folds(results, load_slices(slices, folds).fold, models, features)
        epochs = [result.epochs for result in results]
    history_csv.parent.mkdir(parents=True, exist_ok=True)
    history(epochs).write_csv(history_csv)


def train_clinical(slices: Path, folds: Path, models: Path, features: Path) -> list[list[Epoch]]:
    """The row without a network: a logistic regression a fold."""
    studies = load_studies(folds)
    x = measures(studies.table, pl.read_parquet(slices / "lesions.parquet"))
    fitted, probability = cross_validate(x, studies.label, studies.fold)
    for fold, model in enumerate(fitted):
        save_arrays(models / f"fold-{fold}.safetensors", model.arrays())
    save_arrays(features, {"features": x, "study_probability": probability})
    return [[Epoch(1, {"cross_entropy": model.loss}, 0.0)] for model in fitted]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("slices", "folds", "models", "features", "history_csv"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
