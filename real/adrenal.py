"""Bring the official file of AdrenalMNIST3D into the cohort layout.

Reads   source   adrenalmnist3d_64.npz as MedMNIST distributes it: 1,584 adrenal glands, 64 voxels a side, 0 or 255
Writes  cohort   data/raw/adrenalmnist3d

A volume of 64 mm was cut around each gland (MedMNIST v2), so a voxel is 1 mm. Its two glands are in one part, but the
file names no patient: each gland stands for one, and intervals over them are a little too narrow.
"""

import argparse
import secrets
import shutil
from pathlib import Path

ABOUT = "Adrenal glands as shapes, AdrenalMNIST3D of MedMNIST v2 (Zhongshan Hospital, Fudan University), CC BY 4.0."


def main(source: Path, cohort: Path) -> None:
    """Write `cohort` anew from `source`."""
    shutil.rmtree(cohort, ignore_errors=True)
    (cohort / "images").mkdir(parents=True)
    shutil.copyfile(source, cohort / "images" / source.name)
    npz = "npz: {classes: [normal, mass], spacing_mm: 1.0}"
    (cohort / "cohort.yaml").write_text(f"name: adrenalmnist3d\nabout: {ABOUT}\nimages: [npz]\n{npz}\n", "utf-8")
    (cohort / "pseudonym.key").write_text(f"{secrets.token_hex()}\n", "utf-8")
    print(f"{cohort}: {source.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("cohort", type=Path)
    main(**vars(parser.parse_args()))
