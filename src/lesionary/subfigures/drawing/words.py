"""What is written in the drawn sub-figures (`words.yaml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def words(kind: str) -> tuple[str, ...]:
    """Every entry of one kind."""
    text = (files("lesionary.subfigures.drawing") / "words.yaml").read_text(encoding="utf-8")
    return tuple(str(entry) for entry in yaml.safe_load(text)[kind])
