"""Index a cohort: what it holds, in one geometric convention, under pseudonyms.

Reads   cohort        data/raw/<cohort>, laid out as `lesionary.cohorts.contract.layout` says
Writes  series.parquet     series, kind, files (numbers in the sorted listing of images/), size, spacing_mm, origin_mm,
                           row, column, mirrored, manufacturer; one row a usable series
                           frames, places, shift_px where a series needs them (see `cohorts.images.reading`)
        lesions.parquet    lesion, patient, study, series, x_min .. z_max (voxels), key_slice, subtype, split;
                           long_axis_mm, short_axis_mm where a DICOM SR measured one
        set_aside.csv      kind, subject, reason, cure: what is not used
        adjusted.csv       kind, subject, change, rule: what was corrected, interpolated or left out of what is used
"""

import argparse
from pathlib import Path

from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.params.images import IndexParams


def main(cohort: Path, index: Path) -> None:
    """Index `cohort` into the folder `index`."""
    params = IndexParams.load()
    corrections = Corrections.of(params)
    found = index_cohort(
        Cohort.open(cohort), max_gap_mm=params.max_gap_mm, tilt_deg=params.tilt_deg, corrections=corrections
    )
    index.mkdir(parents=True, exist_ok=True)
    found.series_table().write_parquet(index / "series.parquet")
    found.lesion_table().write_parquet(index / "lesions.parquet")
    found.set_aside.write(index / "set_aside.csv")
    found.adjusted.write(index / "adjusted.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path)
    parser.add_argument("index", type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
