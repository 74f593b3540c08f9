"""Crop the masses of a cohort slice by slice (DMRN, 2.1).

Reads   cohort             data/raw/<cohort>
        index              of that cohort: series.parquet, lesions.parquet
Writes  0000.npy ...       int16 HU (slices, side_px, side_px), in shards of 512
        slices.parquet     lesion, study, patient, subtype, z; row n is array n of the shards
        lesions.parquet    lesion, study, patient, subtype, manufacturer, slices, mean_hu, size_{x,y,z}_mm
        set_aside.csv      kind, subject, reason, cure
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.layout import list_images
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.kept import Kept
from lesionary.params.images import SlicesParams
from lesionary.subtyping.cropping import MAKERS, Task, crop_lesions, typed_lesions


def main(cohort: Path, index: Path, slices: Path) -> None:
    """Crop the typed lesions of `index` from the images of `cohort` into the folder `slices`."""
    params = SlicesParams.load()
    images = list_images(cohort)
    rows = pl.read_parquet(index / "series.parquet").iter_rows(named=True)
    series = {row["series"]: Series.of_row(row) for row in rows}
    set_aside = SetAside()
    lesions = typed_lesions(pl.read_parquet(index / "lesions.parquet"), set_aside)
    tasks = [Task(one, *series[one["series"]].alone(images), params.side_px, params.margin_mm) for one in lesions]
    slice_table, lesion_table = crop_lesions(tasks, slices, set_aside, Kept.of(cohort, images, *MAKERS))
    slice_table.write_parquet(slices / "slices.parquet")
    lesion_table.write_parquet(slices / "lesions.parquet")
    set_aside.write(slices / "set_aside.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("slices", type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
