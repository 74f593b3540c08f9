"""Folds."""

from __future__ import annotations

import polars as pl
import pytest

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.subtyping.folds import draw_folds, enough, studies_of, with_slices


def studies(**classes: int) -> pl.DataFrame:
    """Two studies for every third patient."""
    rows = []
    for name, patients in classes.items():
        for p in range(patients):
            rows += [
                {"study": f"{name}{p}-{s}", "patient": f"{name}{p}", "subtype": name} for s in range(1 + (p % 3 == 0))
            ]
    return pl.DataFrame(rows)


def test_no_patient_lies_in_two_folds() -> None:
    drawn = draw_folds(studies(a=12, b=9), count=4, by="patient", seed=0)
    assert drawn.group_by("patient").agg(pl.col("fold").n_unique())["fold"].max() == 1


def test_every_fold_has_every_class() -> None:
    drawn = draw_folds(studies(a=12, b=9), count=4, by="patient", seed=0)
    assert drawn.group_by("fold").agg(pl.col("subtype").n_unique())["subtype"].to_list() == [2, 2, 2, 2]


def test_names_do_not_matter_only_their_order() -> None:
    named = studies(a=12, b=9)
    renamed = named.with_columns(pl.col("patient").str.reverse() + "x", pl.col("study").str.reverse())
    folds = [draw_folds(t, count=3, by="patient", seed=5)["fold"].to_list() for t in (named, renamed)]
    assert folds[0] == folds[1]


def test_another_seed_draws_other_folds() -> None:
    table = studies(a=12, b=9)
    folds = [draw_folds(table, count=3, by="patient", seed=seed)["fold"].to_list() for seed in (1, 2)]
    assert folds[0] != folds[1]


def test_by_study_may_part_a_patient_as_the_paper_did() -> None:
    drawn = draw_folds(studies(a=12, b=9), count=5, by="study", seed=0)
    assert drawn.group_by("patient").agg(pl.col("fold").n_unique())["fold"].max() == 2


def test_a_class_with_fewer_patients_than_folds_is_set_aside() -> None:
    set_aside = SetAside()
    kept = enough(studies(a=6, b=5, c=4), 5, "patient", set_aside)
    assert sorted(kept["subtype"].unique()) == ["a", "b"]
    (problem,) = set_aside.problems
    assert (problem.subject, problem.reason) == ("c", "has 4 patient ids for 5 folds")
    assert "set folds.count to 4 or less" in problem.cure


def test_one_class_alone_cannot_be_told_apart() -> None:
    with pytest.raises(CohortError, match="has 1 classes with at least 5"):
        enough(studies(a=6, b=2), 5, "patient", SetAside())


def test_a_study_with_two_masses_is_one_study() -> None:
    lesions = pl.DataFrame({"lesion": ["1", "2"], "study": ["s", "s"], "patient": ["p", "p"], "subtype": ["a", "a"]})
    assert studies_of(lesions).rows() == [("s", "p", "a")]


def test_a_study_without_a_slice_is_set_aside() -> None:
    set_aside, table = SetAside(), studies(a=2, b=1)
    kept = with_slices(table, table.filter(pl.col("study") != "b0-1").select("study"), set_aside)
    assert "b0-1" not in kept["study"].to_list()
    assert len(kept) == len(table) - 1
    (problem,) = set_aside.problems
    assert (problem.kind, problem.subject, problem.reason) == ("study", "b0-1", "has no slice of its mass")
