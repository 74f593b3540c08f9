"""Similar lesions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from lesionary.annotation.dataset import Labels
from lesionary.annotation.learning import triplets
from lesionary.annotation.scoring.retrieving import neighbours, retrieval_table, search, similarity
from lesionary.base.errors import ParamsError


@pytest.fixture
def labels() -> Labels:
    """Two test lesions of one patient, and two others; the first and the last have one label, the others another."""
    lesions = pl.DataFrame(
        {"lesion": list("abcd"), "patient": ["p", "p", "q", "r"], "split": ["test"] * 2 + ["train"] * 2}
    ).with_columns(mined=pl.lit(value=True))
    truth = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], bool)
    table = pl.DataFrame({"label": ["x", "y"], "class": ["type"] * 2, "train": [7, 3]})
    none = np.zeros((2, 2), bool)
    return Labels(lesions, ("x", "y"), table, {"relevant_expanded": truth}, none, none)


def test_similarity_is_that_of_the_triplet_loss() -> None:
    sets = np.random.default_rng(0).random((9, 5)) < 0.4
    np.testing.assert_allclose(similarity(sets, sets), triplets.similarity(torch.from_numpy(sets)).numpy(), rtol=1e-6)


def test_the_own_patient_is_never_found(labels: Labels) -> None:
    embedding = np.array([[0.0], [0.0], [5.0], [9.0]], np.float32)
    assert neighbours(labels, embedding, np.array([0, 1]), 2).tolist() == [[2, 3], [2, 3]]


def test_each_query_is_judged_by_its_own_labels(labels: Labels) -> None:
    found = search(labels, np.array([[0.0], [0.0], [5.0], [9.0]], np.float32))
    assert found.average_precision.tolist() == [0.5, 1.0]
    table = retrieval_table(labels, found, replicates=100, level=0.9, seed=1)
    assert table.row(0) == ("map", 0.75, 0.75, 0.75)  # one patient alone is drawn again and again


def test_what_is_labelled_by_hand_alone_neither_asks_nor_stands_in_the_way(labels: Labels) -> None:
    """Lesion b no longer asks, and c, nearest to a, is no longer found before d."""
    alone = pl.col("lesion").is_in(["b", "c"])
    part = replace(labels, lesions=labels.lesions.with_columns(mined=~alone))
    found = search(part, np.array([[0.0], [0.0], [5.0], [9.0]], np.float32))
    assert found.average_precision.tolist() == [1.0]
    assert retrieval_table(part, found, replicates=100, level=0.9, seed=1).row(0) == ("map", 1.0, 1.0, 1.0)


def test_a_subset_keeps_labels_above_its_cutoff(labels: Labels) -> None:
    part = labels.more_frequent_than(3)
    assert part.names == ("x",)
    assert part.matrices["relevant_expanded"].tolist() == [[True], [False], [False], [True]]
    with pytest.raises(ParamsError, match="go below 7"):
        labels.more_frequent_than(7)
