"""Paint the embedded cohort: patients scanned, read, reported on and filed as a hospital would hand them out.

Some have an adrenal mass of a sub-type, some lesions of many kinds; of some nothing but reports is left.

Reads   params.yaml: phantom.
Writes  <images>/<export>/*.dcm (CT Image Storage, one a slice)
        <cohort>/cohort.yaml, pseudonym.key, images.csv (`lesionary.cohorts.contract.manifest`) and
        lesions.csv    one line a lesion; box in voxels of the sorted volume, min inclusive, max exclusive; key_slice
                       0-based; subtype only of adrenal masses; split (train, val, test) by patient
        reports.csv    report, study, patient, split, text
        bookmarks.csv  report, start, end, lesion: string positions in text; lesion empty where there is no image
        relations.csv  report, start, end, label, bookmark, relation: every mention in a bookmarked sentence of val and
                       test with every bookmark (its start) of that sentence; relevant, uncertain or irrelevant
        labels.csv     lesion, study, label: all labels of the lesions of test
        <truth> (CSV, one line a lesion): what no reader is told; densities in HU, lengths in mm, volume in ml.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lesionary.base.errors import as_one_line
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.cohort import make_cohort


def main(cohort: Path, images: Path, truth: Path) -> None:
    make_cohort(cohort, images, truth, PhantomParams.load())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path, help="folder to write, for instance data/raw/phantom")
    parser.add_argument("images", type=Path, help="folder for its DICOM objects")
    parser.add_argument("truth", type=Path, help="CSV to write outside of the cohort")
    with as_one_line():
        main(**vars(parser.parse_args()))
