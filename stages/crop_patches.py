"""Crop the lesions of a cohort as annotation sees them (LesaNet, 5.2).

Reads   cohort             data/raw/<cohort>
        index              of that cohort: series.parquet, lesions.parquet
Writes  0000.npy ...       int16 HU (lesions, 3, side, side), in shards of 512; channels along z
        patches.parquet    lesion, patient, study, x_min, y_min, x_max, y_max (pixels of the patch); x_mm, y_mm (of the
                           lesion's centre from the image's), width_mm, height_mm; row n is array n
        set_aside.csv      kind, subject, reason, cure
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.annotation.cropping import MAKERS, Task, crop_lesions
from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.layout import list_images
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.kept import Kept
from lesionary.params.images import PatchesParams


def main(cohort: Path, index: Path, patches: Path) -> None:
    """Crop the lesions of `index` from the images of `cohort` into the folder `patches`."""
    params = PatchesParams.load()
    images = list_images(cohort)
    rows = pl.read_parquet(index / "series.parquet").iter_rows(named=True)
    series = {row["series"]: Series.of_row(row) for row in rows}
    lesions = pl.read_parquet(index / "lesions.parquet").iter_rows(named=True)
    sizes = (params.side_mm, params.spacing_mm, params.slice_gap_mm)
    tasks = [Task(one, *series[one["series"]].alone(images), *sizes) for one in lesions]
    set_aside = SetAside()
    crop_lesions(tasks, patches, set_aside, Kept.of(cohort, images, *MAKERS)).write_parquet(patches / "patches.parquet")
    set_aside.write(patches / "set_aside.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("patches", type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
