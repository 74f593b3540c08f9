"""The clinical floor."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lesionary.subtyping.learning.clinical import cross_validate, measures
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES


def test_the_largest_mass_speaks_for_its_study() -> None:
    lesions = pl.DataFrame(
        {
            "study": ["s", "s", "t"],
            "mean_hu": [10.0, 50.0, -40.0],
            "size_x_mm": [20.0, 10.0, 5.0],
            "size_y_mm": [8.0, 12.0, 6.0],
            "size_z_mm": [9.0, 30.0, 4.0],
        }
    )
    found = measures(pl.DataFrame({"study": ["t", "s"]}), lesions)
    np.testing.assert_array_equal(found, [[-40, 6], [50, 30]])


@pytest.mark.parametrize("classes", [2, 3])
def test_out_of_fold_probabilities_come_from_the_other_folds(classes: int) -> None:
    rng = np.random.default_rng(0)
    label = np.tile([0, 1, 2], 20) % classes
    x = np.array([[0, 10], [60, 40], [-60, 30]])[label] + rng.normal(0, 10, (60, 2))
    fold = np.repeat(np.arange(5), 12)
    models, probability = cross_validate(x, label, fold)
    assert (probability.argmax(axis=1) == label).mean() > 0.85
    for k, model in enumerate(models):
        test = fold == k
        z = (x[test] - model.mean) / model.deviation @ model.weight.T + model.bias
        softmax = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(softmax, probability[test])


def test_what_chooses_or_is_tested_teaches_nothing() -> None:
    rng = np.random.default_rng(0)
    label, fold = np.arange(60) % 2, np.repeat([0, CHOOSES, TEACHES], 20)
    x = np.array([[0, 10], [60, 40]])[label] + rng.normal(0, 30, (60, 2))
    (model,), probability = cross_validate(x, label, fold)
    (alone,), _ = cross_validate(np.where((fold == TEACHES)[:, None], x, -7.0), label, fold)
    np.testing.assert_array_equal(model.weight, alone.weight)
    np.testing.assert_array_equal(model.mean, x[fold == TEACHES].mean(axis=0))
    np.testing.assert_array_equal(np.isnan(probability).any(axis=1), fold < 0)
