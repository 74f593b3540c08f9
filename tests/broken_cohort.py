"""Write what `lesionary check` says of a cohort with every fault that can stand beside the others.

    PYTHONPATH=src python tests/broken_cohort.py docs/broken-cohort.md

Ten patients are sound; every fault has a patient, or a row, of its own. Sizes in bytes and times are left out: they
differ between machines.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import warnings
from pathlib import Path

from file_faults import FILES
from image_faults import IMAGES
from own_cohort import PATIENTS, params, write_own
from row_faults import LESIONS, TEXTS, rewritten

from lesionary.checking.checking import check
from lesionary.checking.report import Report
from lesionary.checking.showing import in_terminal

APART = {"no DICOM", "another frame of reference", "SEG of another series", "twice", "a study of two"}
"""Made of two patients, or of none; the second and third are in `FILES`, too."""
LAST = ("too many fields", "overlap", "Latin-1")
"""Lines that are appended: the last of them is no UTF-8, so nothing can be rewritten after it."""
SPLITS = ("train",) * 6 + ("val",) * 2 + ("test",) * 2
"""Of the sound patients, so that each part has both findings."""
PAGE = """# What a check says of a broken cohort

Written by `PYTHONPATH=src python tests/broken_cohort.py docs/broken-cohort.md`; a test compares. The cohort has ten
sound patients, and beside them every fault that can stand beside the others, {count} of them, each with a patient or a
row of its own. What makes them is in `image_faults.py`, `row_faults.py`, `file_faults.py`, `nifti_faults.py` and
`drawing_faults.py` of `tests/`. `whole_faults.py` beside them has what stops a whole cohort or track (no key, no
images, a table in another encoding), `settings_faults.py` what params decide about, `distributed_faults.py` an npz and
DeepLesion; a test compares all with every reason that the code may give. How to read it:
[own-cohort.md](own-cohort.md).

```
$ lesionary check data/raw/broken --all
{said}```
"""


def faults() -> tuple[list[str], list[str], list[str]]:
    """Names of the faults that stand together: of images, of rows of lesions, of rows of texts."""
    texts = [*(name for name in TEXTS if name not in LAST), *LAST]
    return [name for name in IMAGES if name not in APART], [name for name in LESIONS if name not in APART], texts


def write_broken(folder: Path) -> Path:
    """The cohort."""
    images, lesions, texts = faults()
    told = [*(f"image {name}" for name in images), *(f"row {name}" for name in lesions), *(f"text {n}" for n in texts)]
    patients = [*PATIENTS, *(_patient(name, number) for number, name in enumerate(told, start=len(PATIENTS)))]
    cohort = write_own(folder, patients, "dicom, nifti")
    IMAGES["no DICOM"].make(cohort)
    for number, split in enumerate(SPLITS):
        rewritten(number, split=split)(cohort)
    first_row = len(PATIENTS) + len(images)
    for name, patient in zip(images, patients[len(PATIENTS) :], strict=False):
        IMAGES[name].make(cohort, patient)
    for number, name in enumerate(lesions, start=first_row):
        LESIONS[name].make(cohort, number)
    for number, (name, (make, _)) in enumerate(FILES.items(), start=len(patients)):
        make(cohort, _patient(f"file {name}", number))
    for number, name in enumerate(texts, start=first_row + len(lesions)):
        # "twice" is of the second of two rows; lines that are appended know no row
        TEXTS[name].make(*((cohort,) if name in LAST else (cohort, number - (name == "twice"))))
    return cohort


def _patient(told: str, number: int) -> str:
    """A name that ends in a number: `ct.volume` makes the voxels of the last four letters, and no two may be alike."""
    return f"{told.replace(' ', '-')}-{number:04d}"


def broken_report(folder: Path) -> Report:
    """What a check finds in it; it is made in `folder`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom says of some files that they are odd
        return check(write_broken(folder / "broken"), params(folder))[0]


def page(report: Report) -> str:
    """The page."""
    said = in_terminal(report, everything=True).partition("\nSteps on this machine")[0]
    said = re.sub(r"\n  [\d.]+ [kM]?B\n", "\n", said)
    count = sum(map(len, faults())) + len(FILES) + 1
    return PAGE.format(said=said.rstrip("\n") + "\n", count=count)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    with tempfile.TemporaryDirectory() as made:
        parser.parse_args().page.write_text(page(broken_report(Path(made))), "utf-8")
