"""What could not be used, of every stage that sets things aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

NAME = "set_aside.csv"


@dataclass(frozen=True)
class Excluded:
    """Items that were set aside at one place for one reason."""

    place: str
    kind: str
    reason: str
    cure: str
    count: int


def read_excluded(folders: Mapping[str, Path]) -> tuple[Excluded, ...]:
    """Count each `set_aside.csv` in and below each folder by kind, reason and cure, the most frequent first."""
    found: list[Excluded] = []
    columns = ("kind", "reason", "cure")
    tables = [(place, folder, path) for place, folder in folders.items() for path in sorted(folder.rglob(NAME))]
    for place, folder, path in tables:
        table = pl.read_csv(path, infer_schema=False)
        within = ", ".join([place, *path.parent.relative_to(folder).parts])
        counts = table.group_by(columns).len("count").sort("count", *columns, descending=[True, False, False, False])
        found += [Excluded(within, *row) for row in counts.iter_rows()]
    return tuple(found)
