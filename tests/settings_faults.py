"""Faults that params.yaml decides about: of how studies are divided, of labels, and of corrections of a series."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ct import lesion, uid, write_lesions, write_series
from faults import Fault
from image_faults import headers, placed
from own_cohort import PATIENTS, read_table, rows, write_table
from whole_faults import listed

SCANNERS = {"folds": {"by": "scanner"}}
PARTS = {"subtyping": {"protocol": "split"}}
SPLITS = ("train", "train", "train", "train", "val", "val", "val", "test", "test", "test")


def lesions(change: Callable[[int], Mapping[str, object]]) -> Callable[[Path], None]:
    """Every row of lesions.csv with the values that `change` gives its number."""
    return lambda cohort: write_lesions(cohort, [row | change(number) for number, row in enumerate(rows())])


def scanned(makers: Callable[[int], str], more: Callable[[Path], Any] = lambda cohort: None) -> Callable[[Path], None]:
    """Each patient's images with the maker that stands for its number."""

    def make(cohort: Path) -> None:
        for number, patient in enumerate(PATIENTS):
            headers(Manufacturer=makers(number))(cohort, patient)
        more(cohort)

    return make


def twice(*, study: str, maker: str) -> Callable[[Path], None]:
    """A second series of anna with a mass, by a maker of its own, in a study of its own or in hers."""

    def make(cohort: Path) -> None:
        again = {"StudyInstanceUID": uid("anna", study), "SeriesInstanceUID": uid("anna", "again"), "PatientID": "anna"}
        write_series(cohort / "images" / "again", "again", Manufacturer=maker, **again)
        own = {"study": again["StudyInstanceUID"], "series": again["SeriesInstanceUID"], "lesion": "2"}
        write_lesions(cohort, [*rows(), lesion("anna", **own, subtype="A", key_slice=2, split="")])

    return make


def judged_by(*patients: str) -> Callable[[Path], None]:
    """Judgements of these alone."""

    def make(cohort: Path) -> None:
        table = read_table(cohort / "relations.csv")
        write_table(cohort / "relations.csv", [row for row in table if str(row["report"])[7:] in patients])

    return make


def judged_alike(cohort: Path) -> None:
    table = read_table(cohort / "relations.csv")
    write_table(cohort / "relations.csv", [row | {"relation": "relevant"} for row in table])


def no_judge(cohort: Path) -> None:
    (cohort / "relations.csv").unlink()


def pairwise(number: int) -> str:
    """Makers in twos, so that either class has both."""
    return ("One", "Two")[number // 2 % 2]


def in_two_parts(cohort: Path) -> None:
    table = rows()
    write_lesions(
        cohort, [*(table[0] | {"lesion": n, "split": split} for n, split in ((1, "train"), (2, "test"))), *table[1:]]
    )


def one_class_of_two_makers(number: int) -> str:
    return pairwise(number) if number % 2 else "One"


def another_size(text: str) -> str:
    return re.sub(r",\d+,", ",9,", text, count=1)


SETTINGS = {
    "a class beside a part": Fault(
        lesions(lambda n: {"split": SPLITS[n], "subtype": "C" if n == 0 else "AB"[n % 2]}),
        "has no patient in val and test", "class C", PARTS,
    ),
    "one class in every part": Fault(
        lesions(lambda n: {"split": SPLITS[n], "subtype": "A" if n else "C"}),
        "has 1 classes with a patient in each of train, val, test", "the cohort", PARTS,
    ),
    "one class": Fault(
        lesions(lambda n: {"subtype": "A" if n else "C"}), "has 1 classes with at least 2 patient ids", "the cohort"
    ),
    "no class": Fault(lesions(lambda n: {"subtype": ""}), "no lesion with a sub-type can be used", ""),
    "a patient in two parts": Fault(in_two_parts, "stands in train and in test", "patient P-", PARTS),
    "no maker": Fault(scanned(lambda n: pairwise(n) if n else ""), "does not tell its scanner", "", SCANNERS),
    "two makers in a study": Fault(
        scanned(pairwise, twice(study="study", maker="Two")), "has masses in series by several scanners", "", SCANNERS
    ),
    "two makers of a patient": Fault(
        scanned(pairwise, twice(study="later", maker="Two")), "was scanned by another scanner than most", "", SCANNERS
    ),
    "a class of one maker": Fault(
        scanned(one_class_of_two_makers), "was scanned by one alone", "class A", SCANNERS
    ),
    "one class of two makers": Fault(
        scanned(one_class_of_two_makers), "has 1 classes that two scanners saw", "the cohort", SCANNERS
    ),
    "uneven beyond a gap": Fault(
        placed(lambda z: [0, 0, 2.5 * z + (z > 2)]), r"its slices lie 2\.50 to 3\.50 mm apart: uneven", "anna",
        {"index": {"uneven": "resampled"}},
    ),
    "tilted and uneven": Fault(
        placed(lambda z: [0, 0.32 * (2.5 * z + (z > 2)), 2.5 * z + (z > 2)]), "is tilted and its slices are", "anna",
        {"index": {"tilted": "upright", "uneven": "resampled", "max_gap_mm": 5.0}},
    ),
    "an image of another size than listed": Fault(
        listed(another_size), r"has \d+ bytes; images.csv says 9", "file elsewhere/anna"
    ),
    "labels too seldom": Fault(
        lambda cohort: None, "no label is mentioned beside the bookmarks of 99 lesions of train", "",
        {"labels": {"min_train": 99, "min_val": 1, "min_test": 1}},
    ),
    "labels of all": Fault(
        lesions(lambda n: {"split": "test" if n == 9 else "train" if n else "val"}),
        "no label tells lesions of val apart", "",
    ),
    "nobody judged": Fault(no_judge, "nobody judged a mention", ""),
    "judged by one patient": Fault(judged_by("anna", "hugo"), "judged pairs come from 1 patients", "relations.csv"),
    "judged alike": Fault(judged_alike, "all judged pairs of val patients are relevant", "relations.csv"),
    "judged beside test": Fault(judged_by("anna", "jack"), "has no judged pair of a test patient", "relations.csv"),
}  # fmt: skip
