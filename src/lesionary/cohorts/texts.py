"""Reports of a cohort, the bookmarks in them, and what people judged by hand: its tables of text.

reports.csv     report, study, text; patient and split where a study has no image
bookmarks.csv   report, start, end, lesion: hyperlinks, as Python string positions in the text
relations.csv   report, start, end, label, bookmark, relation: judged mentions; bookmark is where it starts
labels.csv      lesion, study, label: lesions that were labelled by hand, completely
mined.csv       in place of all these but labels.csv, or beside them: `lesionary.cohorts.mined`

All are UTF-8, separated by commas. Reports are read one at a time, so that their number does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import polars as pl

from lesionary.base.errors import ReportError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.contract.splits import read_split
from lesionary.cohorts.csv_rows import check_row, read_rows
from lesionary.cohorts.mined import TABLE as MINED
from lesionary.cohorts.naming import Identities, of_row
from lesionary.cohorts.relations import check_relation

JUDGED = ("report", "start", "end", "label", "bookmark", "relation")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Link:
    """A hyperlink bookmark; `lesion` is a pseudonym, or None where the lesion has no image."""

    start: int
    end: int
    lesion: str | None


@dataclass(frozen=True)
class Report:
    """One report. All names are pseudonyms; the text is as written."""

    name: str
    study: str
    patient: str
    split: str | None
    text: str
    links: tuple[Link, ...]
    identities: Identities = field(default_factory=Identities, repr=False)
    """What its own row names; kept in memory only."""


class Texts:
    """What a cohort says in words. `lesions` is its index, for who belongs to whom; bad rows are set aside."""

    def __init__(self, cohort: Cohort, lesions: pl.DataFrame, set_aside: SetAside) -> None:
        self._cohort, self._set_aside = cohort, set_aside
        self._owners = {study: (who, split) for study, who, split in lesions.select("study", "patient", "split").rows()}
        self._lesions = set(lesions["lesion"])
        self._read: dict[str, _Read] = {}
        """The reports that were read."""

    def patients(self) -> Iterator[tuple[str, str | None]]:
        """Patient and split of every report that can be used, in their order."""
        seen: dict[str, _Read] = {}
        for line, row in self._rows("reports"):
            with suppress(ReportError):  # `reports` tells it
                report = self._report(line, row, seen)
                yield report.patient, report.split

    def reports(self) -> Iterator[Report]:
        """Report after report with its hyperlinks."""
        written = self._written()
        self._read.clear()
        for line, row in self._rows("reports"):
            try:
                report = self._report(line, row, self._read)
            except ReportError as error:
                self._set_aside.add(Kind.REPORT, self._name(row), error)
                continue
            links = self._linked(written.pop(row["report"], ()), row, report)
            yield replace(report, links=tuple(links))
        for name, rest in written.items():
            for one in rest:
                place = f"bookmarks.csv, line {one.line}, report {name!r}"
                self._set_aside.add(Kind.BOOKMARK, f"line {one.line}", _unknown_report(place))

    def judged(self) -> pl.DataFrame:
        """report, start, end, label, bookmark, relation, of the reports that were read."""
        found = []
        for line, row in self._rows("relations"):
            with self._set_aside.guard(Kind.RELATION, f"line {line}"):
                place, name = f"relations.csv, line {line}", self._name(row)
                check_row(row, place)
                if name not in self._read:
                    raise _unknown_report(f"{place}, report {row['report']!r}")
                start, end = _number(row, "start", place), _number(row, "end", place)
                _check_span(start, end, self._read[name].length, place)
                check_relation(row["relation"], place)
                bookmark = _number(row, "bookmark", place)
                found.append((name, start, end, row["label"], bookmark, row["relation"]))
        kinds = (pl.String, pl.Int64, pl.Int64, pl.String, pl.Int64, pl.String)
        return pl.DataFrame(found, schema=dict(zip(JUDGED, kinds, strict=True)), orient="row")

    def labelled(self) -> pl.DataFrame:
        """lesion, label."""
        found = []
        for line, row in self._rows("labels"):
            with self._set_aside.guard(Kind.LABEL, f"line {line}"):
                place = f"labels.csv, line {line}"
                check_row(row, place)
                lesion = pseudonym(self._cohort.key, Entity.LESION, f"{row['study']}\0{row['lesion']}")
                if lesion not in self._lesions:
                    raise ReportError(place, "its lesion is not among the usable ones", "see the index")
                found.append((lesion, row["label"]))
        return pl.DataFrame(found, schema={"lesion": pl.String, "label": pl.String}, orient="row")

    def _rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Of a table; all but the reports may be missing, and these where mined.csv stands for them."""
        path = self._cohort.folder / f"{table}.csv"
        columns, optional = {
            "reports": (("report", "study", "text"), ("patient", "split")),
            "bookmarks": (("report", "start", "end"), ("lesion",)),
            "relations": (JUDGED, ()),
            "labels": (("lesion", "study", "label"), ()),
        }[table]
        needed = table == "reports" and not (self._cohort.folder / MINED).is_file()
        if needed or path.is_file():
            yield from read_rows(path, columns, optional)

    def _name(self, row: Row) -> str:
        return pseudonym(self._cohort.key, Entity.REPORT, row["report"])

    def _report(self, line: int, row: Row, read: dict[str, _Read]) -> Report:
        """Without its hyperlinks; that it was read is noted."""
        place, name = f"reports.csv, line {line}", self._name(row)
        check_row(row, place)
        if not row["text"].strip():
            raise ReportError(place, "its text is empty", "remove the row, or export the report again")
        if name in read:
            reason = f"its name stands in line {read[name].line}, too"
            raise ReportError(place, reason, "give every report its own name")
        split = read_split(row["split"], place, ReportError)
        read[name] = _Read(line, len(row["text"]))
        study = pseudonym(self._cohort.key, Entity.STUDY, row["study"])
        own = pseudonym(self._cohort.key, Entity.PATIENT, row["patient"] or row["study"])
        patient, split = self._owners.get(study, (own, split))
        named = of_row(row["patient"], row["study"], row["report"])
        return Report(name, study, patient, split, row["text"], (), named)

    def _written(self) -> dict[str, list[_Written]]:
        """The hyperlinks of each report as the user names it."""
        found: dict[str, list[_Written]] = defaultdict(list)
        for line, row in self._rows("bookmarks"):
            with self._set_aside.guard(Kind.BOOKMARK, f"line {line}"):
                place = f"bookmarks.csv, line {line}"
                check_row(row, place)
                start, end = _number(row, "start", place), _number(row, "end", place)
                found[row["report"]].append(_Written(start, end, line, row["lesion"]))
        return found

    def _linked(self, written: Sequence[_Written], row: Row, report: Report) -> Iterator[Link]:
        """Hyperlinks of one report, in order; of two that overlap the first."""
        before: _Written | None = None
        for one in sorted(written):
            with self._set_aside.guard(Kind.BOOKMARK, f"line {one.line}"):
                place = f"bookmarks.csv, line {one.line}"
                _check_span(one.start, one.end, len(report.text), place)
                if before and one.start < before.end:
                    where, cure = f"{place}, positions {one.start} to {one.end}", "let each begin behind the last"
                    raise ReportError(where, f"overlaps the bookmark of line {before.line}", cure)
                lesion = pseudonym(self._cohort.key, Entity.LESION, f"{row['study']}\0{one.lesion}")
                if one.lesion and lesion not in self._lesions:
                    where = f"{place}, lesion {one.lesion!r}"
                    raise ReportError(where, "its lesion is not among the usable ones of its study", "see the index")
                before = one
                yield Link(one.start, one.end, lesion if one.lesion else None)


class _Read(NamedTuple):
    """A report that was read: where it stands, and the length of its text."""

    line: int
    length: int


class _Written(NamedTuple):
    """A row of bookmarks.csv."""

    start: int
    end: int
    line: int
    lesion: str


def _unknown_report(place: str) -> ReportError:
    return ReportError(place, "its report is not among the usable ones", "see reports.csv")


def _check_span(start: int, end: int, length: int, place: str) -> None:
    if not 0 <= start < end <= length:
        reason = f"positions {start} to {end} do not lie in a text of {length} characters"
        raise ReportError(place, reason, "count Python string positions in the text as it stands in reports.csv")


def _number(row: Row, column: str, place: str) -> int:
    if not row[column].strip().isdecimal():
        raise ReportError(f"{place}, {row[column]!r}", f"column {column} is no position", "write a whole number from 0")
    return int(row[column])
