"""Leave-one-scanner-out: a fold is what one maker's scanners made, tested by what the others taught."""

from __future__ import annotations

import polars as pl

from lesionary.base.errors import ClassError, CohortError, LesionError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.subtyping.folds import assert_apart


def scanner_of(manufacturer: str) -> str:
    """A maker's name as one word, since a maker writes its own in several ways; empty where none is told.

    >>> scanner_of("SIEMENS"), scanner_of("Siemens Healthineers"), scanner_of(" ")
    ('siemens', 'siemens', '')
    """
    return next(iter(manufacturer.casefold().split()), "")


def with_scanner(studies: pl.DataFrame, lesions: pl.DataFrame, set_aside: SetAside) -> pl.DataFrame:
    """Add the column `scanner`; studies without one, or by a second scanner of the same patient, are set aside.

    A patient whom several scanned would teach one fold what it is tested on in another. The scanner that most of the
    patient's studies are by keeps them, the first among equals.
    """
    named = lesions.select("study", scanner=pl.col("manufacturer").map_elements(scanner_of, pl.String)).unique()
    several = named.group_by("study").agg(pl.col("scanner").n_unique()).filter(pl.col("scanner") > 1)["study"].to_list()
    _drop(set_aside, studies, several, "has masses in series by several scanners", "keep those of one")
    own = named.filter(~pl.col("study").is_in(several))
    known = studies.join(own, on="study", how="inner", maintain_order="left")
    bare = known.filter(pl.col("scanner") == "")["study"].to_list()
    _drop(set_aside, studies, bare, "does not tell its scanner", "keep Manufacturer in its headers, or fold by patient")
    known = known.filter(pl.col("scanner") != "")
    studies_by = pl.len().over("patient", "scanner").alias("by")
    order = known.with_columns(studies_by).sort("by", descending=True, maintain_order=True)
    chosen = dict(order.unique("patient", keep="first", maintain_order=True).select("patient", "scanner").iter_rows())
    other = known.filter(pl.col("scanner") != pl.col("patient").replace_strict(chosen, return_dtype=pl.String))
    reason = "was scanned by another scanner than most of its patient's studies"
    _drop(set_aside, studies, other["study"].to_list(), reason, "fold by patient to use it")
    return known.filter(~pl.col("study").is_in(other["study"].to_list()))


def _drop(set_aside: SetAside, studies: pl.DataFrame, names: list[str], reason: str, cure: str) -> None:
    ordered = studies.filter(pl.col("study").is_in(names))["study"].to_list()
    set_aside.add_all(Kind.STUDY, ordered, LesionError("studies", reason, cure))


def on_two_scanners(studies: pl.DataFrame, set_aside: SetAside) -> pl.DataFrame:
    """Studies of the classes that stay in the training part whichever scanner is left out; the others are set aside.

    `CohortError` if fewer than two classes or two scanners remain.
    """
    kept = []
    for (subtype,), part in studies.group_by("subtype", maintain_order=True):
        with set_aside.guard(Kind.CLASS, str(subtype)):
            if part["scanner"].n_unique() < 2:
                reason = f"was scanned by {part['scanner'][0]} alone: without it no study is left to learn from"
                raise ClassError(f"class {subtype}", reason, "add cases of another scanner, or fold by patient")
            kept.append(subtype)
    whole = studies.filter(pl.col("subtype").is_in(kept))
    if len(kept) < 2:
        reason = f"has {len(kept)} classes that two scanners saw"
        raise CohortError("the cohort", reason, "see what was set aside, or set folds.by to patient")
    return whole


def fold_by_scanner(studies: pl.DataFrame) -> pl.DataFrame:
    """Add the column `fold` (0-based): scanners in the order of their names."""
    order = {name: n for n, name in enumerate(sorted(studies["scanner"].unique()))}
    drawn = studies.with_columns(fold=pl.col("scanner").replace_strict(order, return_dtype=pl.Int32))
    assert_apart(drawn, "patient")
    return drawn
