"""Metrics as DVC reads them: small JSON, every leaf one number rounded to four digits."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_metrics(path: Path, values: Mapping[str, Any]) -> None:
    """Write nested numbers; a value that is not finite is left out, since NaN always differs from itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(values), indent=2) + "\n", encoding="utf-8")


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    rounded: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            rounded[name] = _rounded(value)
        elif math.isfinite(value):
            rounded[name] = round(value, 4) if isinstance(value, float) else int(value)
    return rounded
