"""Faults of single rows, of lesions and of texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from faults import Fault
from own_cohort import FINDING, START, add_row, read_table, rows, write_table


def rewritten(number: int, **values: object) -> Callable[..., None]:
    """Row `number` of lesions.csv, counted from that of `first`, with other values."""

    def make(cohort: Path, first: int = 0) -> None:
        table = read_table(cohort / "lesions.csv")
        table[first + number] |= values
        write_table(cohort / "lesions.csv", table)

    return make


def second(**values: object) -> Callable[..., None]:
    """A second lesion beside that of row `first`, with other values."""
    return lambda cohort, first=0: add_row(
        cohort, read_table(cohort / "lesions.csv")[first] | {"lesion": "2", **values}
    )


def text(table: str, number: int, **values: object) -> Callable[..., None]:
    """Row `number` of a table of text, counted from that of `first`, with other values."""

    def make(cohort: Path, first: int = 0) -> None:
        found = read_table(cohort / f"{table}.csv")
        found[first + number] |= values
        write_table(cohort / f"{table}.csv", found)

    return make


def appended(table: str, line: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    """A line more at the end of a table."""

    def make(cohort: Path) -> None:
        with (cohort / table).open("ab") as file:
            file.write(f"{line}\r\n".encode(encoding))

    return make


def of_several(cohort: Path, first: int = 0) -> None:
    """Two lesions of the size that a report tells, and no hyperlink in it."""
    second()(cohort, first)
    text("reports", 0, text=FINDING.replace("12 mm", "6 mm"))(cohort, first)
    text("bookmarks", 0, report="elsewhere")(cohort, first)


EMPTY_BOX = dict.fromkeys(("x_min", "y_min", "z_min", "x_max", "y_max", "z_max"), "")


LESIONS = {
    "no number": Fault(
        rewritten(0, x_min="left"), "column x_min is no number", "lesions.csv, line 2, column x_min, reads 'left'"
    ),
    "not finite": Fault(rewritten(0, x_min="nan"), "column x_min is not finite", "line 2, column x_min"),
    "half a box": Fault(rewritten(0, z_max=""), "the box is incomplete", "line 2, column z_max"),
    "a flat box": Fault(rewritten(0, z_max=1), "the box has no thickness", "line 2, column z_max"),
    "outside": Fault(rewritten(0, x_max=99), "lies outside its series", "line 2, lesion 1 of patient anna"),
    "no name": Fault(rewritten(0, lesion=""), "column lesion is empty", "line 2, column lesion"),
    "no such series": Fault(rewritten(0, series="../../etc/passwd"), "series is not among the usable", "line 2"),
    "another patient": Fault(
        rewritten(0, patient="zoe"), "not the one that its images name", "line 2, lesion 1 of patient zoe"
    ),
    "twice": Fault(
        rewritten(1, **rows()[0]), r"its name stands in line \d+, too, of the same study", "lesions.csv, line 3"
    ),
    "a study of two": Fault(
        rewritten(1, study=rows()[0]["study"], lesion="2"), "belongs to another patient in line 2", "line 3"
    ),
    "no region": Fault(rewritten(0, **EMPTY_BOX), "no usable RTSTRUCT, SEG or SR", "line 2"),
    "no sub-type": Fault(rewritten(0, subtype=""), "has no sub-type", "lesions.csv, line 2"),
    "two classes in a study": Fault(
        second(subtype="another"), "its study has lesions of 2 sub-types", "lesions.csv, line 2, lesion 1"
    ),
    "beside the first slice": Fault(
        rewritten(0, z_min=-0.9, z_max=0.0, key_slice=""), r"its box .*, -0.9, .* lies outside its series", "line 2"
    ),
    "a small class": Fault(rewritten(0, subtype="C"), "has 1 patient ids for 2 folds", "class C"),
    "split": Fault(
        rewritten(0, split="tset"), "column split is none of train, val, test", "line 2, column split, reads 'tset'"
    ),
    "half a slice": Fault(rewritten(0, key_slice="2.5"), "is no whole number", "line 2, column key_slice, reads '2.5'"),
    "a slice below the first": Fault(
        rewritten(0, key_slice="-1"), "key_slice -1 lies outside its series of 6 slices", "line 2, column key_slice"
    ),
    "a slice that is not there": Fault(
        rewritten(0, key_slice="6"), "key_slice 6 lies outside its series of 6 slices", "line 2, lesion 1"
    ),
    "a slice beside the box": Fault(
        rewritten(0, key_slice="4"), "key_slice 4 lies outside its box, whose z is 1 to 4", "line 2, lesion 1"
    ),
}
TEXTS = {
    "empty": Fault(text("reports", 0, text=" "), "its text is empty", "reports.csv, line 2, column text"),
    "twice": Fault(text("reports", 1, report="report-anna"), "its name stands in line 2, too", "reports.csv, line 3"),
    "no bookmark": Fault(
        text("reports", 0, text="Normal."), "has no bookmark|do not lie in a text", "reports.csv|bookmarks"
    ),
    "Latin-1": Fault(appended("reports.csv", "r,s,Läsion 12 mm,p,", "latin-1"), "no UTF-8", "reports.csv, line 12"),
    "too many fields": Fault(
        appended("reports.csv", "r,s,a 12 mm,p,train,more"), "more fields", "reports.csv, line 12"
    ),
    "outside": Fault(text("bookmarks", 0, end=999), "do not lie in a text of", "bookmarks.csv, line 2"),
    "backwards": Fault(text("bookmarks", 0, end=START), "do not lie in", "bookmarks.csv, line 2, column end"),
    "no position": Fault(
        text("bookmarks", 0, start="-1"), "column start is no position", "line 2, column start, reads '-1'"
    ),
    "overlap": Fault(
        appended("bookmarks.csv", f"report-anna,{START + 1},{START + 4},1"),
        "overlaps the bookmark of line 2",
        "line 12",
    ),
    "no such lesion": Fault(
        text("bookmarks", 0, lesion="7"), "its lesion is not among the usable", "bookmarks.csv, line 2"
    ),
    "no such report": Fault(
        text("bookmarks", 0, report="x"), "its report is not among the usable", "bookmarks.csv, line 2"
    ),
    "of several": Fault(of_several, "agrees with several lesions of its study", "reports.csv, line 2"),
    "relation": Fault(
        text("relations", 0, relation="maybe"), "is none of ours", "relations.csv, line 2, column relation"
    ),
    "judged nowhere": Fault(text("relations", 0, start=20, end=25), r"\d+ of \d+ judged mentions", "relations.csv"),
    "judged report": Fault(text("relations", 0, report="x"), "its report is not among", "relations.csv, line 2"),
    "judged without end": Fault(text("relations", 0, end=999), "do not lie in a text of", "relations.csv, line 2"),
    "no label": Fault(
        text("reports", 0, text="Unchanged since the examination before, 12 mm."),
        "has no mention beside a bookmark",
        "lesions.csv, line 2",
    ),
    "no such label": Fault(text("labels", 0, label="blob"), "is not in the ontology", "labels.csv, line 2"),
    "labelled lesion": Fault(text("labels", 0, lesion="7"), "its lesion is not among", "labels.csv, line 2"),
    "no sentence": Fault(
        text("reports", 0, text=FINDING.replace(". The", " and" * 700 + ". The")), "is no sentence|do not lie", "report"
    ),
    "split": Fault(
        text("reports", 0, study="new", patient="p", split="tset"),
        "column split is none of train, val, test",
        "reports.csv, line 2, column split, reads 'tset'",
    ),
}
