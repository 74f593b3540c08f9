"""Every reason that the code may give has a cohort of which a check gives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from broken_cohort import broken_report
from distributed_faults import DISTRIBUTED
from faults import Fault
from image_faults import IMAGES
from image_folders import painted
from mined_faults import MINED
from own_cohort import params, write_own
from picture_faults import COUNTS, PICTURES
from reasons import reasons
from row_faults import LESIONS
from settings_faults import SETTINGS
from telling import is_told
from whole_faults import NOTICED, TABLES, WHOLE

from lesionary.checking.checking import check
from lesionary.checking.report import Report

APART = {"image copy": IMAGES["copy"], "row twice": LESIONS["twice"], "row a study of two": LESIONS["a study of two"]}
"""That do not stand in the broken cohort."""
OTHERS = {**SETTINGS, **DISTRIBUTED, **PICTURES, **MINED, **NOTICED}
NEVER = {
    "its images end the process": "a process must die: cohorts/images/test_undecodable.py",
    "whom its report may name is not known": "a file must vanish while the check runs: cohorts/test_identities.py",
    "the official table": "the released labels alone ask for row numbers: cohorts/images/test_deeplesion.py",
    "takes .* bytes, more than": "4 GiB: cohorts/images/test_npz.py",
    "reads ": "no reader of a table lets another word for a split through: cohorts/contract/test_splits",
    "runs from": "positions of hyperlinks were compared with their text before",
    "has no slice of its mass": "a box without a slice lies outside its series: imaging/test_geometry.py",
    "an image has no partner": "two classes at least are left of each division",
    "no label has lesions with it": "the check tells it before a network is trained",
    "no lesion has ": "the check tells it before a network is trained",
}
"""Parts of reasons that no cohort makes a check give, and why."""
Told = Callable[[str], Report]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What a check reports of each cohort, checked once."""
    faults = {**WHOLE, **TABLES, **APART, **OTHERS}

    @cache
    def report(name: str) -> Report:
        folder, fault = tmp_path_factory.mktemp("told"), faults[name]
        cohort = folder / "own"
        if name in PICTURES:
            painted(cohort, COUNTS)
        elif name not in DISTRIBUTED:
            write_own(cohort)
        fault.make(cohort)
        return check(cohort, params(folder, **fault.sections))[0]

    return report


@pytest.mark.parametrize(("name", "fault"), OTHERS.items(), ids=OTHERS)
def test_a_fault_of_another_kind_of_cohort_or_of_params_is_told_with_its_place(
    told: Told, name: str, fault: Fault
) -> None:
    is_told(told(name), fault)


def test_every_reason_in_the_source_is_told_of_some_cohort(told: Told, tmp_path: Path) -> None:
    reports = [told(name) for name in (*WHOLE, *TABLES, *APART, *OTHERS)]
    given = {one.reason for report in (*reports, broken_report(tmp_path)) for one in report.problems}
    silent = {
        pattern: where
        for pattern, where in reasons().items()
        if not any(re.fullmatch(pattern, reason, re.DOTALL) for reason in given)
    }
    missing = {
        pattern: where for pattern, where in silent.items() if not any(re.search(one, plain(pattern)) for one in NEVER)
    }
    assert missing == {}, "make a fault for each in tests/*_faults.py"
    unneeded = [one for one in NEVER if not any(re.search(one, plain(pattern)) for pattern in silent)]
    assert unneeded == []


def plain(pattern: str) -> str:
    """A pattern as it reads, its values as dots."""
    return re.sub(r"\\(.)", r"\1", pattern)
