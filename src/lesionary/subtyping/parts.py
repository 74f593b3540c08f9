"""A cohort's own train, val and test in place of folds: test is the one fold, train teaches and val chooses for it."""

from __future__ import annotations

import polars as pl

from lesionary.base.errors import ClassError, CohortError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.contract.splits import SPLITS, split_patients
from lesionary.subtyping.folds import assert_apart
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES

FOLDS = {"train": TEACHES, "val": CHOOSES, "test": 0}
REHEARSED = {"train": TEACHES, "val": 0}
"""Where val is measured and test is left out."""


def with_parts(studies: pl.DataFrame, index: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add the column `part`: as the index of the cohort has it, or drawn by patient, class by class.

    `CohortError` for a part of another name, or a patient in two. A patient of whom one lesion names a part is wholly
    in it. Draws depend on the order of the rows and the seed, not on any name.
    """
    known: dict[str, str] = {}
    for _, of_class in studies.group_by("subtype", maintain_order=True):
        patients = of_class["patient"].unique(maintain_order=True).to_list()
        before = [(patient, known.get(patient)) for patient in patients]
        named = index.filter(pl.col("patient").is_in(patients)).select("patient", "split")
        known |= split_patients([*before, *named.iter_rows()], seed)
    return studies.with_columns(part=pl.col("patient").replace_strict(known, return_dtype=pl.String))


def in_every_part(studies: pl.DataFrame, set_aside: SetAside) -> pl.DataFrame:
    """Studies of the classes that every part has; the other classes are set aside.

    `CohortError` if fewer than two classes remain.
    """
    kept = []
    for (subtype,), of_class in studies.group_by("subtype", maintain_order=True):
        with set_aside.guard(Kind.CLASS, str(subtype)):
            if lacking := [part for part in SPLITS if part not in set(of_class["part"])]:
                cure = "add cases, merge it with another class, or divide the patients otherwise in the column split"
                raise ClassError(f"class {subtype}", f"has no patient in {' and '.join(lacking)}", cure)
            kept.append(subtype)
    if len(kept) < 2:
        reason = f"has {len(kept)} classes with a patient in each of {', '.join(SPLITS)}"
        raise CohortError("the cohort", reason, "see what was set aside, or set subtyping.protocol to folds")
    return studies.filter(pl.col("subtype").is_in(kept))


def as_folds(studies: pl.DataFrame, *, rehearsal: bool) -> pl.DataFrame:
    """The column `fold` in place of `part`; of a rehearsal the studies of test are gone."""
    codes = REHEARSED if rehearsal else FOLDS
    drawn = studies.filter(pl.col("part").is_in(list(codes)))
    fold = pl.col("part").replace_strict(codes, return_dtype=pl.Int32).alias("fold")
    drawn = drawn.with_columns(fold).drop("part")
    assert_apart(drawn, "patient")
    return drawn
