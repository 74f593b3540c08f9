"""Patients in two spellings."""

from __future__ import annotations

from pathlib import Path

from own_cohort import rows, write_own, write_table

from lesionary.checking.spelt import spelt_twice
from lesionary.cohorts.inventory import Inventory, Seen

HEADERS = Inventory(
    series={name: Seen(name, name, "", "CT Image Storage") for name in ("anna", "Anna", "bert")}
    | {"BERT": Seen("BERT", "t", "", "MR Image Storage")}
)


def test_headers_of_ct_are_compared(tmp_path: Path) -> None:
    (told,) = spelt_twice(tmp_path, HEADERS)
    assert (told.file, told.place) == ("images", "'Anna' and 'anna'")


def test_tables_are_compared_with_one_another_and_with_headers(tmp_path: Path) -> None:
    cohort = tmp_path / "own"
    write_own(cohort)
    assert spelt_twice(cohort, Inventory()) == []
    assert [one.file for one in spelt_twice(cohort, HEADERS)] == ["images, lesions.csv"]
    report = {"report": "r", "study": "apart", "text": "A cyst.", "patient": "BERT", "split": "train"}
    write_table(cohort / "reports.csv", [report])
    (told,) = spelt_twice(cohort, Inventory())
    assert (told.file, told.place) == ("lesions.csv, reports.csv", "'BERT' and 'bert'")
    assert {row["patient"] for row in rows()} >= {"bert"}
