"""Where in the user's folder that lies which stages know by a pseudonym, a number or a line."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass, field
from typing import Any

from lesionary.base.errors import CohortError
from lesionary.checking.problems import Problem, Severity
from lesionary.cohorts import mined
from lesionary.cohorts.adjusted import Adjusted
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.csv_rows import read_rows
from lesionary.cohorts.images import deeplesion, npz
from lesionary.cohorts.inventory import Inventory

TABLE_OF = {
    Kind.BOOKMARK: "bookmarks.csv",
    Kind.RELATION: "relations.csv",
    Kind.LABEL: "labels.csv",
    Kind.MINED: mined.TABLE,
}


@dataclass(frozen=True)
class Place:
    """A table and a row of it, if it is one, and in words by the user's own names."""

    file: str = ""
    row: int | None = None
    shown: str = ""


@dataclass
class Places:
    """Places by pseudonym, and files by number."""

    files: Sequence[str]
    known: dict[str, Place] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    """The first line of labels.csv in which each stands; what a user writes there may be a name."""
    identities: set[str] = field(default_factory=set)
    """What the tables name: patients, studies, series, lesions, reports."""

    @classmethod
    def of(cls, cohort: Cohort, inventory: Inventory) -> Places:
        """Read the tables and the inventory of a cohort; what cannot be read is left out, others tell it."""
        places = cls([image.name for image in cohort.images], identities=set(inventory.identities))
        for name, seen in inventory.series.items():
            places.add(cohort, Entity.SERIES, name, Place(shown=f"series {name}, patient {seen.patient or '?'}"))
            places.add(cohort, Entity.STUDY, seen.study, Place(shown=f"study {seen.study}, patient {seen.patient}"))
            if seen.kind == "npz":
                places.add(cohort, Entity.LESION, f"{name}\0{npz.LESION}", Place(shown=f"volume {name}"))
        places._read(cohort, "lesions.csv", _lesion)
        places._read(cohort, "reports.csv", _report)
        places._read(cohort, deeplesion.TABLE, _official)
        for line, row in _rows(cohort, "labels.csv"):
            places.labels.setdefault(row.get("label", ""), line)
        return places

    def add(self, cohort: Cohort, entity: Entity, identifier: str, place: Place) -> None:
        """Know one more; of two with one name the later, which is the one that is set aside."""
        self.known[pseudonym(cohort.key, entity, identifier)] = place

    def find(self, kind: Kind, subject: str) -> Place:
        """Where the subject of a problem stands; an empty place if nobody knows."""
        if kind is Kind.FILE and subject.isdecimal():
            return Place(shown=f"file {self.files[int(subject)]}")
        if kind in TABLE_OF and subject.startswith("line "):
            return Place(TABLE_OF[kind], int(subject.removeprefix("line ")))
        return self.known.get(subject.partition(",")[0], Place())

    def problems(self, step: str, set_aside: SetAside, adjusted: Adjusted | None = None) -> list[Problem]:
        """What a stage's own code said, with its places."""
        found = [self._problem(step, Severity.SET_ASIDE, one.kind, one.subject, one.reason, one.cure)
                 for one in set_aside.problems]  # fmt: skip
        for kind, subject, change in adjusted.changes if adjusted else ():
            found.append(self._problem(step, Severity.ADJUSTED, kind, subject, change.what, change.rule))
        return found

    def _problem(self, step: str, severity: Severity, kind: Kind, subject: str, reason: str, cure: str) -> Problem:
        if kind is Kind.LABEL and subject in self.labels:
            subject = f"line {self.labels[subject]}"
        place = self.find(kind, subject)
        return Problem(severity, step, kind.value, subject, reason, cure, place.file, place.row, place=place.shown)

    def _read(self, cohort: Cohort, table: str, take: Any) -> None:
        for line, row in _rows(cohort, table):
            with suppress(UnicodeEncodeError, KeyError):  # no UTF-8, or no such column: the stage tells it
                for entity, identifier, shown in take(row):
                    self.add(cohort, entity, identifier, Place(table, line, shown))
            columns = ("patient", "study", "series", "lesion", "report")
            self.identities |= {row[name] for name in columns if row.get(name)}


def _rows(cohort: Cohort, table: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Of a table, none where it is not there, and up to where it cannot be read."""
    path = cohort.folder / table
    with suppress(CohortError):
        yield from read_rows(path, ()) if path.is_file() else ()


def _lesion(row: Mapping[str, str]) -> Iterator[tuple[Entity, str, str]]:
    shown = f"lesion {row.get('lesion', '')} of patient {row.get('patient', '')}"
    yield Entity.LESION, f"{row.get('study', '')}\0{row.get('lesion', '')}", shown


def _official(row: Mapping[str, str]) -> Iterator[tuple[Entity, str, str]]:
    name = deeplesion.lesion_name(row)
    yield Entity.LESION, f"{deeplesion.study_of(row)}\0{name}", f"lesion {name}"


def _report(row: Mapping[str, str]) -> Iterator[tuple[Entity, str, str]]:
    yield Entity.REPORT, row.get("report", ""), f"report {row.get('report', '')}"


@contextmanager
def told_once() -> Iterator[None]:
    """Keep to ourselves what stages would say on stderr of items set aside: the report says it; progress is shown."""
    with redirect_stderr(_Deaf(sys.stderr)):
        yield


class _Deaf(io.TextIOBase):
    """Hands on what is written, but for lines that begin with "set aside"."""

    def __init__(self, through: Any) -> None:
        self._through, self._skipping = through, False

    def write(self, text: str) -> int:
        if text.startswith("set aside"):
            self._skipping = True
        if not self._skipping:
            self._through.write(text)
        if text.endswith("\n"):
            self._skipping = False
        return len(text)

    def flush(self) -> None:
        self._through.flush()

    def isatty(self) -> bool:
        return bool(self._through.isatty())
