"""Labels of lesions that were mined from reports elsewhere: mined.csv, in place of reports or beside them.

lesion, study, label, relation; and split, the part of its patient: it stands before that of lesions.csv or DL_info.csv,
since whoever mined the labels divided the patients, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from lesionary.base.errors import CohortError, ReportError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.contract.splits import read_split
from lesionary.cohorts.csv_rows import check_row, read_rows
from lesionary.cohorts.relations import check_relation

TABLE = "mined.csv"
LISTED = 1_000
"""Rows of unusable lesions that are named one by one; of more, as where DeepLesion is there in part, the first is."""


@dataclass(frozen=True)
class MinedElsewhere:
    """What the table says of lesions that can be used. All names are pseudonyms."""

    labels: pl.DataFrame
    """line (where it stands), lesion, label, relation: a row a label of a lesion."""
    splits: Mapping[str, str]
    """By patient, of those whose rows name one."""


def read_mined(cohort: Cohort, lesions: pl.DataFrame, set_aside: SetAside) -> MinedElsewhere | None:
    """The table, or None where a cohort has none; `lesions` is its index. Bad rows are set aside.

    `CohortError` for a table that is none, and for one that puts a patient into two parts.
    """
    path = cohort.folder / TABLE
    if not path.is_file():
        return None
    owners = dict(lesions.select("lesion", "patient").iter_rows())
    labels: dict[tuple[str, str], tuple[int, str]] = {}
    splits: dict[str, str] = {}
    strangers: list[str] = []
    for line, row in read_rows(path, ("lesion", "study", "label", "relation"), ("split",)):
        place = f"{TABLE}, line {line}"
        with set_aside.guard(Kind.MINED, f"line {line}"):
            split = _check(row, place)
            lesion = pseudonym(cohort.key, Entity.LESION, f"{row['study']}\0{row['lesion']}")
            if lesion not in owners:
                strangers.append(f"line {line}")
                continue
            _, before = labels.setdefault((lesion, row["label"]), (line, row["relation"]))
            if before != row["relation"]:
                where, reason = (
                    f"{place}, relation {row['relation']!r}",
                    "a row before gives its label another relation",
                )
                raise ReportError(where, reason, "keep the one that is meant")
            if split and splits.setdefault(owners[lesion], split) != split:
                reason = f"puts a patient into {split} whom a row before puts into {splits[owners[lesion]]}"
                raise CohortError(f"{path}, line {line}", reason, "keep each patient in one split")
    if len(strangers) > LISTED:
        reason = f"{len(strangers)} rows, this one the first, are of lesions that are not among the usable ones"
        set_aside.add(Kind.MINED, strangers[0], ReportError(f"{TABLE}, {strangers[0]}", reason, "see the index"))
    else:
        unusable = ReportError(TABLE, "its lesion is not among the usable ones", "see the index")
        set_aside.add_all(Kind.MINED, strangers, unusable)
    rows = [(line, lesion, label, relation) for (lesion, label), (line, relation) in labels.items()]
    schema = {"line": pl.Int64, "lesion": pl.String, "label": pl.String, "relation": pl.String}
    return MinedElsewhere(pl.DataFrame(rows, schema, orient="row"), splits)


def _check(row: Mapping[str, str], place: str) -> str | None:
    """The split that a row names; `ReportError` for one that cannot be used."""
    check_row(row, place)
    if not row["label"].strip():
        raise ReportError(place, "column label is empty", "write a label of the ontology")
    check_relation(row["relation"], place)
    return read_split(row["split"], place, ReportError)
