"""Measure and picture one row of the subtyping tables (DMRN, Tables 2 to 5, Figures 4 and 5), and its calibration.

Reads   folds, and the row's features, predictions and history
Writes  metrics   study.{accuracy, sensitivity, specificity, precision, f1} pooled out of fold, each with its `_sd` over
                  the folds where there are several; study.auc, the mean of the areas of each class against the rest;
                  slice.{...} alike where the row sees slices; scanner.<name>.{cases, accuracy ..., auc} of studies,
                  where folds are scanners; study.{ece, brier, log_loss} of probabilities,
                  study_recalibrated.{ece, brier, log_loss, temperature} at each fold's temperature, chosen on the
                  others' out-of-fold studies (the median is written; nothing of one fold); size.{depth, width, side_px,
                  epochs} of a network; svm.{calibrated_folds, c} of a row with an SVM; pairs.same_class, the share of
                  pairs of one class; tuned.{learning_rate, weight_decay} where one is a list; the median of the folds'
                  choices
        plots/per_class.csv      unit, class, cases, sensitivity, specificity, precision, f1
        plots/intervals.csv      unit, metric, value, low, high: bootstrap over patients
        plots/reliability.csv    probabilities (as they are, recalibrated), above, up_to, studies, probability, share:
                                 how many of each bin's studies are right; ten bins, those without a study left out
        plots/confusion.csv      truth, predicted: a row a study, for `dvc plots`
        plots/confusion.svg, curves.svg, tsne.svg, reliability.svg
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from lesionary.base.arrays import load_arrays
from lesionary.base.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.evaluation.projection import drawn, tsne
from lesionary.figures.reliability import draw_reliability
from lesionary.figures.subtyping import draw_confusion, draw_curves, draw_embedding
from lesionary.params.results import EvaluationParams
from lesionary.params.subtyping import SubtyperParams
from lesionary.subtyping.calibrating import Calibration, reliability_table
from lesionary.subtyping.describing import describe, size
from lesionary.subtyping.measuring import Decisions, interval_table
from lesionary.subtyping.tables.predictions import UNITS, read_predictions, read_whole


def main(row: str, features: Path, predictions: Path, history_csv: Path, metrics: Path, plots: Path) -> None:
    """Measure `row` and draw its pictures."""
    params, evaluation = SubtyperParams.load_row(row), EvaluationParams.load()
    tables = read_predictions(predictions)
    units = {unit: Decisions.of(table) for unit, table in tables.items()}
    calibration = Calibration.of(tables["study"])
    svms = [load_arrays(path) for path in sorted(predictions.glob("svm-*.safetensors"))]
    calibrated = sum(np.isfinite(svm["slope"]).all() for svm in svms)
    svm = {"svm": {"calibrated_folds": calibrated, "c": float(np.median([one["c"] for one in svms]))}} if svms else {}
    summaries = {unit: decisions.summary() for unit, decisions in units.items()}
    summaries["study"] |= calibration.before
    arrays = load_arrays(features)
    mix = arrays.get("pair_mix")
    chosen = arrays.get("chosen")
    median = None if chosen is None else np.median(chosen, axis=0).tolist()
    tuned = {} if median is None else {"tuned": dict(zip(("learning_rate", "weight_decay"), median, strict=True))}
    pairs = {"pairs": {"same_class": float(mix.trace() / mix.sum())}} if mix is not None else {}
    scanners = {"scanner": each} if (each := units["study"].each_scanner()) else {}
    after = {"study_recalibrated": temperate} if (temperate := calibration.after) else {}
    write_metrics(metrics, {**summaries, **after, **scanners, "size": size(params), **svm, **pairs, **tuned})

    plots.mkdir(parents=True, exist_ok=True)
    per_class = [one.each_class().select(pl.lit(unit).alias("unit"), pl.all()) for unit, one in units.items()]
    pl.concat(per_class).write_csv(plots / "per_class.csv")
    intervals = interval_table(units, replicates=evaluation.replicates, level=evaluation.level, seed=evaluation.seed)
    intervals.write_csv(plots / "intervals.csv")
    reliability_table(calibration.reliabilities).write_csv(plots / "reliability.csv")
    axes = {"score": "mean probability of what is called", "share": "share of the bin's studies that are right"}
    draw_reliability(calibration.reliabilities, plots / "reliability.svg", **axes)
    study, text = units["study"], describe(row, params)
    classes = study.cases.classes
    decided = pl.DataFrame({"truth": study.cases.table["subtype"], "predicted": [classes[k] for k in study.predicted]})
    decided.write_csv(plots / "confusion.csv")
    how, where = ("out of fold", "of fold 1") if study.cases.folds > 1 else ("tested", "tested")
    draw_confusion(study.counts(), classes, f"{text}; studies, {how}", plots / "confusion.svg")
    draw_curves(pl.read_csv(history_csv), text, plots / "curves.svg")
    finest = "slice" if "slice" in units else "study"
    first = read_whole(predictions)[finest]["fold"].to_numpy() == 0
    seen = arrays["embedding"][0] if "embedding" in arrays else arrays["features"]
    cases = units[finest].cases
    shown = drawn(int(first.sum()), evaluation.seed)
    points, what = tsne(seen[first][shown], evaluation.seed), f"{UNITS[finest]} {where}"
    draw_embedding(points, cases.label[cases.fold == 0][shown], classes, f"{text}; {what}", plots / "tsne.svg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("features", "predictions", "history_csv", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
