"""What could not be used: one bad study is set aside with its reason, and the rest goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import polars as pl

from lesionary.base.errors import ItemError


class Kind(StrEnum):
    """What sort of thing was set aside."""

    FILE = "file"
    """`subject` is the file's number: its place, from 0, in the sorted listing of the cohort's images folder."""
    SERIES = "series"
    LESION = "lesion"
    STUDY = "study"
    CLASS = "class"
    REPORT = "report"
    SENTENCE = "sentence"
    BOOKMARK = "bookmark"
    RELATION = "relation"
    LABEL = "label"
    MINED = "mined label"


@dataclass(frozen=True)
class Problem:
    """One item that was set aside. `subject` is a pseudonym, a file number or a class: never an identifier."""

    kind: Kind
    subject: str
    reason: str
    cure: str


@dataclass
class SetAside:
    """Collects problems: the terminal is told where (which may name a patient), the table only what."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, kind: Kind, subject: str, error: ItemError) -> None:
        """Note that `subject` was set aside because of `error`."""
        print(f"set aside: {error}", file=sys.stderr)
        self.problems.append(Problem(kind, subject, error.reason, error.cure))

    def add_all(self, kind: Kind, subjects: Sequence[str], error: ItemError) -> None:
        """Note that all `subjects` were set aside for one reason; the terminal is told once."""
        if subjects:
            print(f"set aside, {len(subjects)} of them: {error}", file=sys.stderr)
            self.problems += [Problem(kind, subject, error.reason, error.cure) for subject in subjects]

    @contextmanager
    def guard(self, kind: Kind, subject: str) -> Iterator[None]:
        """Set `subject` aside if an `ItemError` rises inside the block; go on after it."""
        try:
            yield
        except ItemError as error:
            self.add(kind, subject, error)

    def write(self, path: Path) -> None:
        """As CSV: kind, subject, reason, cure; a header alone if nothing was set aside."""
        columns = ("kind", "subject", "reason", "cure")
        rows = [{name: str(getattr(problem, name)) for name in columns} for problem in self.problems]
        pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)).write_csv(path)
