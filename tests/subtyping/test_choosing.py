"""Which masses are shown."""

from __future__ import annotations

import numpy as np
import polars as pl

from lesionary.subtyping.choosing import hard, middle_slices, typical
from lesionary.subtyping.tables.cases import Cases


def studies() -> Cases:
    """Nine studies of class a and two of b; the first three of a are of one patient."""
    patients = ["p0"] * 3 + [f"p{n}" for n in range(3, 11)]
    table = {"study": [f"s{n}" for n in range(11)], "patient": patients, "subtype": ["a"] * 9 + ["b"] * 2}
    return Cases.of(pl.DataFrame({**table, "fold": [n % 2 for n in range(11)]}))


def test_typical_studies_are_of_their_class_and_of_different_patients() -> None:
    for seed in range(20):
        first, second = typical(studies(), 2, np.random.default_rng(seed))
        assert len(first) == len(second) == 2
        assert set(second) == {9, 10}
        assert set(first) <= set(range(9))
        assert len(set(first) & {0, 1, 2}) < 2


def test_a_class_of_few_patients_shows_fewer() -> None:
    first, second = typical(studies(), 5, np.random.default_rng(0))
    assert (len(first), len(second)) == (5, 2)


def test_the_same_seed_shows_the_same_studies_and_another_others() -> None:
    drawn = [typical(studies(), 2, np.random.default_rng(seed)) for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert any(drawn[0] != other for other in drawn[2:])


def test_a_hard_study_is_of_the_third_that_all_rows_together_are_least_right_about() -> None:
    """Studies 0 to 2 are hard for both rows on average, 3 is the hardest of all for one of them alone."""
    sure = np.array([0.1, 0.2, 0.3, 0.0, 0.8, 0.8, 0.9, 0.9, 0.9, 0.7, 0.6])
    other = np.array([0.2, 0.1, 0.1, 1.0, 0.8, 0.8, 0.9, 0.9, 0.9, 0.8, 0.6])
    rows = [np.stack([np.where(studies().label == 0, p, 1 - p), np.where(studies().label == 0, 1 - p, p)], axis=1)
            for p in (sure, other)]  # fmt: skip
    drawn = [hard(studies(), rows, np.random.default_rng(seed)) for seed in range(30)]
    assert {first for first, _ in drawn} == {0, 1, 2}
    assert {second for _, second in drawn} == {10}


def test_the_middle_slice_is_of_the_thickest_mass_of_each_study_in_the_order_asked_for() -> None:
    masses = [("s1", "l1", 3), ("s1", "l2", 5), ("s2", "l3", 1)]
    rows = [(study, lesion, 10 + z) for study, lesion, depth in masses for z in range(depth)]
    table = pl.DataFrame(rows, ["study", "lesion", "z"], orient="row").with_row_index("n")
    found = middle_slices(table, ["s2", "s1"])
    assert found.select("study", "lesion", "z", "n").rows() == [("s2", "l3", 10, 8), ("s1", "l2", 12, 5)]
