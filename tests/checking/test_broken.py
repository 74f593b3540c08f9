"""The deliberately broken cohort and its page."""

from __future__ import annotations

import re
from pathlib import Path

from broken_cohort import broken_report, faults, page
from file_faults import FILES
from image_faults import IMAGES
from own_cohort import PATIENTS
from row_faults import LESIONS, TEXTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "broken-cohort.md"


def test_every_fault_is_told_beside_the_others_and_the_page_shows_it(tmp_path: Path) -> None:
    report = broken_report(tmp_path)
    told = [one.reason for one in report.problems]
    said = [table[name].said for table, names in zip((IMAGES, LESIONS, TEXTS), faults(), strict=True) for name in names]
    said += [reason for _, reason in FILES.values()]
    assert [one for one in said if not any(re.search(one, reason) for reason in told)] == []
    assert report.tracks[0].used["patients"] >= len(PATIENTS)
    assert page(report) == PAGE.read_text("utf-8"), "run tests/broken_cohort.py"
