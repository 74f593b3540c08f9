"""Metrics files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from lesionary.evaluation.files import write_metrics


def test_every_leaf_is_one_number_of_four_digits(tmp_path: Path) -> None:
    write_metrics(tmp_path / "a" / "m.json", {"study": {"f1": 1 / 3, "bad": float("nan")}, "n": np.int64(3)})
    assert json.loads((tmp_path / "a" / "m.json").read_text()) == {"study": {"f1": 0.3333}, "n": 3}
