"""Measure one row of the sub-figure tables on the fixed test set (DMRN, Tables 7 and 8).

Reads   the row's predictions: images.parquet, learnt.json
Writes  metrics   test.{accuracy, precision, recall, f1} and validation.{...}: precision, recall and F1 are means over
                  the classes that have images there; a class that is never named has F1 0.
                  size.{depth, width, side_px, epochs}; networks.<network>.{learning_rate, weight_decay}, svm.c,
                  pairs.same_class: what it was trained with
        plots/per_class.csv    class, images, precision, recall, f1: of the test set
        plots/intervals.csv    part, metric, value, low, high: bootstrap over test images
        plots/confusion.csv    truth, predicted: a row a test image, for `dvc plots`
        plots/confusion.svg
"""

import argparse
import json
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.figures.subfigures import draw_large_confusion
from lesionary.params.results import EvaluationParams
from lesionary.params.sorting import SorterParams
from lesionary.subfigures.describing import describe, size
from lesionary.subfigures.measuring import Decisions
from lesionary.subfigures.parts import Part


def main(row: str, predictions: Path, metrics: Path, plots: Path) -> None:
    """Measure `row`."""
    params, evaluation = SorterParams.load_row(row), EvaluationParams.load()
    table = pl.read_parquet(predictions / "images.parquet")
    learnt = json.loads((predictions / "learnt.json").read_text(encoding="utf-8"))
    side_px = learnt.pop("side_px")
    parts = {part: Decisions.of(table, part) for part in (Part.TEST, Part.VALIDATION)}
    values = {str(part): decisions.summary() for part, decisions in parts.items()}
    write_metrics(metrics, {**values, "size": size(params, side_px), **learnt})

    test, classes = parts[Part.TEST], parts[Part.TEST].classes
    plots.mkdir(parents=True, exist_ok=True)
    test.each_class().write_csv(plots / "per_class.csv")
    intervals = test.interval_table(replicates=evaluation.replicates, level=evaluation.level, seed=evaluation.seed)
    intervals.write_csv(plots / "intervals.csv")
    named = {"truth": [classes[k] for k in test.truth], "predicted": [classes[k] for k in test.predicted]}
    pl.DataFrame(named).write_csv(plots / "confusion.csv")
    title = f"{describe(row, params, side_px)}; test images"
    draw_large_confusion(test.counts(), classes, title, plots / "confusion.svg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("predictions", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
