"""Every file that cannot be used is set aside with its reason, and changes nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ct import lesion, write_cohort, write_lesions
from file_faults import FILES

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import Index, index_cohort


def index(cohort: Path) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom says of some that they are odd
def test_it_is_set_aside_with_its_reason(tmp_path: Path, name: str) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["bert"], images="dicom, nifti")
    write_lesions(cohort, [lesion("bert", key_slice=2, split="")])
    before = index(cohort)
    make, said = FILES[name]
    make(cohort, f"x-{name}")
    after = index(cohort)
    reasons = [problem.reason for problem in after.set_aside.problems]
    assert any(re.search(said, reason) for reason in reasons), reasons
    table, mine = after.series_table(), before.series_table()["series"].to_list()
    assert table.filter(table["series"].is_in(mine)).equals(before.series_table())
    assert after.lesion_table().equals(before.lesion_table())
