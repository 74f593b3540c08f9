"""Folds of a cross-validation: stratified by class, and no patient in two of them."""

from __future__ import annotations

import polars as pl
from sklearn.model_selection import StratifiedGroupKFold

from lesionary.base.errors import ClassError, CohortError, LesionError
from lesionary.cohorts.contract.set_aside import Kind, SetAside


def studies_of(lesions: pl.DataFrame) -> pl.DataFrame:
    """One row a study, in the order of the lesions: study, patient, subtype."""
    return lesions.select("study", "patient", "subtype").unique("study", keep="first", maintain_order=True)


def with_slices(studies: pl.DataFrame, slices: pl.DataFrame, set_aside: SetAside) -> pl.DataFrame:
    """Studies of which there is a slice; the others are set aside."""
    bare = studies.join(slices, on="study", how="anti", maintain_order="left")["study"].to_list()
    cure = "see what crop_slices set aside, or correct the boxes of its masses"
    set_aside.add_all(Kind.STUDY, bare, LesionError("studies", "has no slice of its mass", cure))
    return studies.filter(~pl.col("study").is_in(bare))


def enough(studies: pl.DataFrame, folds: int, by: str, set_aside: SetAside) -> pl.DataFrame:
    """Studies of the classes that reach every fold; classes with fewer patients (or studies) than folds are set aside.

    `CohortError` if fewer than two classes remain.
    """
    kept = []
    for (subtype,), part in studies.group_by("subtype", maintain_order=True):
        with set_aside.guard(Kind.CLASS, str(subtype)):
            have = part[by].n_unique()
            if have < folds:
                merged = "merge it with another class"
                fewer = f", {merged}, or set folds.count to {have} or less" if have > 1 else f", or {merged}"
                raise ClassError(f"class {subtype}", f"has {have} {by} ids for {folds} folds", f"add cases{fewer}")
            kept.append(subtype)
    if len(kept) < 2:
        reason = f"has {len(kept)} classes with at least {folds} {by} ids"
        cure = "see what was set aside" + (", or lower folds.count" if folds > 2 else ", or add cases")
        raise CohortError("the cohort", reason, cure)
    return studies.filter(pl.col("subtype").is_in(kept))


def draw_folds(studies: pl.DataFrame, *, count: int, by: str, seed: int) -> pl.DataFrame:
    """Add the column `fold` (0-based). Depends on the order of the rows and the seed, not on any name.

    `by` is the column whose equal values stay together: "patient", or "study" as the paper divided.
    """
    order = {value: n for n, value in enumerate(studies[by].unique(maintain_order=True))}
    groups = [order[value] for value in studies[by]]
    splitter = StratifiedGroupKFold(n_splits=count, shuffle=True, random_state=seed)
    fold = [0] * len(studies)
    for number, (_, test) in enumerate(splitter.split(fold, studies["subtype"].to_list(), groups)):
        for row in test:
            fold[row] = number
    drawn = studies.with_columns(pl.Series("fold", fold, pl.Int32))
    assert_apart(drawn, by)
    return drawn


def assert_apart(drawn: pl.DataFrame, by: str) -> None:
    """`AssertionError` if a value of the column `by` stands in two folds."""
    parted = drawn.group_by(by).agg(pl.col("fold").n_unique()).filter(pl.col("fold") > 1)
    if len(parted):
        raise AssertionError(f"{len(parted)} {by} ids lie in two folds")
