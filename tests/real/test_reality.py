"""The real numbers that the phantom stands beside are those of the real data."""

from __future__ import annotations

import runpy
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_measured_numbers_are_what_the_real_data_give_today(shared_data: Path, tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "real" / "reality.py"))["main"](shared_data, tmp_path / "measured.yaml")
    kept = (files("lesionary.atlas") / "measured.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "measured.yaml").read_text(encoding="utf-8") == kept
