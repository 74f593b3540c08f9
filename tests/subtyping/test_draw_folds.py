"""The stage that divides studies, by each protocol."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Twenty-four patients, two classes, two scanners; one patient was scanned by both."""
    rows = []
    for p in range(24):
        for s in range(2 if p == 5 else 1):
            maker = ("SIEMENS", "GE MEDICAL SYSTEMS")[(p // 2 + s) % 2]
            rows.append(
                {
                    "lesion": f"l{p}{s}",
                    "study": f"s{p}{s}",
                    "patient": f"p{p}",
                    "subtype": "ab"[p % 2],
                    "manufacturer": maker,
                }
            )
    table = pl.DataFrame(rows)
    for name in ("slices", "index"):
        (tmp_path / name).mkdir()
    table.write_parquet(tmp_path / "slices" / "lesions.parquet")
    table.drop("manufacturer").with_columns(z=pl.lit(0)).write_parquet(tmp_path / "slices" / "slices.parquet")
    split = pl.Series("split", ["train"] * 12 + ["val"] * 6 + ["test"] * (len(table) - 18))
    table.with_columns(split).write_parquet(tmp_path / "index" / "lesions.parquet")
    return tmp_path


def draw(folder: Path, protocol: str = "folds", **folds: Any) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Rows of folds.csv, and the counts."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    params["subtyping"]["protocol"] = protocol
    params["folds"] |= folds
    (folder / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
    command = [sys.executable, str(ROOT / "stages/draw_folds.py"), "slices", "index", "folds", "counts.json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with (folder / "folds/folds.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), json.loads((folder / "counts.json").read_text("utf-8"))


def test_a_cross_validation_has_the_columns_it_always_had(cohort: Path) -> None:
    rows, counts = draw(cohort)
    assert list(rows[0]) == ["study", "patient", "subtype", "fold"]
    assert {row["fold"] for row in rows} == set("01234")
    assert set(counts) == {"patients", "lesions", "studies", "slices"}


def test_the_parts_of_the_cohort_are_kept_and_what_is_tested_is_counted(cohort: Path) -> None:
    rows, counts = draw(cohort, "split")
    assert [row["fold"] for row in rows] == ["-1"] * 12 + ["-2"] * 6 + ["0"] * 7
    assert counts["studies"]["total"] == 25
    assert counts["tested"]["studies"] == counts["tested"]["slices"] == {"a": 3, "b": 4, "total": 7}


def test_a_rehearsal_holds_no_study_of_the_test_part(cohort: Path) -> None:
    rows, counts = draw(cohort, "rehearsal")
    assert [row["fold"] for row in rows] == ["-1"] * 12 + ["0"] * 6
    assert counts["studies"]["total"] == 18
    assert counts["tested"]["studies"]["total"] == 6


def test_scanners_are_named_and_a_patient_of_two_keeps_one(cohort: Path) -> None:
    rows, counts = draw(cohort, by="scanner")
    assert {(row["scanner"], row["fold"]) for row in rows} == {("ge", "0"), ("siemens", "1")}
    assert counts["studies"]["total"] == 24
    with (cohort / "folds/set_aside.csv").open(encoding="utf-8", newline="") as file:
        (problem,) = csv.DictReader(file)
    assert (problem["subject"], problem["kind"]) == ("s51", "study")
