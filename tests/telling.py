"""Whether a check tells a fault."""

from __future__ import annotations

import re

from faults import Fault

from lesionary.checking.report import Report
from lesionary.checking.showing import in_terminal


def is_told(report: Report, fault: Fault) -> None:
    """The fault stands in the report, and in the words for the terminal beside its place, if it has one."""
    found = [one for one in report.problems if re.search(fault.said, one.reason)]
    assert found, [one.reason for one in report.problems]
    shown = in_terminal(report, everything=True)
    assert re.search(fault.said, shown)
    lines = [line for line in shown.splitlines() if line.startswith("      ")]
    assert not fault.where or any(re.search(fault.where, line) for line in lines), lines
