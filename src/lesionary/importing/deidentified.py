"""An import whose cohort names nobody: DICOM copied cleaned, tables under the same pseudonyms, their texts scrubbed.

Images go the way of `lesionary.deidentifying` under the cohort's own pseudonym.key; patients, studies, series, reports
and lesions are called in the tables as in the copies, so that rows still find their series and drawings. A report is
scrubbed here, by every rule: once headers are empty nobody knows any more whom it may name. What is no DICOM is
refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import files_below
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.identities import who_is_named
from lesionary.cohorts.naming import Identities, of_row
from lesionary.deidentifying.deidentifying import Done, copy_cleaned
from lesionary.deidentifying.keyed import Keyed
from lesionary.importing.importing import plan_import
from lesionary.importing.linking import Catalogue
from lesionary.importing.merging import write_whole
from lesionary.importing.plan import KEY, Plan
from lesionary.importing.request import Request, Source, kind_of
from lesionary.params.reports import Scrub
from lesionary.reports.scrubbing.scrubbing import scrub
from lesionary.schemas.tables import DESCRIPTION, LESIONS, Finding

IMAGES = "images"
NUMBER = re.compile(r"\d{1,3}(\.\d{1,3})?")
"""A lesion that is called by its number in a drawing, or in its study: such a name stays, since the drawing's does."""


@dataclass
class CleanPlan:
    """An import that was planned as any other, and is written cleaned."""

    plan: Plan
    shift_dates: bool = False
    done: Done = field(default_factory=Done)

    @property
    def said(self) -> list[str]:
        """For the terminal of whoever holds the data."""
        return [*self.plan.said, *([f"{IMAGES}: {self.done.copied} files cleaned"] if self.done.copied else [])]

    @property
    def refused(self) -> list[Finding]:
        """Rows and files that are left out."""
        return [*self.plan.refused, *(Finding(one.place, None, "", one.reason) for _, one in self.done.refused)]

    def write(self) -> None:
        """Write the key, the copies, and then tables that fit them."""
        cohort, contents = self.plan.request.cohort, self.plan.contents
        replace(self.plan, contents={name: contents[name] for name in (KEY,) if name in contents}, copies=None).write()
        keyed = Keyed((cohort / KEY).read_bytes().strip())
        self.done = copy_cleaned(self.plan.request.source, cohort, keyed.key, shift_dates=self.shift_dates)
        catalogue = Catalogue()
        catalogue.add(cohort, sorted(files_below(cohort / IMAGES)))
        catalogue.write(cohort)
        drawn = {was for kind, was, _ in self.done.names if kind == "lesion"}
        renamed = Renamed(keyed, drawn, identities(self.done.sources.values(), contents.get(LESIONS.file, b"")))
        for name, content in contents.items():
            if name != KEY:
                write_whole(cohort / name, content if name == DESCRIPTION else renamed.table(content))


def plan_deidentified(request: Request, *, shift_dates: bool = False) -> CleanPlan:
    """As `plan_import`; `CohortError` also for what is no export, and a cohort with more than key and cohort.yaml."""
    if (kind := kind_of(request.source)) is not Source.EXPORT:
        raise CohortError(str(request.source), f"is {kind}: DICOM alone is cleaned", "import it without --deidentify")
    there = {path.name for path in request.cohort.iterdir()} if request.cohort.is_dir() else set()
    if there - {KEY, DESCRIPTION}:
        cure = "name a new folder: what is in it already may not be clean"
        raise CohortError(str(request.cohort), "is not empty", cure)
    return CleanPlan(plan_import(replace(request, copy=True)), shift_dates)


@dataclass(frozen=True)
class Renamed:
    """Tables under the names that copies have."""

    keyed: Keyed
    drawn: Set[str]
    """What drawings were called."""
    known: Mapping[str, Identities]
    """By study and by patient, as they were called."""

    def table(self, content: bytes) -> bytes:
        """A CSV table of a cohort with other names and scrubbed texts; places in texts stay what they were."""
        out = io.StringIO(newline="")
        rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
        writer = csv.DictWriter(out, rows.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.row(row) for row in rows)
        return out.getvalue().encode()

    def row(self, row: Mapping[str, str]) -> dict[str, str]:
        """Of any table; what is empty stays so."""
        now = {name: self._name(name, was) if was else was for name, was in row.items()}
        if "text" in row:
            own = of_row(row.get("patient", ""), row["study"], row["report"])
            for owner in (row["study"], row.get("patient", "")):
                own |= self.known.get(owner, Identities())
            now["text"], _ = scrub(row["text"], own, list(Scrub))
        return now

    def _name(self, column: str, was: str) -> str:
        match column:
            case "patient":
                return self.keyed.patient(was)
            case "study" | "series":
                return self.keyed.uid(was)
            case "report":
                return pseudonym(self.keyed.key, Entity.REPORT, was)
            case "lesion" if was in self.drawn or not NUMBER.fullmatch(was):
                return self.keyed.label(was)
        return was


def identities(headers: Iterable[Path], lesions: bytes) -> dict[str, Identities]:
    """Whom headers and the table lesions.csv name, by the studies and patients that these name."""
    found: dict[str, Identities] = defaultdict(Identities)
    for study, patient, one in who_is_named(sorted(headers)):
        for owner in {study, patient} - {""}:
            found[owner] |= one
    for row in csv.DictReader(io.StringIO(lesions.decode(), newline="")):
        for owner in {row["study"], row["patient"]} - {""}:
            found[owner] |= of_row(row["patient"], row["study"], row["lesion"])
    return dict(found)
