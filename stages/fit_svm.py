"""Turn each row's embedding into class probabilities: a calibrated SVM a fold (DMRN, 2.2.3).

Reads   slices, folds, and the features of each of rows.subtyping
Writes  predictions/<row>/
        slices.parquet                lesion, study, patient, subtype, z, fold, p_<class> ...: out of fold, NaN of
                                      what is in no test; `scanner` beside fold where folds are drawn by it
        studies.parquet               study, patient, subtype, fold, p_<class> ...: means of the slices
        svm-<k>.safetensors           mean, deviation, weight, bias, slope, offset, support, gamma, c
                                          (`CalibratedSvm`); c is the one chosen where svm.c is a list

A row whose network ends in its own classifier keeps that one's probabilities; cnn3d and the clinical row have studies
alone. For none of these an SVM is fitted.
"""

import argparse
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from lesionary.base.arrays import load_arrays, save_arrays
from lesionary.base.errors import as_one_line
from lesionary.params.results import RowsParams
from lesionary.params.subtyping import Kernel, SvmParams
from lesionary.running.progress import progress
from lesionary.subtyping.svm.calibrated import Samples, out_of_fold
from lesionary.subtyping.tables.cases import Cases, load_slices, load_studies
from lesionary.subtyping.tables.predictions import prediction_table, study_means


def main(slices: Path, folds: Path, features: Path, predictions: Path) -> None:
    """Classify the slices and studies of every row by its `features`."""
    svm = SvmParams.load()
    for row in RowsParams.load().subtyping:
        predict(slices, folds, load_arrays(features / f"{row}.safetensors"), svm.of_row(row), predictions / row)


def predict(slices: Path, folds: Path, arrays: dict[str, np.ndarray], params: SvmParams, predictions: Path) -> None:
    """Write what a row makes of slices and studies."""
    predictions.mkdir(parents=True, exist_ok=True)
    if "study_probability" in arrays:
        studies = load_studies(folds)
        table = prediction_table(studies.table, studies.classes, arrays["study_probability"])
    else:
        cases = load_slices(slices, folds)
        own = arrays.get("probability")
        probability = own if own is not None else classify(cases, arrays["embedding"], params, predictions)
        slice_table = prediction_table(cases.table.drop("n"), cases.classes, probability)
        slice_table.write_parquet(predictions / "slices.parquet")
        table = study_means(slice_table)
    table.write_parquet(predictions / "studies.parquet")


def classify(cases: Cases, embedding: np.ndarray, params: SvmParams, predictions: Path) -> np.ndarray:
    """Out-of-fold probabilities, shape (slices, classes)."""
    probability = np.full((len(cases.label), len(cases.classes)), np.nan)
    fitted = out_of_fold(
        embedding,
        Samples(cases.label, cases.study, cases.patient),
        cases.fold,
        cs=params.c,
        calibration_folds=params.calibration_folds,
        gaussian=params.kernel is Kernel.RBF,
    )
    with threadpool_limits(1):  # sums depend on the number of threads
        for fold, (svm, of_fold) in enumerate(progress(fitted, f"{predictions.name}: SVMs", total=cases.folds)):
            save_arrays(predictions / f"svm-{fold}.safetensors", vars(svm))
            probability[cases.fold == fold] = of_fold
    return probability


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("slices", "folds", "features", "predictions"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
