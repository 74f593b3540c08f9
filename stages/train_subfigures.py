"""Train one row of the sub-figure tables on its training images (DMRN, 3.4).

Reads   figures        shards and images.parquet of read_subfigures
Writes  models         <network>.safetensors, weights of each network of the row; svm.safetensors: mean, deviation,
                       weight, bias, slope, offset, support, gamma, c (`CalibratedSvm`) where an SVM decides
        predictions    images.parquet: n, class, part, p_<class> ...: of every image, training images included;
                       learnt.json: side_px, networks.<network>.{learning_rate, weight_decay}, svm.c,
                       pairs.same_class
        history        CSV: network, epoch, learning_rate, loss, its parts where there are several; the header alone of
                       hand-crafted features

Validation images train nothing: where params.yaml has a list, they tell which of its values is taken.
"""

import argparse
from pathlib import Path

from threadpoolctl import threadpool_limits

from lesionary.base.errors import as_one_line
from lesionary.params.sorting import Sorter, SorterParams
from lesionary.subfigures.sorting.figures import load_figures
from lesionary.subfigures.sorting.machine import decide
from lesionary.subfigures.sorting.results import Sorted
from lesionary.subfigures.sorting.training import train_row
from lesionary.subtyping.learning.handcrafted import features as hand_crafted


def main(row: str, figures: Path, models: Path, predictions: Path, history_csv: Path) -> None:
    """Train `row` and write what it learnt."""
    params, images = SorterParams.load_row(row), load_figures(figures)
    learnt, machine = train_row(row, params, figures), None
    if params.network in (Sorter.DMRN, Sorter.HAND_CRAFTED):
        seen = learnt[0].embedding if learnt else hand_crafted(images.grey())
        with threadpool_limits(1):  # sums depend on the number of threads
            machine = decide(seen, images, params.svm_c)
    Sorted(learnt, machine).save(images, models, predictions, history_csv)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("figures", "models", "predictions", "history_csv"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
