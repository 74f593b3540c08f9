"""Compare every row of the subtyping tables with DMRN on the same studies and slices (DMRN, 3.1).

Reads   predictions    <row>/{studies, slices}.parquet of each of rows.subtyping, as fit_svm writes them
Writes  differences    CSV: row, unit (study, slice), metric, value, low, high, p_folds, p_corrected, p_cases,
                       p_mcnemar: the row less DMRN (or, where that is not built, less the first row) with the paired
                       bootstrap interval over patients, and p of a paired t-test over folds, of that corrected for
                       common training cases, of a paired t-test over cases, and of McNemar's exact test (these two for
                       accuracy alone); header alone where there is one row
"""

import argparse
from pathlib import Path

from lesionary.base.errors import as_one_line
from lesionary.params.results import EvaluationParams, RowsParams
from lesionary.subtyping.comparing import differences
from lesionary.subtyping.measuring import Decisions
from lesionary.subtyping.tables.predictions import read_predictions


def main(predictions: Path, differences_csv: Path) -> None:
    """Write the differences between the rows that are built."""
    rows = {
        row: {unit: Decisions.of(table) for unit, table in read_predictions(predictions / row).items()}
        for row in RowsParams.load().subtyping
    }
    differences_csv.parent.mkdir(parents=True, exist_ok=True)
    differences(rows, EvaluationParams.load()).write_csv(differences_csv)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("predictions", "differences_csv"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
