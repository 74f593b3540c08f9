"""Train a row on frequent labels alone, and measure every label of that training (LesaNet, 5.4 and Fig. 5).

Reads   patches, labels
Writes  table     CSV: test, label, class, train, positives, auc, precision, recall, f1 of the labels that occur more
                  than `cutoff` times in training, by the network that learnt only these. Means over the labels above
                  a higher cut-off are what this network reaches on that smaller subset.
"""

import argparse
from pathlib import Path

from lesionary.annotation.dataset import Labels, load_patches
from lesionary.annotation.learning.rows import train_row
from lesionary.annotation.scoring.measuring import evaluation_sets, label_table
from lesionary.base.errors import as_one_line
from lesionary.params.annotation import AnnotatorParams


def main(row: str, cutoff: int, patches: Path, labels: Path, table: Path) -> None:
    """Train `row` on the labels above `cutoff`."""
    params, known = AnnotatorParams.load_row(row), Labels.load(labels).more_frequent_than(cutoff)
    trained = train_row(f"{row}-{cutoff}", params, known, *load_patches(patches, known))
    table.parent.mkdir(parents=True, exist_ok=True)
    label_table(known, evaluation_sets(known, trained.scores)).write_csv(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row")
    parser.add_argument("cutoff", type=int)
    for name in ("patches", "labels", "table"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
