"""Divide the studies into folds, and count what the cohort holds (DMRN, 2.4 and Table 1).

Reads   slices         lesions.parquet, slices.parquet
Writes  folds/folds.csv       study, patient, subtype, fold (0-based)
        folds/set_aside.csv   kind, subject, reason, cure: studies without a slice, classes too small for the folds
        metrics        studies.<class>, slices.<class>, patients, lesions; a `total` each for studies and slices
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.cohorts.set_aside import SetAside
from lesionary.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.params.subtyping import FoldsParams
from lesionary.subtyping.folds import draw_folds, enough, studies_of, with_slices


def main(slices: Path, folds: Path, metrics: Path) -> None:
    """Draw folds over the studies of `slices`."""
    params = FoldsParams.load()
    lesions, crops = pl.read_parquet(slices / "lesions.parquet"), pl.read_parquet(slices / "slices.parquet")
    set_aside = SetAside()
    whole = with_slices(studies_of(lesions), crops, set_aside)
    studies = enough(whole, params.count, params.by.value, set_aside)
    drawn = draw_folds(studies, count=params.count, by=params.by.value, seed=params.seed)
    folds.mkdir(parents=True, exist_ok=True)
    drawn.write_csv(folds / "folds.csv")
    set_aside.write(folds / "set_aside.csv")
    used = crops.filter(pl.col("study").is_in(drawn["study"].to_list()))
    write_metrics(
        metrics,
        {
            "patients": drawn["patient"].n_unique(),
            "lesions": used["lesion"].n_unique(),
            "studies": count_by_class(drawn),
            "slices": count_by_class(used),
        },
    )


def count_by_class(table: pl.DataFrame) -> dict[str, int]:
    """Rows of each class, and in all."""
    counts = dict(table.group_by("subtype").len().sort("subtype").iter_rows())
    return {**counts, "total": len(table)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slices", type=Path)
    parser.add_argument("folds", type=Path)
    parser.add_argument("metrics", type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
