"""Compare every row of the annotation tables with LesaNet on the same draws of patients.

Reads   replicates     <row>.safetensors of each of rows.annotation, as evaluate_annotator writes them
Writes  differences    CSV: row, test, metric, value, low, high: the row less LesaNet (or, where that is not built, less
                       the first row), with the paired bootstrap interval; header alone where there is one row
"""

import argparse
from pathlib import Path

from lesionary.annotation.comparing import differences
from lesionary.base.errors import as_one_line
from lesionary.params.results import EvaluationParams, RowsParams


def main(replicates: Path, differences_csv: Path) -> None:
    """Write the differences between the rows that are built."""
    table = differences(replicates, RowsParams.load().annotation, level=EvaluationParams.load().level)
    differences_csv.parent.mkdir(parents=True, exist_ok=True)
    table.write_csv(differences_csv)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("replicates", "differences_csv"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
