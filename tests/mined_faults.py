"""Faults of mined.csv, of a cohort that has it in place of reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ct import uid, write_lesions
from faults import Fault
from image_faults import IMAGES
from own_cohort import PATIENTS, read_table, rows, write_table

from lesionary.cohorts import mined as reading

SPLITS = ("train",) * 6 + ("val",) * 2 + ("test",) * 2
LABELS = ("liver cyst", "spleen")


def mined() -> list[dict[str, object]]:
    """Two labels a lesion, in turn one and the other relevant; six patients to train, two to validate, two to test."""
    return [
        {"lesion": "1", "study": uid(name, "study"), "label": label, "relation": relation, "split": SPLITS[number]}
        for number, name in enumerate(PATIENTS)
        for label, relation in zip(LABELS[:: 1 - number % 2 * 2], ("relevant", "irrelevant"), strict=True)
    ]


def without_reports(cohort: Path) -> None:
    """Images, lesions, labels by hand; mined.csv in place of the reports."""
    for name in ("reports", "bookmarks", "relations"):
        (cohort / f"{name}.csv").unlink()
    write_table(cohort / "mined.csv", mined())


def row(number: int, **values: object) -> Callable[[Path], None]:
    """Change a row of mined.csv."""

    def make(cohort: Path) -> None:
        without_reports(cohort)
        table = read_table(cohort / "mined.csv")
        table[number] |= values
        write_table(cohort / "mined.csv", table)

    return make


def line(text: str, encoding: str = "utf-8", times: int = 1) -> Callable[[Path], None]:
    """Append lines."""

    def make(cohort: Path) -> None:
        without_reports(cohort)
        with (cohort / "mined.csv").open("ab") as file:
            file.write(f"{text}\r\n".encode(encoding) * times)

    return make


def text(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Change the whole table."""

    def make(cohort: Path) -> None:
        without_reports(cohort)
        path = cohort / "mined.csv"
        path.write_bytes(change(path.read_bytes()))

    return make


def moved(cohort: Path) -> None:
    without_reports(cohort)
    write_lesions(cohort, [row | {"split": "test"} for row in rows()])


def silent(cohort: Path) -> None:
    without_reports(cohort)
    write_table(cohort / "mined.csv", mined()[2:])


def unseen(cohort: Path) -> None:
    without_reports(cohort)
    IMAGES["undecodable"].make(cohort, "anna")


ANNA = uid("anna", "study")
ROWS = {
    "mined of another lesion": Fault(
        row(0, lesion="7"), "its lesion is not among the usable ones", "mined.csv, line 2"
    ),
    "mined of a climbing name": Fault(
        row(0, study="../../evil"), "its lesion is not among the usable ones", "mined.csv, line 2"
    ),
    "mined of many other lesions": Fault(
        line(f"7,{ANNA},mass,relevant,", times=reading.LISTED + 1),
        r"1001 rows, this one the first, are of lesions that are not among the usable ones", "mined.csv, line 22",
    ),
    "mined without label": Fault(row(1, label=""), "column label is empty", "mined.csv, line 3, column label"),
    "mined relation": Fault(
        row(1, relation="maybe"), "relation is none of ours", "line 3, column relation, reads 'maybe'"
    ),
    "mined split": Fault(
        row(1, split="tset"), "column split is none of train, val, test", "line 3, column split, reads 'tset'"
    ),
    "mined contradiction": Fault(
        line(f"1,{ANNA},liver cyst,uncertain,"), "gives its label another relation", "mined.csv, line 22"
    ),
    "mined with too many fields": Fault(
        line(f"1,{ANNA},mass,relevant,,more"), "has more fields than", "mined.csv, line 22"
    ),
    "mined in Latin-1": Fault(
        line(f"1,{ANNA},l\xe4sion,relevant,", "latin-1"), "bytes that are no UTF-8", "mined.csv, line 22"
    ),
    "mined by another ontology": Fault(
        row(1, label="gizzard"), "is not in the ontology", "line 3, column label, reads 'gizzard'"
    ),
}  # fmt: skip
"""Each sets its row aside, and the rest is used."""
STOPS = {
    "mined with semicolons": Fault(text(lambda table: table.replace(b",", b";")), "is separated by semicolons"),
    "mined without a column": Fault(
        text(lambda table: table.replace(b"relation", b"Relation", 1)), "lacks the columns"
    ),
    "mined of a patient in two splits": Fault(
        text(lambda table: table.replace(b"irrelevant,train", b"irrelevant,val", 1)), "puts a patient into val"
    ),
    "mined of nothing known": Fault(
        text(lambda table: table.replace(b"liver cyst", b"x").replace(b"spleen", b"y")),
        "has no lesion with an image and a label",
    ),
    "mined too seldom": Fault(
        without_reports, "no label is given to the images of 99 lesions of train", "",
        {"labels": {"min_train": 99, "min_val": 1, "min_test": 1}},
    ),
}  # fmt: skip
"""Each stops the track alone."""
OTHERS = {
    "mined in other parts": Fault(moved, "8 patients are in another part than the table of lesions says", "mined.csv"),
    "a label without an image": Fault(unseen, "is bookmarked or in mined.csv but has no patch", ""),
    "an image without a label": Fault(silent, "has neither a mention beside a bookmark nor a label in mined.csv", ""),
}
MINED = {**ROWS, **STOPS, **OTHERS}
