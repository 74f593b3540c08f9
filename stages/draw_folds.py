"""Divide the studies into folds, or into train, val and test, and count what the cohort holds (DMRN, 2.4 and Table 1).

Reads   slices         lesions.parquet, slices.parquet
        index          of the cohort: lesions.parquet, for its column split
Writes  folds/folds.csv       study, patient, subtype, fold (0-based; `scanner`, too, where folds.by is that); where
                              subtyping.protocol is split, fold 0 is test, -1 train and -2 val; of a rehearsal fold 0
                              is val, -1 train, and test is left out
        folds/set_aside.csv   kind, subject, reason, cure: studies without a slice or scanner, classes too small
        metrics        studies.<class>, slices.<class>, patients, lesions; a `total` each for studies and slices;
                       tested.{studies, slices}.<class> likewise where not all are tested
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.evaluation.files import write_metrics
from lesionary.params.subtyping import FoldsParams, SubtypingParams
from lesionary.subtyping.dividing import divide
from lesionary.subtyping.folds import studies_of, with_slices


def main(slices: Path, index: Path, folds: Path, metrics: Path) -> None:
    """Draw folds over the studies of `slices`."""
    lesions, crops = pl.read_parquet(slices / "lesions.parquet"), pl.read_parquet(slices / "slices.parquet")
    set_aside = SetAside()
    whole = with_slices(studies_of(lesions), crops, set_aside)
    params, protocol = FoldsParams.load(), SubtypingParams.load().protocol
    drawn = divide(whole, lesions, pl.read_parquet(index / "lesions.parquet"), protocol, params, set_aside)
    folds.mkdir(parents=True, exist_ok=True)
    drawn.write_csv(folds / "folds.csv")
    set_aside.write(folds / "set_aside.csv")
    tested = drawn.filter(pl.col("fold") >= 0)
    used = crops.filter(pl.col("study").is_in(drawn["study"].to_list()))
    counts = {"patients": drawn["patient"].n_unique(), "lesions": used["lesion"].n_unique(), **count(drawn, used)}
    write_metrics(metrics, counts if len(tested) == len(drawn) else {**counts, "tested": count(tested, used)})


def count(studies: pl.DataFrame, slices: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Studies of each class, and the slices that are theirs."""
    theirs = slices.filter(pl.col("study").is_in(studies["study"].to_list()))
    return {"studies": count_by_class(studies), "slices": count_by_class(theirs)}


def count_by_class(table: pl.DataFrame) -> dict[str, int]:
    """Rows of each class, and in all."""
    counts = dict(table.group_by("subtype").len().sort("subtype").iter_rows())
    return {**counts, "total": len(table)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("slices", "index", "folds", "metrics"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
