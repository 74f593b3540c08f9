"""What is kept of a cohort is told, and deleted on demand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from listed import entries, write_listed
from typer.testing import CliRunner, Result

from lesionary.cli.main import app
from lesionary.cohorts import kept as keeping
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import index_cohort


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_listed(tmp_path, ("anna", "bert"))


def index(cohort: Path) -> None:
    index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)


def index_by_older_code(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "code_hash", lambda parts: "0" * 64)
        index(cohort)


def test_entries_are_counted_by_what_they_are_of(cohort: Path) -> None:
    assert invoke("cache", cohort).output == "nothing is kept\n"
    index(cohort)
    said = invoke("cache", cohort)
    assert said.exit_code == 0
    assert re.findall(r"(\w+): (\d+) entries", said.output) == [
        ("fingerprints", "2"),
        ("headers", "3"),  # hashes decide where a run of files is divided
        ("regions", "2"),
    ]
    assert "older" not in said.output


def test_what_older_code_left_is_deleted_and_nothing_else(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index_by_older_code(cohort, monkeypatch)
    old = entries(cohort)
    index(cohort)
    new = set(entries(cohort)) - set(old)
    assert f"of older code: {len(old)} entries" in invoke("cache", cohort).output
    assert set(entries(cohort)) == {*old, *new}
    assert invoke("cache", cohort, "--drop-old").exit_code == 0
    assert set(entries(cohort)) == new


def test_all_can_be_deleted_and_what_is_nobodys_stays(cohort: Path) -> None:
    index(cohort)
    (cohort / ".cache" / "notes.txt").write_text("mine", "utf-8")
    invoke("cache", cohort, "--drop")
    assert [path.name for path in entries(cohort)] == ["notes.txt"]


def test_a_folder_that_is_no_cohort_and_keeping_nothing_are_told(
    cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke("cache", tmp_path / "nowhere").exit_code == 2
    monkeypatch.setenv("LESIONARY_CACHE", "")
    said = invoke("cache", cohort)
    assert said.exit_code == 2
    assert "LESIONARY_CACHE is empty" in said.output
