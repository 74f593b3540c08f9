"""Bring the official file of AdrenalMNIST3D into the cohort layout.

Reads   source   adrenalmnist3d_64.npz as MedMNIST distributes it: 1,584 adrenal glands, 64 voxels a side, 0 or 255
Writes  cohort   data/raw/adrenalmnist3d

A volume of 64 mm was cut around each gland (MedMNIST v2), so a voxel is 1 mm. Its two glands are in one part, but the
file names no patient: each gland stands for one, and intervals over them are a little too narrow.
"""

import argparse
import shutil
from pathlib import Path

from lesionary.importing.importing import plan_import
from lesionary.importing.request import Request

MEMORY = Path("data/interim/import/adrenalmnist3d.csv")


def main(source: Path, cohort: Path) -> None:
    """Write `cohort` anew from `source`; classes, voxels and source are known by the name of the file."""
    shutil.rmtree(cohort, ignore_errors=True)
    plan = plan_import(Request(source, cohort, MEMORY, copy=True))  # it has to travel with a copy of the tree
    plan.write()
    print("\n".join([str(cohort), *plan.said]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("cohort", type=Path)
    main(**vars(parser.parse_args()))
