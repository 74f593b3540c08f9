"""Bring the soft-tissue sarcoma patients of the IBSI validation set into the cohort layout.

Reads   source   a folder with dicom/<patient>/CT/{image,mask}/*.dcm, nifti/<patient>/CT_{image,mask}.nii.gz and
                 subtypes.csv (patient, mskcc_type)
Writes  cohort   data/raw/sarcoma: a patient with DICOM comes from it and its RTSTRUCT, the others from NIfTI and mask,
                 so that each patient is there once

Types with few cases (extraskeletal bone sarcoma, fibrosarcoma, other) are one class. A patient without a type keeps an
empty `subtype` and is set aside by the pipeline, with that reason.
"""

import argparse
import csv
import secrets
import shutil
from pathlib import Path

import pydicom

MERGED = {"Extraskeletal bone sarcoma": "Other", "Fibrosarcoma": "Other"}
ABOUT = "Soft-tissue sarcoma of the extremities, CT cropped around the tumour; IBSI validation set, CC BY 3.0."


def main(source: Path, cohort: Path) -> None:
    """Write `cohort` anew from `source`."""
    shutil.rmtree(cohort, ignore_errors=True)
    images = cohort / "images"
    images.mkdir(parents=True)
    (cohort / "cohort.yaml").write_text(f"name: sarcoma\nabout: {ABOUT}\nimages: [dicom, nifti]\n", "utf-8")
    (cohort / "pseudonym.key").write_text(f"{secrets.token_hex()}\n", "utf-8")
    with (source / "subtypes.csv").open(encoding="utf-8", newline="") as file:
        types = {row["patient"]: row["mskcc_type"] for row in csv.DictReader(file)}
    rows = []
    for patient in sorted(types):
        if (source / "dicom" / patient).is_dir():
            study, series = copy_dicom(source / "dicom" / patient, images / patient)
        elif (source / "nifti" / patient).is_dir():
            shutil.copytree(source / "nifti" / patient, images / patient, copy_function=shutil.copyfile)
            study, series = f"{patient} CT", f"{patient}/CT_image.nii.gz"
        else:
            continue
        kind = MERGED.get(types[patient], types[patient])
        rows.append({"lesion": "1", "patient": patient, "study": study, "series": series, "subtype": kind})
    with (cohort / "lesions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["lesion", "patient", "study", "series", "subtype"])
        writer.writeheader()
        writer.writerows(rows)
    print(f"{cohort}: {len(rows)} patients, {sum('/' not in row['series'] for row in rows)} of them from DICOM")


def copy_dicom(source: Path, target: Path) -> tuple[str, str]:
    """Copy a patient's slices and RTSTRUCT; StudyInstanceUID and SeriesInstanceUID of the slices."""
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    header = pydicom.dcmread(next((target / "CT" / "image").iterdir()), stop_before_pixels=True)
    return str(header.StudyInstanceUID), str(header.SeriesInstanceUID)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("cohort", type=Path)
    main(**vars(parser.parse_args()))
