"""Train one row of the annotation tables (LesaNet, 4 and 5.2).

Reads   patches, labels
Writes  model     safetensors: weights of the epoch with the best mean F1 on validation; of a row of several networks
                  all, their names behind `seed<n>.`
        scores    safetensors: `scores` float32 (lesions, labels), confidences after propagation (of a row trained to
                  rank: as they are), and `embedding` float32 (lesions, features), of every lesion; lesions as in
                  labels/lesions.parquet, labels as in labels.csv
        history   CSV: seed, epoch, learning_rate, loss, its parts, val_{auc, precision, recall, f1}
        run       JSON: what was trained where, with which versions, and which epochs were kept
"""

import argparse
from pathlib import Path

from safetensors.torch import save_file

from lesionary.annotation.dataset import Labels, load_patches, load_places
from lesionary.annotation.learning.record import record
from lesionary.annotation.learning.rows import history, train_row
from lesionary.base.arrays import save_arrays
from lesionary.base.errors import as_one_line
from lesionary.params.annotation import AnnotatorParams


def main(row: str, patches: Path, labels: Path, model: Path, scores: Path, history_csv: Path, run_json: Path) -> None:
    """Train `row` and write what it says of every lesion."""
    params, known = AnnotatorParams.load_row(row), Labels.load(labels)
    trained = train_row(row, params, known, *load_patches(patches, known), load_places(patches, known))
    for path in (model, history_csv):
        path.parent.mkdir(parents=True, exist_ok=True)
    save_file(trained.weights, model)
    save_arrays(scores, {"scores": trained.scores, "embedding": trained.embedding})
    history(trained).write_csv(history_csv)
    run_json.write_text(record(row, params, known, trained), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    for name in ("patches", "labels", "model", "scores", "history_csv", "run_json"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
