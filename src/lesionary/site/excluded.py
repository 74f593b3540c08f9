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
    """Count each `set_aside.csv` of each folder by kind, reason and cure, the most frequent first."""
    found: list[Excluded] = []
    columns = ("kind", "reason", "cure")
    for place, folder in folders.items():
        table = pl.read_csv(folder / NAME, infer_schema=False)
        counts = table.group_by(columns).len("count").sort("count", *columns, descending=[True, False, False, False])
        found += [Excluded(place, *row) for row in counts.iter_rows()]
    return tuple(found)
