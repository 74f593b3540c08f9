"""Paint the embedded cohort: patients with adrenal masses, scanned, read and filed as a hospital would hand them out.

Reads   params.yaml: phantom.
Writes  <cohort>/cohort.yaml, pseudonym.key, lesions.csv (one line a lesion; box in voxels of the sorted volume, min
        inclusive, max exclusive; key_slice 0-based) and images/<patient>/<study>/*.dcm (CT Image Storage, one a slice).
        <truth> (CSV, one line a lesion): what no reader is told; densities in HU, lengths in mm, volume in ml.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lesionary.errors import as_one_line
from lesionary.params import PhantomParams
from lesionary.phantom.cohort import make_cohort


def main(cohort: Path, truth: Path) -> None:
    make_cohort(cohort, truth, PhantomParams.load())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path, help="folder to write, for instance data/raw/phantom")
    parser.add_argument("truth", type=Path, help="CSV to write outside of the cohort")
    with as_one_line():
        main(**vars(parser.parse_args()))
