"""Which files this process opens."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WATCHED: list[tuple[Path, set[Path]]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _WATCHED and isinstance(arguments[0], str):
        folder, seen = _WATCHED[-1]
        path = Path(arguments[0])
        if path.is_relative_to(folder):
            seen.add(path.relative_to(folder))


sys.addaudithook(_hook)  # for good, as Python has it; it looks at nothing while nothing is watched


@contextmanager
def opened_below(folder: Path) -> Iterator[set[Path]]:
    """The files below `folder` that are opened inside the block, as a set that grows."""
    _WATCHED.append((folder, set()))
    try:
        yield _WATCHED[-1][1]
    finally:
        _WATCHED.pop()
