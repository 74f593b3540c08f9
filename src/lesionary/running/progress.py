"""How far along a stage is, for whoever watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(iterable: Iterable[T], text: str, total: int | None = None) -> Iterable[T]:
    """Iterate with a bar on stderr that shows only when it takes longer than two seconds; in a log, now and then."""
    often = 0.5 if sys.stderr.isatty() else 10.0
    return tqdm(iterable, desc=text, total=total, delay=2, mininterval=often, file=sys.stderr)
