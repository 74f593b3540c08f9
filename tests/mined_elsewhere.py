"""A cohort as whoever has no reports gets it: in their place what was mined of them, as mined.csv."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
from own_cohort import read_table, write_table

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.relations import RELATIONS

TEXTS = ("reports.csv", "bookmarks.csv", "relations.csv")


def write_without_reports(cohort: Path, labels: Path, folder: Path) -> Path:
    """A copy of a cohort without `TEXTS`, with what expand_labels found in them and wrote into `labels`."""
    shutil.copytree(cohort, folder, ignore=shutil.ignore_patterns(*TEXTS))
    write_table(folder / "mined.csv", mined_of(cohort, labels))
    return folder


def mined_of(cohort: Path, labels: Path) -> list[dict[str, object]]:
    """Rows of mined.csv from the evidence of a run: of the relations of a lesion's label the strongest."""
    split = dict(pl.read_parquet(labels / "lesions.parquet").select("lesion", "split").iter_rows())
    mentions = pl.read_parquet(labels / "evidence.parquet").filter(pl.col("source") == "mention")
    said: dict[tuple[str, str], str] = {}
    for lesion, label, relation in mentions.select("lesion", "label", "relation").iter_rows():
        said[lesion, label] = min(said.get((lesion, label), relation), relation, key=RELATIONS.index)
    names = _names(cohort)
    return [
        {**names[lesion], "label": label, "relation": relation, "split": split[lesion]}
        for (lesion, label), relation in said.items()
    ]


def _names(cohort: Path) -> dict[str, dict[str, object]]:
    """A lesion and its study as the user names them, by pseudonym."""
    key = Cohort.open(cohort).key
    rows = read_table(cohort / "lesions.csv")
    named = [{"lesion": row["lesion"], "study": row["study"]} for row in rows]
    return {pseudonym(key, Entity.LESION, f"{one['study']}\0{one['lesion']}"): one for one in named}
