"""Retrieval."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.evaluation.retrieval import PLACES, nearest, retrieve


def slowly(queries: np.ndarray, gallery: np.ndarray, relevant: np.ndarray, allowed: np.ndarray) -> dict[str, float]:
    """One query after the other, one found lesion after the other."""
    precisions, hits, chances = [], {k: [] for k in PLACES}, []
    for q, query in enumerate(queries):
        candidates = [g for g in range(len(gallery)) if allowed[q, g]]
        candidates.sort(key=lambda g, query=query: float(np.sqrt(((query - gallery[g]) ** 2).sum())))
        found = [bool(relevant[q, g]) for g in candidates]
        if any(found):
            at_hits = [sum(found[: n + 1]) / (n + 1) for n, hit in enumerate(found) if hit]
            precisions.append(np.mean(at_hits))
            chances.append(np.mean(found))
            for k in PLACES:
                hits[k].append(any(found[:k]))
    recalls = {f"recall_at_{k}": float(np.mean(hits[k])) for k in PLACES}
    return {"map": float(np.mean(precisions)), **recalls, "chance": float(np.mean(chances))}


def test_all_at_once_is_one_by_one() -> None:
    rng = np.random.default_rng(4)
    queries, gallery = rng.normal(size=(12, 3)), rng.normal(size=(40, 3))
    relevant, allowed = rng.random((12, 40)) < 0.1, rng.random((12, 40)) < 0.8
    relevant[5] = False
    found = {name: value[0] for name, value in retrieve(queries, gallery, relevant, allowed).means().items()}
    assert found == pytest.approx(slowly(queries, gallery, relevant, allowed))


def test_relevant_ones_at_places_1_and_3_of_3_have_an_average_precision_of_five_sixths() -> None:
    gallery = np.array([[1.0], [2.0], [3.0]])
    found = retrieve(np.zeros((1, 1)), gallery, np.array([[True, False, True]]), np.ones((1, 3), bool))
    assert found.average_precision == pytest.approx([(1 / 1 + 2 / 3) / 2])
    assert found.first.tolist() == [1.0]
    assert found.chance == pytest.approx([2 / 3])


def test_what_is_not_allowed_is_not_found_even_at_distance_zero() -> None:
    gallery, allowed = np.array([[0.0], [5.0]]), np.array([[False, True]])
    assert nearest(np.zeros((1, 1)), gallery, allowed)[0, 0] == 1
    assert np.isnan(retrieve(np.zeros((1, 1)), gallery, np.array([[True, False]]), allowed).first).all()


def test_drawing_every_query_once_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    found = retrieve(rng.normal(size=(6, 2)), rng.normal(size=(9, 2)), rng.random((6, 9)) < 0.3, np.ones((6, 9), bool))
    once, twice = found.means(), found.means(np.full((2, 6), 3.0))
    assert all(twice[name] == pytest.approx([value[0]] * 2) for name, value in once.items())
