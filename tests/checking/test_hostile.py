"""A check of files and names that lie: little memory, nothing written elsewhere, and everything told in one report."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from ct import edit, write_lesions
from file_faults import FILES
from own_cohort import PATIENTS, params, rows, write_own
from typer.testing import CliRunner

from lesionary.checking.checking import check
from lesionary.cli.main import app

MEMORY = 3 * 2**30
"""Bytes of address space beyond what is there already; the lies are of 86 TB."""


@pytest.fixture
def _little_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("_little_memory")
@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom says of some that they are odd
def test_every_file_that_cannot_be_used_is_told_with_its_reason_beside_a_cohort_that_can(tmp_path: Path) -> None:
    cohort = write_own(tmp_path / "own", images="dicom, nifti")
    for name in ("reports", "bookmarks", "relations", "labels"):
        (cohort / f"{name}.csv").unlink()
    for number, (name, (make, _)) in enumerate(FILES.items()):
        make(cohort, f"{name}-{number:04d}")  # of its last four letters `ct.volume` makes the voxels
    report, _ = check(cohort, params(tmp_path))
    told = [one.reason for one in report.problems]
    missing = {name: said for name, (_, said) in FILES.items() if not any(re.search(said, one) for one in told)}
    assert not missing
    assert report.tracks[0].used["studies"] == len(PATIENTS)


def test_identifiers_that_climb_write_nowhere_else(tmp_path: Path) -> None:
    cohort, climbing = write_own(tmp_path / "own"), "../../../climbed"
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, PatientID=climbing, AccessionNumber=climbing)
    table = rows()
    table[0] |= {"patient": climbing, "lesion": climbing}
    table[1] |= {"series": "../../../../etc/passwd"}
    write_lesions(cohort, table)
    settings = params(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    run = CliRunner().invoke(
        app, ["check", str(cohort), "--params", str(settings), "--out", str(tmp_path / "out"), "--headers"]
    )
    assert run.exit_code == 1
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before | {path: after[path] for path in (tmp_path / "out").iterdir()}
    assert "climbed" not in "".join(path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
