"""Measure and picture one row of the annotation tables (LesaNet, 5.3 and 5.4).

Reads   labels, and the row's scores and history
Writes  metrics    {text_mined, hand_labelled}.{auc, precision, recall, f1}: means over labels that have positives and
                   negatives in that test set; retrieval.{map, recall_at_1, recall_at_5, recall_at_10, chance};
                   calibration.{text_mined, hand_labelled}: expected calibration error; kept_epoch;
                   size.{width, features, epochs, labels, train_lesions}
        plots/per_label.csv     test, label, class, train, positives, auc, precision, recall, f1
        plots/intervals.csv     test, metric, value, low, high: bootstrap over patients
        plots/retrieval.csv     metric, value, low, high: the same, of test lesions searched among other patients'
        plots/reliability.csv   test, above, up_to, cells, score, share: cells by score, and how many are true
        plots/curves.svg        the parts of the loss
        plots/validation.svg    what was measured on validation after each epoch
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.annotation.calibrating import reliabilities, reliability_table
from lesionary.annotation.dataset import Labels
from lesionary.annotation.measuring import evaluation_sets, interval_table, label_table
from lesionary.annotation.retrieving import retrieval_table, search
from lesionary.arrays import load_arrays
from lesionary.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.figures.annotation import describe, draw_losses, draw_validation
from lesionary.params import AnnotatorParams, EvaluationParams


def main(row: str, labels: Path, scores: Path, history_csv: Path, metrics: Path, plots: Path) -> None:
    """Measure `row` and draw its curves."""
    params, evaluation, known = AnnotatorParams.load_row(row), EvaluationParams.load(), Labels.load(labels)
    history = pl.read_csv(history_csv)
    said = load_arrays(scores)
    tests = evaluation_sets(known, said["scores"])
    retrieval, calibration = search(known, said["embedding"]), reliabilities(tests)
    kept = int(history["epoch"][history["val_f1"].arg_max() or 0])
    sizes = {"width": params.width, "features": params.features, "epochs": params.epochs}
    counts = {"labels": len(known.names), "train_lesions": len(known.of("train"))}
    means = {name: one.means() for name, one in tests.items()}
    found = {name: float(value[0]) for name, value in retrieval.means().items()}
    errors = {name: one.error for name, one in calibration.items()}
    beyond = {"retrieval": found, "calibration": errors}
    write_metrics(metrics, {**means, **beyond, "kept_epoch": kept, "size": {**sizes, **counts}})
    plots.mkdir(parents=True, exist_ok=True)
    label_table(known, tests).write_csv(plots / "per_label.csv")
    replicates, level, seed = evaluation.replicates, evaluation.level, evaluation.seed
    intervals = interval_table(tests, replicates=replicates, level=level, seed=seed)
    intervals.write_csv(plots / "intervals.csv")
    retrieval_intervals = retrieval_table(known, retrieval, replicates=replicates, level=level, seed=seed)
    retrieval_intervals.write_csv(plots / "retrieval.csv")
    reliability_table(calibration).write_csv(plots / "reliability.csv")
    text = describe(row, params)
    draw_losses(history, text, plots / "curves.svg")
    draw_validation(history, kept, text, plots / "validation.svg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("labels", "scores", "history_csv", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
