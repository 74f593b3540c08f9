"""Measure and picture one row of the annotation tables (LesaNet, 5.3 and 5.4).

Reads   labels, and the row's scores and history
Writes  metrics    {text_mined, hand_labelled}.{auc, precision, recall, f1}: means over labels that have positives and
                   negatives in that test set, thresholds from the authors' grid; {...}_exact: with exact thresholds (a
                   row trained to rank has no others, and both are the same);
                   retrieval.{map, recall_at_1, recall_at_5, recall_at_10, chance};
                   calibration.{text_mined, hand_labelled}: expected calibration error, but of a row trained to
                   rank; kept_epoch (of the first network); size.{width, features, epochs, labels, train_lesions}
        replicates safetensors: `test.metric`, float64 (1 + replicates,): that mean, behind it its bootstrap replicates
        plots/per_label.csv     test, label, class, train, positives, auc, precision, recall, f1
        plots/intervals.csv     test, metric, value, low, high: bootstrap over patients
        plots/retrieval.csv     metric, value, low, high: the same, of test lesions searched among other patients'
        plots/reliability.csv   test, above, up_to, cells, score, share: cells by score, and how many are true
        plots/curves.svg        the parts of the loss, means over networks
        plots/validation.svg    what was measured on validation after each epoch, means over networks
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.annotation.comparing import interval_table, save_replicates
from lesionary.annotation.dataset import Labels
from lesionary.annotation.scoring.calibrating import reliabilities, reliability_table
from lesionary.annotation.scoring.measuring import evaluation_sets, label_table
from lesionary.annotation.scoring.retrieving import retrieval_table, search
from lesionary.base.arrays import load_arrays
from lesionary.base.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.figures.annotation import describe, draw_losses, draw_validation
from lesionary.params.annotation import AnnotatorParams, Objective
from lesionary.params.results import EvaluationParams


def main(row: str, labels: Path, scores: Path, history_csv: Path, metrics: Path, replicates: Path, plots: Path) -> None:
    """Measure `row` and draw its curves."""
    params, evaluation, known = AnnotatorParams.load_row(row), EvaluationParams.load(), Labels.load(labels)
    history = pl.read_csv(history_csv)
    arrays, exclude = load_arrays(scores), params.consistent
    said = arrays["scores"]
    ranked = params.objective is Objective.WARP  # its scores are no probabilities
    tests = evaluation_sets(known, said, exact=ranked, exclude=exclude)
    exact = {f"{name}_exact": one for name, one in evaluation_sets(known, said, exact=True, exclude=exclude).items()}
    retrieval, calibration = search(known, arrays["embedding"]), {} if ranked else reliabilities(tests)
    first = history.filter(pl.col("seed") == params.seed)
    kept = int(first["epoch"][first["val_f1"].arg_max() or 0])
    sizes = {"width": params.width, "features": params.features, "epochs": params.epochs}
    counts = {"labels": len(known.names), "train_lesions": len(known.of("train"))}
    means = {name: one.means() for name, one in (tests | exact).items()}
    beyond = {
        "retrieval": {name: float(value[0]) for name, value in retrieval.means().items()},
        "calibration": {name: one.error for name, one in calibration.items()},
    }
    write_metrics(metrics, {**means, **beyond, "kept_epoch": kept, "size": {**sizes, **counts}})

    count, level, seed = evaluation.replicates, evaluation.level, evaluation.seed
    drawn = {name: one.replicates(count, seed=seed) for name, one in (tests | exact).items()}
    for folder in (replicates.parent, plots):
        folder.mkdir(parents=True, exist_ok=True)
    save_replicates(replicates, drawn)
    label_table(known, tests | exact).write_csv(plots / "per_label.csv")
    interval_table(drawn, level=level).write_csv(plots / "intervals.csv")
    searched = retrieval_table(known, retrieval, replicates=count, level=level, seed=seed)
    searched.write_csv(plots / "retrieval.csv")
    reliability_table(calibration).write_csv(plots / "reliability.csv")
    text, curves = describe(row, params), history.drop("seed").group_by("epoch", maintain_order=True).mean()
    draw_losses(curves, text, plots / "curves.svg")
    draw_validation(curves, kept, text, plots / "validation.svg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("labels", "scores", "history_csv", "metrics", "replicates", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
