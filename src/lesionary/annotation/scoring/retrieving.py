"""Lesions that look like a lesion: searched in the embedding, judged by the labels they share (LesaNet, 4.4 and 5.5).

Queries are the lesions of the text-mined test set; they are searched for among the lesions of all other patients that
have mined labels. A found lesion is relevant where Eq. 3 of the two sets of labels, mined and with their parents,
reaches the 1 that training asks of a similar lesion.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.annotation.dataset import Labels
from lesionary.annotation.labels import Matrix
from lesionary.evaluation.multilabel import draw_patients, interval
from lesionary.evaluation.retrieval import NAMES, Retrieval, nearest, retrieve

ALIKE = 1.0
"""The least similarity of a relevant lesion; the triplet loss has the same (5.2)."""


def similarity(queries: Matrix, gallery: Matrix) -> NDArray[np.float64]:
    """Eq. 3, shape (queries, gallery): shared labels squared, over those that either has; 0 where neither has any.

    >>> similarity(np.array([[1, 1, 1, 0]], bool), np.array([[0, 1, 1, 1], [0, 0, 0, 1]], bool))
    array([[1., 0.]])
    """
    shared = queries.astype(np.float64) @ gallery.T.astype(np.float64)
    either = queries.sum(axis=1)[:, None] + gallery.sum(axis=1) - shared
    return np.asarray(shared**2 / np.maximum(either, 1))


def search(labels: Labels, embedding: NDArray[np.float32]) -> Retrieval:
    """Search for every test lesion; `embedding` (lesions, features) is in the order of the labels."""
    rows, known = labels.mined("test"), labels.matrices["relevant_expanded"]
    relevant = similarity(known[rows], known) >= ALIKE
    return retrieve(embedding[rows], embedding, relevant, _others(labels, rows) & labels.lesions["mined"].to_numpy())


def neighbours(
    labels: Labels, embedding: NDArray[np.float32], rows: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """The `count` lesions nearest to each of `rows`, none of the same patient, shape (rows, count)."""
    return nearest(embedding[rows], embedding, _others(labels, rows))[:, :count]


def retrieval_table(labels: Labels, found: Retrieval, *, replicates: int, level: float, seed: int) -> pl.DataFrame:
    """One row a metric: metric, value, low, high; intervals by bootstrap over the patients of the queries."""
    patients = labels.lesions["patient"].to_numpy()[labels.mined("test")]
    drawn = draw_patients(np.unique(patients, return_inverse=True)[1], replicates, np.random.default_rng(seed))
    values, again = found.means(), found.means(drawn)
    rows = []
    for name in (*NAMES, "chance"):
        low, high = interval(again[name], level)
        rows.append({"metric": name, "value": float(values[name][0]), "low": low, "high": high})
    return pl.DataFrame(rows).with_columns(pl.selectors.float().round(4))


def _others(labels: Labels, rows: NDArray[np.int64]) -> Matrix:
    """Lesions of other patients than that of each row."""
    patients = labels.lesions["patient"].to_numpy()
    return np.asarray(patients[rows][:, None] != patients)
