"""What every import here is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import COLUMNS, export, german

from lesionary.importing.request import Request


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    cohort = tmp_path / "raw" / "own"
    sheets = {"lesions": german(tmp_path / "befunde.csv")}
    return Request(export(tmp_path / "export"), cohort, tmp_path / "memory.csv", sheets, COLUMNS)
