"""A fault of a sound cohort: what makes it, and what a check says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """`said` is in the reason; `where` in the place, the terminal's."""

    make: Callable[..., Any]
    """Of a cohort; faults of images and of rows take another patient than anna, too."""
    said: str
    where: str = ""
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of params.yaml, where it takes others than the default."""
