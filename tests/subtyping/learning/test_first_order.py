"""First-order features, each by hand or by its slow twin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.imaging.shards import ShardWriter
from lesionary.subtyping.learning.first_order import FEATURES, INTENSITIES, first_order, measures


def named(hu: np.ndarray) -> dict[str, float]:
    return dict(zip(INTENSITIES, first_order(hu).tolist(), strict=True))


def test_features_by_hand() -> None:
    found = named(np.array([[-50, 0], [0, 100]]))  # mean 12.5, deviations -62.5, -12.5, -12.5, 87.5
    assert (found["mean"], found["minimum"], found["median"], found["maximum"]) == (12.5, -50, 0, 100)
    variance = (62.5**2 + 2 * 12.5**2 + 87.5**2) / 4
    assert found["standard_deviation"] == pytest.approx(variance**0.5)
    assert found["mean_absolute_deviation"] == pytest.approx((62.5 + 12.5 + 12.5 + 87.5) / 4)
    assert found["root_mean_squared"] == pytest.approx(((50**2 + 100**2) / 4) ** 0.5)
    assert found["skewness"] == pytest.approx((-(62.5**3) - 2 * 12.5**3 + 87.5**3) / 4 / variance**1.5)
    assert found["kurtosis"] == pytest.approx((62.5**4 + 2 * 12.5**4 + 87.5**4) / 4 / variance**2 - 3)
    assert [found["10_percentile"], found["90_percentile"]] == pytest.approx([-35, 70])  # linear between neighbours
    assert found["interquartile_range"] == pytest.approx(25 + 12.5)
    assert found["robust_mean_absolute_deviation"] == 0  # of the two zeros, which lie between these percentiles
    assert found["entropy"] == pytest.approx(1.5)  # a quarter, a half, a quarter
    assert found["uniformity"] == pytest.approx(0.375)


def test_bins_are_25_hu_wide_from_their_multiples_on() -> None:
    assert named(np.array([0, 24]))["entropy"] == 0
    assert named(np.array([24, 25]))["entropy"] == 1
    assert named(np.array([-1, 0]))["uniformity"] == 0.5


def test_features_are_those_of_the_slow_twin() -> None:
    hu = np.random.default_rng(0).normal(40, 60, (3, 20, 20)).round().astype(np.int16)
    values, found = sorted(hu.ravel().tolist()), named(hu)
    low, high = np.percentile(values, 10), np.percentile(values, 90)
    middle = [v for v in values if low <= v <= high]
    around = sum(middle) / len(middle)
    assert found["robust_mean_absolute_deviation"] == pytest.approx(sum(abs(v - around) for v in middle) / len(middle))
    bins: dict[int, int] = {}
    for value in values:
        bins[value // 25] = bins.get(value // 25, 0) + 1
    shares = [count / len(values) for count in bins.values()]
    assert found["entropy"] == pytest.approx(-sum(share * np.log2(share) for share in shares))
    assert found["uniformity"] == pytest.approx(sum(share**2 for share in shares))


def test_a_flat_mass_has_finite_features() -> None:
    found = named(np.full((2, 4, 4), 30, np.int16))
    assert np.isfinite(list(found.values())).all()
    assert (found["skewness"], found["kurtosis"], found["entropy"], found["uniformity"]) == (0, 0, 0, 1)


def test_neither_order_nor_place_matters() -> None:
    hu = np.random.default_rng(0).integers(-200, 200, (2, 10, 10))
    shuffled = np.random.default_rng(1).permutation(hu.ravel()).reshape(4, 50)
    np.testing.assert_array_equal(first_order(hu), first_order(shuffled))


def test_a_study_is_its_largest_mass_whose_slices_may_lie_in_two_shards(tmp_path: Path) -> None:
    slices, folds = tmp_path / "slices", tmp_path / "folds"
    masses = {"a": 3, "b": 2, "c": 4}
    stacks = {
        name: np.random.default_rng(n).integers(-50, 90, (depth, 8, 8)).astype(np.int16)
        for n, (name, depth) in enumerate(masses.items())
    }
    with ShardWriter(slices, capacity=4) as shards:
        for stack in stacks.values():
            shards.append(stack)
    names = [name for name, depth in masses.items() for _ in range(depth)]
    pl.DataFrame({"lesion": names}).write_parquet(slices / "slices.parquet")
    lesions = {"lesion": ["a", "b", "c"], "study": ["s", "t", "s"], "size_x_mm": [10.0, 20.0, 5.0]}
    sizes = {"size_y_mm": [10.0, 20.0, 40.0], "size_z_mm": [10.0, 5.0, 10.0]}
    pl.DataFrame({**lesions, **sizes}).write_parquet(slices / "lesions.parquet")
    folds.mkdir()
    who = {"study": ["t", "s"], "patient": ["p", "q"], "subtype": ["x", "y"], "fold": [0, 1]}
    pl.DataFrame(who).write_csv(folds / "folds.csv")
    found = measures(slices, folds)
    assert found.shape == (2, len(FEATURES))
    np.testing.assert_array_equal(found[0], [*first_order(stacks["b"]), 20, 2])
    np.testing.assert_array_equal(found[1], [*first_order(stacks["c"]), 40, 2])
