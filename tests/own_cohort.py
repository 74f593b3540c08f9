"""A cohort as a hospital would bring it, with images, lesions and reports, for tests to break."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from ct import lesion, uid, write_cohort, write_lesions

PARAMS = Path(__file__).resolve().parents[1] / "params.yaml"
PATIENTS = ("anna", "bert", "carl", "dora", "emil", "fred", "gina", "hugo", "ines", "jack")
FINDING = "Hepatic cyst in the right hepatic lobe, 12 mm. The spleen is normal."
"""Of a report; its bookmark is the size. Every second patient's says mass for cyst."""
START = FINDING.index("12 mm")
SMALL: dict[str, dict[str, Any]] = {
    "rows": {"subtyping": ["clinical"]},
    "folds": {"count": 2},
    "labels": {"min_train": 1, "min_val": 1, "min_test": 1},
    "annotation": {"training": {"width": 1, "features": 4, "batch": 2}},
}
"""What a cohort of ten patients asks for."""
Make = Callable[[Path, str], Any]
"""What adds a patient's files to a cohort."""


def params(folder: Path, **sections: dict[str, Any]) -> Path:
    """params.yaml with `SMALL`; `sections` are changed within, however deep."""
    values = yaml.safe_load(PARAMS.read_text("utf-8"))
    for changed in (SMALL, sections):
        values = _changed(values, changed)
    values["ontology"]["file"] = str(PARAMS.parent / values["ontology"]["file"])
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(values), "utf-8")
    return path


def _changed(values: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    within = {key: _changed(values[key], one) if isinstance(one, dict) else one for key, one in own.items()}
    return values | within


def rows(patients: Sequence[str] = PATIENTS) -> list[dict[str, object]]:
    """lesions.csv: a lesion a patient, two classes."""
    return [lesion(name, subtype="AB"[n % 2], key_slice=2, split="") for n, name in enumerate(patients)]


def write_table(path: Path, table: Sequence[dict[str, object]]) -> None:
    """Write a CSV table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def read_table(path: Path) -> list[dict[str, object]]:
    """Rows of a CSV table."""
    with path.open(newline="", encoding="utf-8") as file:
        return [dict(row) for row in csv.DictReader(file)]


def add_row(cohort: Path, row: dict[str, object]) -> None:
    """A row more of lesions.csv, which has its columns."""
    with (cohort / "lesions.csv").open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, list(row)).writerow(row)


def folder_of(cohort: Path, patient: str) -> Path:
    """Of a patient's images."""
    folder = cohort / "images" / patient
    folder.mkdir(exist_ok=True)
    return folder


def texts(patients: Sequence[str] = PATIENTS) -> dict[str, list[dict[str, object]]]:
    """The tables of text: of each patient a report with a bookmark, two judged mentions and a label.

    Second judgements stand behind the first of all patients, so that a patient's number is that of its rows.
    """
    reports, bookmarks, relations, hedged, labels = [], [], [], [], []
    for number, name in enumerate(patients):
        study, report, found = uid(name, "study"), f"report-{name}", ("cyst", "mass")[number % 2]
        finding = FINDING.replace("cyst", found)
        reports.append({"report": report, "study": study, "text": finding, "patient": "", "split": ""})
        span = {"report": report, "start": START, "end": START + 5}
        bookmarks.append({**span, "lesion": "1"})
        judged = {
            "report": report,
            "start": 0,
            "end": 12,
            "label": f"liver {found}",
            "bookmark": START,
            "relation": "relevant",
        }
        relations.append(judged)
        place = {"start": FINDING.index("hepatic"), "end": FINDING.index(","), "label": "liver"}
        hedged.append({**judged, **place, "relation": "uncertain"})
        labels.append({"lesion": "1", "study": study, "label": f"liver {found}"})
    return {"reports": reports, "bookmarks": bookmarks, "relations": relations + hedged, "labels": labels}


def write_own(folder: Path, patients: Sequence[str] = PATIENTS, images: str = "dicom") -> Path:
    """The whole cohort, without a fault."""
    write_cohort(folder, patients, images)
    write_lesions(folder, rows(patients))
    for name, table in texts(patients).items():
        write_table(folder / f"{name}.csv", table)
    return folder
