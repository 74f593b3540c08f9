"""Figures and computed paragraphs of the annotation section."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from lesionary.site.agreement import agreements, recall_lost
from lesionary.site.exhibits import subset_means
from lesionary.site.frequency import Bands, by_frequency
from lesionary.site.published import read_published
from lesionary.site.rows import Row


def rows_of(folder: Path, f1: dict[str, float]) -> list[Row]:
    """Rows that reach these, on the text-mined test set."""
    rows = []
    for name, value in f1.items():
        (folder / f"{name}.json").write_text(json.dumps({"text_mined": {"auc": value, "f1": value}}), "utf-8")
        rows.append(Row(name, "", folder / f"{name}.json", folder / name))
    return rows


def with_labels(folder: Path, recall: dict[str, list[float | None]]) -> list[Row]:
    """Rows with these recalls of four labels, from frequent to rare."""
    rows = rows_of(folder, dict.fromkeys(recall, 0.5))
    for row in rows:
        row.plots.mkdir()
        values = {"label": list("abcd"), "train": [90, 50, 20, 5], "recall": recall[row.name]}
        table = pl.DataFrame({**values, "auc": recall[row.name], "f1": recall[row.name]})
        pl.concat(
            [table.select(pl.lit(test).alias("test"), pl.all()) for test in ("text_mined", "hand_labelled")]
        ).write_csv(row.plots / "per_label.csv")
    return rows


def test_rows_in_the_published_order_agree_with_it(tmp_path: Path) -> None:
    same = {"lesion_embedding": 0.1, "multiscale_cnn": 0.2, "warp": 0.3, "lesanet": 0.4, "a_row_of_ours": 0.9}
    f1 = next(one for one in agreements(rows_of(tmp_path, same), read_published()) if one.metric == "f1")
    assert (f1.correlation, f1.other) == (pytest.approx(1.0), ())
    assert f1.same == ("lesion_embedding", "multiscale_cnn", "warp")


def test_a_row_on_the_other_side_of_lesanet_is_named(tmp_path: Path) -> None:
    turned = {"lesion_embedding": 0.1, "multiscale_cnn": 0.2, "warp": 0.5, "lesanet": 0.4}
    f1 = next(one for one in agreements(rows_of(tmp_path, turned), read_published()) if one.metric == "f1")
    assert f1.other == ("warp",)
    assert f1.correlation == pytest.approx(1 - 6 * 2 / (4 * 15))


def test_of_three_rows_no_order_is_told(tmp_path: Path) -> None:
    assert agreements(rows_of(tmp_path, {"lesanet": 0.4, "warp": 0.3, "multiscale_cnn": 0.2}), read_published()) == ()


def test_recall_lost_is_the_mean_over_labels_that_both_measured(tmp_path: Path) -> None:
    rows = with_labels(tmp_path, {"lesanet": [0.9, 0.8, 0.7, 0.5], "without_propagation": [0.8, 0.7, 0.3, None]})
    table = recall_lost(rows, Bands(40, 10), read_published())
    assert [cell.value for cell in table.groups[0].lines[0].cells] == [pytest.approx(20.0), pytest.approx(10.0)]
    alone = recall_lost(rows[:1], Bands(40, 10), read_published())
    assert [cell.text for cell in alone.groups[0].lines[0].cells] == ["–", "–"]


def test_every_label_is_frequent_medium_or_rare(tmp_path: Path) -> None:
    table = by_frequency(with_labels(tmp_path, {"lesanet": [0.9, 0.7, 0.5, 0.3]}), Bands(40, 10))
    assert [cell.value for cell in table.groups[0].lines[0].cells[:3]] == [pytest.approx(v) for v in (0.8, 0.5, 0.3)]
    assert "more than 40" in table.note


def test_a_training_is_tested_on_its_own_and_on_every_smaller_subset() -> None:
    many = pl.DataFrame({"test": ["text_mined"] * 3, "label": list("abc"), "train": [9, 5, 2], "f1": [0.9, 0.5, None]})
    found = subset_means({4: many.head(2), 1: many})
    assert found.rows() == [(4, 4, 2, 0.7), (1, 1, 2, 0.7), (1, 4, 2, 0.7)]


def test_what_was_not_drawn_is_not_promised(run: dict[str, Path], write_page: Callable[[], str]) -> None:
    (run["plots"] / "annotation" / "figures" / "propagation.svg").unlink()
    page = write_page()
    assert "#propagation" not in page
    assert 'id="samples"' in page
    assert "Differences from lesanet" not in page
    difference = {"row": "another", "test": "text_mined", "metric": "f1", "value": -0.1, "low": -0.2, "high": 0.05}
    pl.DataFrame([difference]).write_csv(run["plots"] / "annotation" / "differences.csv")
    assert "[-0.200, 0.050]" in write_page()
