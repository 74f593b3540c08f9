"""A cohort's own train, val and test."""

from __future__ import annotations

import polars as pl
import pytest

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.subtyping.parts import as_folds, in_every_part, with_parts
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES


def cohort(patients: int = 24, split: str | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Studies of two classes, two for every third patient; the index with `split` for all."""
    rows = [
        {"study": f"s{p}-{n}", "patient": f"p{p}", "subtype": "ab"[p % 2]}
        for p in range(patients)
        for n in range(1 + (p % 3 == 0))
    ]
    studies = pl.DataFrame(rows)
    return studies, studies.with_columns(split=pl.lit(split, pl.String))


def test_a_part_that_the_cohort_names_is_kept() -> None:
    studies, index = cohort(4)
    named = index.with_columns(split=pl.Series(["train", None, "val", "test", "train", None]))
    parted = with_parts(studies, named, seed=0)
    assert dict(parted.select("patient", "part").iter_rows()) == {
        "p0": "train",
        "p1": "val",
        "p2": "test",
        "p3": "train",
    }


def test_parts_are_drawn_by_patient_and_of_every_class() -> None:
    parted = with_parts(*cohort(40), seed=3)
    assert parted.group_by("patient").agg(pl.col("part").n_unique())["part"].max() == 1
    counts = parted.unique("patient").group_by("subtype", "part").len().sort("subtype", "part")
    assert counts["len"].to_list() == [3, 14, 3] * 2  # test, train, val of twenty patients each


def test_names_do_not_matter_to_the_draw_only_their_order() -> None:
    studies, index = cohort()
    parts = []
    for ending in ("", "x"):
        renamed = [table.with_columns(pl.col("patient") + ending) for table in (studies, index)]
        parts.append(with_parts(*renamed, seed=5)["part"].to_list())
    assert parts[0] == parts[1]
    assert parts[0] != with_parts(studies, index, seed=6)["part"].to_list()


def test_a_patient_in_two_parts_is_named_even_across_classes() -> None:
    studies = pl.DataFrame({"study": ["s", "t"], "patient": ["p", "p"], "subtype": ["a", "b"]})
    index = studies.with_columns(split=pl.Series(["train", "test"]))
    with pytest.raises(CohortError, match="patient p: stands in train and in test"):
        with_parts(studies, index, seed=0)


def test_a_part_of_another_name_is_named() -> None:
    studies, index = cohort(split="dev")
    with pytest.raises(CohortError, match="the column split: reads 'dev'"):
        with_parts(studies, index, seed=0)


def test_a_class_that_a_part_lacks_is_set_aside() -> None:
    parts = [("a", part) for part in ("train", "val", "test")] + [("b", part) for part in ("train", "val", "test")]
    rows = [*parts, ("c", "train"), ("c", "train")]
    studies = pl.DataFrame({"subtype": [c for c, _ in rows], "part": [p for _, p in rows]})
    set_aside = SetAside()
    assert in_every_part(studies, set_aside)["subtype"].to_list() == ["a"] * 3 + ["b"] * 3
    (problem,) = set_aside.problems
    assert (problem.subject, problem.reason) == ("c", "has no patient in val and test")
    with pytest.raises(CohortError, match="has 1 classes with a patient in each of train, val, test"):
        in_every_part(studies.filter(pl.col("subtype") != "b"), SetAside())


def test_test_is_the_one_fold_and_a_rehearsal_has_nothing_of_it() -> None:
    parted = with_parts(*cohort(40), seed=3)
    whole, rehearsed = (as_folds(parted, rehearsal=rehearsal) for rehearsal in (False, True))
    fold = dict(whole.select("study", "fold").iter_rows())
    for study, part in parted.select("study", "part").iter_rows():
        assert fold[study] == {"train": TEACHES, "val": CHOOSES, "test": 0}[part]
    tested = parted.filter(pl.col("part") == "test")["study"]
    assert not set(tested) & set(rehearsed["study"])
    assert set(rehearsed["fold"]) == {TEACHES, 0}
    assert set(rehearsed.filter(pl.col("fold") == 0)["study"]) == set(parted.filter(pl.col("part") == "val")["study"])


def test_a_patient_that_slipped_into_two_parts_stops_everything() -> None:
    rows = {"study": ["s", "t"], "patient": ["p", "p"], "subtype": ["a", "a"], "part": ["train", "test"]}
    with pytest.raises(AssertionError, match="1 patient ids lie in two folds"):
        as_folds(pl.DataFrame(rows), rehearsal=False)
