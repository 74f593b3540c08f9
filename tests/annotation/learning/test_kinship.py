from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from lesionary.annotation.learning.kinship import LIKE_SIZE, NEAR_MM, kinship, neighbour_scores
from lesionary.annotation.learning.losses import ClassWeights, class_weights
from lesionary.annotation.learning.triplets import choose


def lesions(count: int = 30) -> tuple[torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(0)
    places = torch.rand(count, 4, generator=rng) * torch.tensor([120.0, 90.0, 40.0, 40.0])
    return torch.randint(3, (count,), generator=rng), places


def test_kinship_is_its_slow_twin() -> None:
    parts, places = lesions()
    found = kinship(parts, places)
    for a in range(30):
        for b in range(30):
            sizes = [math.sqrt(max(w, 1) * max(h, 1)) for _, _, w, h in (places[a].tolist(), places[b].tolist())]
            near = math.dist(places[a, :2].tolist(), places[b, :2].tolist()) <= NEAR_MM
            level = 0
            if parts[a] == parts[b]:
                level = 1 + near + (near and max(sizes) <= LIKE_SIZE * min(sizes))
            assert found[a, b] == level


def test_a_triplet_sets_the_like_apart_from_the_less_like() -> None:
    alike = kinship(*lesions())
    drawn = choose(alike, 2000, torch.Generator().manual_seed(1), threshold=3.0)
    best = alike.clone().fill_diagonal_(-1).max(dim=1).values
    assert (alike[drawn.anchor, drawn.positive] == best[drawn.anchor]).all()
    assert (alike[drawn.anchor, drawn.negative] < alike[drawn.anchor, drawn.positive]).float().mean() > 0.95


def unit(points: np.ndarray) -> np.ndarray:
    return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [1, 4, 100])
def test_neighbours_are_their_slow_twin(count: int) -> None:
    rng = np.random.default_rng(0)
    known, asked = unit(rng.normal(size=(40, 5))), unit(rng.normal(size=(7, 5)))
    targets = rng.random((40, 3)) < 0.3
    weights = class_weights(torch.as_tensor(targets))
    found = neighbour_scores(known, targets, asked, weights, count)
    for lesion in range(7):
        nearest = sorted(range(40), key=lambda other: math.dist(known[other], asked[lesion]))[:count]
        for label in range(3):
            share = sum(targets[other, label] for other in nearest) / len(nearest)
            present = share * weights.positive[label].item()
            absent = (1 - share) * weights.negative[label].item()
            assert found[lesion, label] == pytest.approx(present / (present + absent))


def test_a_lesion_is_not_its_own_neighbour() -> None:
    known, targets = np.eye(3), np.eye(3, dtype=bool)
    even = ClassWeights(torch.ones(3), torch.ones(3))
    alone = neighbour_scores(known, targets, known, even, 1)
    np.testing.assert_array_equal(alone, np.eye(3))
    others = neighbour_scores(known, targets, known, even, 1, itself=np.array([0, 1, -1]))
    assert others[[0, 1], [0, 1]].tolist() == [0, 0]
    assert others[2].tolist() == [0, 0, 1]


def test_as_many_neighbours_with_a_label_as_lesions_have_it_leave_it_open() -> None:
    targets = np.array([[True], [False], [False], [False]])
    found = neighbour_scores(np.ones((4, 1)), targets, np.ones((1, 1)), class_weights(torch.as_tensor(targets)), 4)
    assert found.item() == pytest.approx(0.5)
