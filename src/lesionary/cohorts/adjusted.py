"""What was corrected, interpolated or left out of a series that is used: nothing is done to images in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from lesionary.cohorts.contract.set_aside import Kind


@dataclass(frozen=True)
class Change:
    """One thing that was done, in numbers and field names alone, and the param that asked for it."""

    what: str
    rule: str


@dataclass
class Adjusted:
    """Collects changes. `subject` is a pseudonym or a file number: never an identifier."""

    changes: list[tuple[Kind, str, Change]] = field(default_factory=list)

    def add(self, kind: Kind, subject: str, *changes: Change) -> None:
        """Note what was done to `subject`."""
        self.changes += [(kind, subject, change) for change in changes]

    def write(self, path: Path) -> None:
        """As CSV: kind, subject, change, rule; a header alone if nothing was done."""
        rows = [(kind.value, subject, change.what, change.rule) for kind, subject, change in self.changes]
        columns = ("kind", "subject", "change", "rule")
        pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").write_csv(path)
