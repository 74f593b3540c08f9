"""Patients who may be one, written in two ways: nothing tells the division that what it tests on it has learnt from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.checking.problems import Problem, Severity
from lesionary.cohorts.csv_rows import read_rows
from lesionary.cohorts.inventory import CT, Inventory
from lesionary.cohorts.spelling import spellings
from lesionary.schemas.tables import LESIONS, REPORTS


def spelt_twice(folder: Path, inventory: Inventory) -> list[Problem]:
    """A problem for each; patients are those of headers and of tables."""
    named = {"images": {seen.patient for seen in inventory.series.values() if seen.kind in CT and seen.patient}}
    for table in (LESIONS, REPORTS):
        with suppress(CohortError):  # others tell it
            rows = read_rows(folder / table.file, table.required, table.columns)
            named[table.file] = {row["patient"] for _, row in rows if row["patient"]}
    reason = "may be one patient, written in several ways: each counts as one, so one may train and another test"
    cure = "if they are one, write them in one way"
    return [
        Problem(Severity.NOTICED, "index_images", "patient", "", reason, cure,
                file=", ".join(file for file, names in named.items() if names & set(group)),
                place=" and ".join(map(repr, group)))
        for group in spellings(set().union(*named.values()))
    ]  # fmt: skip
