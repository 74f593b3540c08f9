"""Reports of a cohort, the bookmarks in them, and what people judged by hand: its tables of text.

reports.csv     report, study, text; patient and split where a study has no image
bookmarks.csv   report, start, end, lesion: hyperlinks, as Python string positions in the text
relations.csv   report, start, end, label, bookmark, relation: judged mentions; bookmark is where it starts
labels.csv      lesion, study, label: lesions that were labelled by hand, completely
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lesionary.cohorts.layout import Cohort
from lesionary.cohorts.pseudonyms import Entity, pseudonym
from lesionary.cohorts.set_aside import Kind, SetAside
from lesionary.errors import CohortError, ReportError

RELATIONS = ("relevant", "uncertain", "irrelevant")


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


@dataclass(frozen=True)
class Texts:
    """What a cohort says in words."""

    reports: tuple[Report, ...]
    judged: pl.DataFrame
    """report, start, end, label, bookmark, relation."""
    labelled: pl.DataFrame
    """lesion, label."""


def read_texts(cohort: Cohort, lesions: pl.DataFrame, set_aside: SetAside) -> Texts:
    """Read the tables of text; `lesions` is the cohort's index, for who belongs to whom. Bad rows are set aside."""
    table = _read(cohort.folder / "reports.csv", ("report", "study", "text"), ("patient", "split"))
    owners = {
        study: (patient, split) for study, patient, split in lesions.select("study", "patient", "split").iter_rows()
    }
    known, texts, studies = set(lesions["lesion"]), {}, {}
    for line, row in _rows(table):
        name, study = (
            pseudonym(cohort.key, Entity.REPORT, row["report"]),
            pseudonym(cohort.key, Entity.STUDY, row["study"]),
        )
        with set_aside.guard(Kind.REPORT, name):
            place = f"reports.csv, line {line}"
            if not row["text"].strip():
                raise ReportError(place, "its text is empty", "remove the row, or export the report again")
            if name in texts:
                raise ReportError(place, "its name stands twice", "give every report its own name")
            own = pseudonym(cohort.key, Entity.PATIENT, row["patient"] or row["study"])
            patient, split = owners.get(study, (own, row["split"] or None))
            texts[name] = Report(name, study, patient, split, row["text"], ())
            studies[name] = row["study"]
    links = _links(cohort, texts, studies, known, set_aside)
    reports = tuple(
        Report(r.name, r.study, r.patient, r.split, r.text, tuple(links.get(r.name, ()))) for r in texts.values()
    )
    return Texts(reports, _judged(cohort, texts, set_aside), _labelled(cohort, known, set_aside))


def _links(
    cohort: Cohort, reports: dict[str, Report], studies: dict[str, str], lesions: set[str], set_aside: SetAside
) -> dict[str, list[Link]]:
    path = cohort.folder / "bookmarks.csv"
    found: dict[str, list[Link]] = {}
    for line, row in _rows(_read(path, ("report", "start", "end"), ("lesion",))) if path.is_file() else ():
        name = pseudonym(cohort.key, Entity.REPORT, row["report"])
        with set_aside.guard(Kind.BOOKMARK, f"line {line}"):
            place = f"bookmarks.csv, line {line}"
            start, end = _span(row, reports.get(name), place)
            lesion = None
            if row["lesion"]:
                lesion = pseudonym(cohort.key, Entity.LESION, f"{studies[name]}\0{row['lesion']}")
                if lesion not in lesions:
                    where = f"{place}, lesion {row['lesion']!r}"
                    raise ReportError(where, "its lesion is not among the usable ones of its study", "see the index")
            found.setdefault(name, []).append(Link(start, end, lesion))
    return {name: sorted(links, key=lambda link: link.start) for name, links in found.items()}


def _judged(cohort: Cohort, reports: dict[str, Report], set_aside: SetAside) -> pl.DataFrame:
    path = cohort.folder / "relations.csv"
    rows = []
    columns = ("report", "start", "end", "label", "bookmark", "relation")
    for line, row in _rows(_read(path, columns, ())) if path.is_file() else ():
        name = pseudonym(cohort.key, Entity.REPORT, row["report"])
        with set_aside.guard(Kind.RELATION, f"line {line}"):
            place = f"relations.csv, line {line}"
            start, end = _span(row, reports.get(name), place)
            if row["relation"] not in RELATIONS:
                raise ReportError(place, f"relation reads {row['relation']!r}", f"write one of {', '.join(RELATIONS)}")
            bookmark = _number(row, "bookmark", place)
            rows.append((name, start, end, row["label"], bookmark, row["relation"]))
    types = (pl.String, pl.Int64, pl.Int64, pl.String, pl.Int64, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(columns, types, strict=True)), orient="row")


def _labelled(cohort: Cohort, lesions: set[str], set_aside: SetAside) -> pl.DataFrame:
    path = cohort.folder / "labels.csv"
    rows = []
    for line, row in _rows(_read(path, ("lesion", "study", "label"), ())) if path.is_file() else ():
        with set_aside.guard(Kind.LABEL, f"line {line}"):
            lesion = pseudonym(cohort.key, Entity.LESION, f"{row['study']}\0{row['lesion']}")
            if lesion not in lesions:
                raise ReportError(
                    f"labels.csv, line {line}", "its lesion is not among the usable ones", "see the index"
                )
            rows.append((lesion, row["label"]))
    return pl.DataFrame(rows, schema={"lesion": pl.String, "label": pl.String}, orient="row")


def _read(path: Path, columns: tuple[str, ...], optional: tuple[str, ...]) -> pl.DataFrame:
    if not path.is_file():
        raise CohortError(str(path), "is missing", f"write it with the columns {', '.join(columns)}")
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise CohortError(str(path), f"is no CSV table in UTF-8 ({error})", "save it as UTF-8") from None
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise CohortError(str(path), f"lacks the columns {missing}", f"it has {table.columns}")
    added = [pl.lit("").alias(column) for column in optional if column not in table.columns]
    return table.with_columns(added).fill_null("").select(*columns, *optional).with_row_index("line", offset=2)


def _rows(table: pl.DataFrame) -> Iterator[tuple[int, dict[str, str]]]:
    for row in table.iter_rows(named=True):
        yield row.pop("line"), row


def _span(row: dict[str, str], report: Report | None, place: str) -> tuple[int, int]:
    if report is None:
        raise ReportError(
            f"{place}, report {row['report']!r}", "its report is not among the usable ones", "see reports.csv"
        )
    start, end = _number(row, "start", place), _number(row, "end", place)
    if not 0 <= start < end <= len(report.text):
        reason = f"positions {start} to {end} do not lie in a text of {len(report.text)} characters"
        raise ReportError(place, reason, "count Python string positions in the text as it stands in reports.csv")
    return start, end


def _number(row: dict[str, str], column: str, place: str) -> int:
    if not row[column].strip().isdecimal():
        raise ReportError(f"{place}, {row[column]!r}", f"column {column} is no position", "write a whole number from 0")
    return int(row[column])
