"""From probabilities to the numbers of Tables 7 and 8."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lesionary.site.published import read_published
from lesionary.subfigures.measuring import Best, Decisions, count_best
from lesionary.subfigures.parts import Part

# Truth a a a b b, decided a a b b a; nobody is c, which is named once in training
PREDICTIONS = pl.DataFrame(
    {
        "n": range(6),
        "class": ["a", "a", "a", "b", "b", "a"],
        "part": ["test"] * 5 + ["train"],
        "p_a": [0.6, 0.5, 0.2, 0.1, 0.7, 0.0],
        "p_b": [0.3, 0.4, 0.6, 0.8, 0.2, 0.0],
        "p_c": [0.1, 0.1, 0.2, 0.1, 0.1, 1.0],
    }
)
TEST = Decisions.of(PREDICTIONS, Part.TEST)


def test_a_decision_is_the_class_of_highest_probability() -> None:
    assert TEST.classes == ("a", "b", "c")
    assert TEST.counts().tolist() == [[2, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_means_are_over_the_classes_that_have_images() -> None:
    """a: precision 2/3, recall 2/3, F1 2/3; b: 1/2 each; c has no test image and is left out."""
    assert TEST.summary() == pytest.approx({"accuracy": 0.6, "precision": 7 / 12, "recall": 7 / 12, "f1": 7 / 12})


def test_a_class_that_is_never_named_has_f1_0_and_counts() -> None:
    named = PREDICTIONS.with_columns(p_a=pl.lit(1.0))
    assert Decisions.of(named, Part.TEST).summary()["f1"] == pytest.approx((0.75 + 0) / 2)


def test_a_class_without_images_has_empty_cells() -> None:
    assert TEST.each_class().rows() == [
        ("a", 3, 0.6667, 0.6667, 0.6667),
        ("b", 2, 0.5, 0.5, 0.5),
        ("c", 0, None, None, None),
    ]


def test_a_part_without_images_has_no_numbers() -> None:
    assert Decisions.of(PREDICTIONS, Part.VALIDATION).summary() == {}


def test_intervals_draw_images() -> None:
    """Of 100 images, 80 right, the share of a draw deviates by 0.04: a 95 % interval of about 0.72 to 0.88."""
    truth = np.zeros(100, np.int64)
    truth[50:] = 1
    predicted = truth.copy()
    predicted[::5] = 1 - predicted[::5]
    table = Decisions(("a", "b"), truth, predicted).interval_table(replicates=4000, level=0.95, seed=1)
    assert table.columns == ["part", "metric", "value", "low", "high"]
    accuracy = table.row(by_predicate=pl.col("metric") == "accuracy", named=True)
    assert (accuracy["part"], accuracy["value"]) == ("test", 0.8)
    assert accuracy["low"] == pytest.approx(0.72, abs=0.011)
    assert accuracy["high"] == pytest.approx(0.88, abs=0.011)


def test_the_published_table_counts_five_and_twenty_one() -> None:
    """Table 8: 5 for GoogLeNet+AlexNet, 21 for DMRN; four classes that neither ever names rightly are nobody's."""
    published = read_published()
    classes = published.tables["subfigures_f1"].columns
    f1 = {
        row: {name: published.cell("subfigures_f1", row, name).value or 0.0 for name in classes}
        for row in ("googlenet_alexnet", "dmrn")
    }
    assert count_best(f1) == Best({"googlenet_alexnet": 5, "dmrn": 21}, tied=0, missed=4)


def test_a_row_alone_is_best_wherever_it_names_anything() -> None:
    assert count_best({"dmrn": {"a": 0.5, "b": 0.0}}) == Best({"dmrn": 1}, tied=0, missed=1)
    assert count_best({}) == Best({}, tied=0, missed=0)
