from __future__ import annotations

from pathlib import Path

import numpy as np

from lesionary.annotation.comparing import Replicates, differences, interval_table, load_replicates, save_replicates

NAMES = ("auc", "precision", "recall", "f1")


def replicates(shift: float = 0.0, seed: int = 0) -> Replicates:
    rng = np.random.default_rng(seed)
    drawn = rng.normal(0.5, 0.1, 201)
    return {test: dict.fromkeys(NAMES, drawn + shift) for test in ("hand_labelled", "text_mined")}


def test_replicates_come_back_as_they_were_saved(tmp_path: Path) -> None:
    save_replicates(tmp_path / "row.safetensors", replicates())
    back = load_replicates(tmp_path / "row.safetensors")
    assert [list(part) for part in back.values()] == [list(NAMES)] * 2
    np.testing.assert_array_equal(back["text_mined"]["f1"], replicates()["text_mined"]["f1"])


def test_the_first_replicate_is_the_value_and_has_no_part_in_the_interval() -> None:
    found = interval_table({"test": {"f1": np.array([9.0, *np.linspace(0, 1, 101)])}}, level=0.9)
    assert found.row(0) == ("test", "f1", 9.0, 0.05, 0.95)


def test_a_constant_shift_is_a_difference_without_width(tmp_path: Path) -> None:
    for name, shift in (("lesanet", 0.0), ("better", 0.25)):
        save_replicates(tmp_path / f"{name}.safetensors", replicates(shift))
    save_replicates(tmp_path / "removed.safetensors", replicates(0.5))
    found = differences(tmp_path, ["better", "lesanet"], level=0.95)
    assert found.columns == ["row", "test", "metric", "value", "low", "high"]
    assert set(found["row"]) == {"better"}
    assert len(found) == 8
    assert found.select("value", "low", "high").unique().rows() == [(0.25, 0.25, 0.25)]


def test_rows_are_compared_with_the_first_where_lesanet_is_not_built(tmp_path: Path) -> None:
    for name, shift in (("one", 0.0), ("two", -0.1)):
        save_replicates(tmp_path / f"{name}.safetensors", replicates(shift))
    found = differences(tmp_path, ["one", "two"], level=0.95)
    assert found["row"].unique().to_list() == ["two"]
    assert found["value"].unique().to_list() == [-0.1]


def test_one_row_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    found = differences(tmp_path, ["lesanet"], level=0.95)
    assert (len(found), found.columns) == (0, ["row", "test", "metric", "value", "low", "high"])


def test_draws_are_shared_so_a_pair_is_narrower_than_its_parts(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, 201)
    save_replicates(tmp_path / "lesanet.safetensors", replicates())
    other = {test: {name: values + noise for name, values in part.items()} for test, part in replicates().items()}
    save_replicates(tmp_path / "other.safetensors", other)
    pair = differences(tmp_path, ["lesanet", "other"], level=0.95)
    alone = interval_table(replicates(), level=0.95)
    assert (pair["high"] - pair["low"]).max() < 0.2 * (alone["high"] - alone["low"]).min()  # type: ignore[operator]
