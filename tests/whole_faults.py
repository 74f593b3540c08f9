"""Faults of a cohort as a whole, and of a whole table of text, as `row_faults` has those of single rows."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from ct import lesion, write_lesions
from faults import Fault
from own_cohort import read_table, rows
from row_faults import appended

from lesionary.cohorts.contract.layout import files_below
from lesionary.cohorts.contract.manifest import write_manifest


def both_lists(cohort: Path) -> None:
    (cohort / "images.csv").write_text("file,bytes,sha256\n", "utf-8")


def semicolons(cohort: Path) -> None:
    path = cohort / "lesions.csv"
    path.write_bytes(path.read_text("utf-8").replace(",", ";").encode("latin-1"))


def latin_1(table: str) -> Callable[[Path], None]:
    """A table as a spreadsheet of Western Europe saves it: semicolons, and letters beyond ASCII in one byte each."""

    def make(cohort: Path) -> None:
        path = cohort / table
        first, second, *rest = path.read_text("utf-8").splitlines()
        lines = [first, second.replace("anna", "J\xf6rg").replace("cyst", "cyst\xe9"), *rest]
        path.write_bytes("\r\n".join(lines).replace(",", ";").encode("latin-1"))

    return make


def saved(table: str, encoding: str, separator: str = ",") -> Callable[[Path], None]:
    """A table with a letter beyond ASCII in its second row, as a spreadsheet saves it."""

    def make(cohort: Path) -> None:
        path = cohort / table
        found, text = read_table(path), io.StringIO()
        last = list(found[1])[-1]
        found[1][last] = f"{found[1][last]}\xe9"
        csv.writer(text, delimiter=separator).writerows((found[0], *(row.values() for row in found)))
        path.write_bytes(text.getvalue().encode(encoding))

    return make


def listed(change: Callable[[str], str]) -> Callable[[Path], None]:
    """The images listed in images.csv, which is then changed."""

    def make(cohort: Path) -> None:
        (cohort / "images").rename(cohort / "elsewhere")
        write_manifest(cohort, files_below(cohort / "elsewhere"))
        text = (cohort / "images.csv").read_text("utf-8")
        (cohort / "images.csv").write_text(change(text), "utf-8")

    return make


def without_series(cohort: Path) -> None:
    write_lesions(cohort, [{name: value for name, value in row.items() if name != "series"} for row in rows()])


def no_yaml(cohort: Path) -> None:
    (cohort / "cohort.yaml").write_text("name: a\nabout: [b\n", "utf-8")


def extra_column(cohort: Path) -> None:
    write_lesions(cohort, [lesion("anna", sub_type="A")])


WHOLE = {
    "no key": Fault(lambda c: (c / "pseudonym.key").unlink(), "is missing or empty", "pseudonym.key"),
    "no images": Fault(lambda c: shutil.rmtree(c / "images"), "is missing", "images"),
    "no lesions": Fault(lambda c: (c / "lesions.csv").unlink(), "is missing", "lesions.csv"),
    "both lists": Fault(both_lists, r"both images/ and images.csv", ""),
    "no such kind": Fault(
        lambda c: (c / "cohort.yaml").write_text("name: a\nabout: b\nimages: [dicm]\n"),
        "none of 'dicom'",
        "cohort.yaml",
    ),
    "semicolons": Fault(semicolons, "is separated by semicolons", "lesions.csv"),
    "Latin-1 with semicolons": Fault(latin_1("lesions.csv"), "UTF-8|semicolons|lacks the columns", "lesions.csv"),
    "no series": Fault(without_series, r"lacks the columns \['series'\]", "lesions.csv"),
    "a list with other columns": Fault(listed(lambda text: f"image{text[4:]}"), "has the columns", "images.csv"),
    "a list without sizes": Fault(
        listed(lambda text: text.replace("dcm,", "dcm,about ")),
        r"file 'elsewhere/.*', bytes 'about",
        "images.csv, line 2",
    ),
    "a list that is none": Fault(listed(lambda text: "a,b\n1,2,3\n"), "is no CSV table in UTF-8", "images.csv"),
    "an npz and its kind apart": Fault(
        lambda c: (c / "cohort.yaml").write_text("name: a\nabout: b\nimages: [npz]\n"),
        "go together",
        "cohort.yaml",
    ),
    "no YAML": Fault(no_yaml, "is no YAML in UTF-8|is no description", "cohort.yaml"),
    "an unknown column": Fault(extra_column, "unknown columns", "lesions.csv"),
}
TABLES = {
    f"{table} {how}": Fault(saved(f"{table}.csv", encoding, separator), said, f"{table}.csv")
    for table in ("reports", "bookmarks", "relations", "labels")
    for how, encoding, separator, said in (
        ("in Latin-1 with semicolons", "latin-1", ";", "is separated by semicolons"),
        ("in UTF-8 with tabs", "utf-8", "\t", "is separated by tabs"),
        ("in UTF-16", "utf-16", ",", "is no CSV table in UTF-8"),
    )
} | {"half a quotation": Fault(appended("reports.csv", 'r,s,"12 mm" cyst,p,'), "is no CSV from here on", "reports.csv")}
"""Of text, none of whose rows can be read."""
NOTICED = {
    "a patient in two spellings": Fault(
        lambda c: write_lesions(c, [rows()[0] | {"patient": " ANNA"}, *rows()[1:]]),
        "may be one patient, written in several ways",
        "' ANNA' and 'anna'",
    ),
}
"""Of a cohort that can be used all the same."""
