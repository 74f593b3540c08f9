from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from torch import Tensor

from lesionary.annotation.learning.triplets import Triplets, choose, similarity, triplet_loss


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def label_sets(lesions: int = 30, labels: int = 12, seed: int = 0) -> Tensor:
    return torch.rand(lesions, labels, generator=generator(seed)) < torch.linspace(0.02, 0.5, labels)


def similarity_by_hand(targets: Tensor) -> list[list[float]]:
    sets = [set(row.nonzero().flatten().tolist()) for row in targets]
    return [[len(a & b) ** 2 / len(a | b) if a | b else 0.0 for b in sets] for a in sets]


def candidates(alike: list[list[float]], anchor: int) -> dict[int, list[int]]:
    """For each lesion that may be the positive of `anchor`, those that may be the negative: the choice step by step."""
    others = [other for other in range(len(alike)) if other != anchor]
    most, least = max(alike[anchor][other] for other in others), min(alike[anchor][other] for other in others)
    positives = [other for other in others if alike[anchor][other] >= 1]
    positives = positives or [other for other in others if alike[anchor][other] == most]
    return {
        positive: [other for other in others if alike[anchor][other] < alike[anchor][positive]]
        or [other for other in others if alike[anchor][other] == least]
        for positive in positives
    }


def test_similarity_is_its_slow_twin() -> None:
    targets = label_sets()
    targets[3] = False
    torch.testing.assert_close(similarity(targets), torch.tensor(similarity_by_hand(targets)))


@pytest.mark.parametrize("seed", range(4))
def test_every_triplet_could_have_been_chosen_step_by_step(seed: int) -> None:
    targets = label_sets(seed=seed)
    targets[seed] = False  # without a label, similar to none
    alike = similarity_by_hand(targets)
    for anchor, positive, negative in zip(
        *(part.tolist() for part in choose(similarity(targets), 2000, generator())), strict=True
    ):
        assert anchor != positive
        assert negative in candidates(alike, anchor)[positive]


def test_anchors_positives_and_negatives_are_drawn_alike() -> None:
    # 0, 1, 2 share two labels; 3 and 4 share one with them (1/2 < 1), 5 none
    targets = torch.tensor([[1, 1, 0], [1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).bool()
    drawn = choose(similarity(targets), 60_000, generator())
    counts = Counter(drawn.anchor.tolist())
    assert all(counts[lesion] == pytest.approx(10_000, rel=0.05) for lesion in range(6))
    of_first = Counter(zip(*(part[drawn.anchor == 0].tolist() for part in drawn[1:]), strict=True))
    assert set(of_first) == {(positive, negative) for positive in (1, 2) for negative in (3, 4, 5)}
    assert all(count == pytest.approx(counts[0] / 6, rel=0.15) for count in of_first.values())


def test_where_none_is_alike_the_most_and_the_least_similar_are_taken() -> None:
    # similarity to 0: 0, 1/2, 1/3, 0
    targets = torch.tensor([[1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]]).bool()
    drawn = choose(similarity(targets), 1000, generator())
    first = drawn.anchor == 0
    assert set(drawn.positive[first].tolist()) == {1}
    assert set(drawn.negative[first].tolist()) == {2, 3}


def test_where_all_are_equally_alike_there_is_still_a_triplet() -> None:
    drawn = choose(similarity(torch.ones(3, 2).bool()), 50, generator())
    for anchor, positive, negative in zip(*(part.tolist() for part in drawn), strict=True):
        assert anchor not in (positive, negative)


def test_two_lesions_are_enough() -> None:
    drawn = choose(similarity(torch.eye(2).bool()), 20, generator())
    assert torch.equal(drawn.positive, 1 - drawn.anchor)
    assert torch.equal(drawn.negative, drawn.positive)


def test_triplets_follow_from_the_generator() -> None:
    one, again, other = (torch.stack(choose(similarity(label_sets()), 100, generator(seed))) for seed in (0, 0, 1))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_the_loss_is_its_slow_twin() -> None:
    embedding = torch.randn(30, 4, generator=generator())
    drawn = choose(similarity(label_sets()), 500, generator())
    total = 0.0
    for anchor, positive, negative in zip(*(part.tolist() for part in drawn), strict=True):
        near = math.dist(embedding[anchor].tolist(), embedding[positive].tolist())
        total += max(0.0, near - math.dist(embedding[anchor].tolist(), embedding[negative].tolist()) + 0.1)
    assert triplet_loss(embedding, drawn).item() == pytest.approx(total / 500, rel=1e-4)


def test_the_loss_draws_the_alike_nearer_and_pushes_the_unlike_away() -> None:
    embedding = torch.tensor([[0.0], [1.0], [1.05]], requires_grad=True)
    triplet_loss(embedding, Triplets(*torch.tensor([[0], [1], [2]]))).backward()
    assert embedding.grad is not None
    assert embedding.grad.flatten().tolist() == [0.0, 1.0, -1.0]


def test_equal_embeddings_have_a_finite_gradient() -> None:
    embedding = torch.ones(3, 4, requires_grad=True)
    triplet_loss(embedding, Triplets(*torch.tensor([[0], [1], [2]]))).backward()
    assert embedding.grad is not None
    assert torch.equal(embedding.grad, torch.zeros(3, 4))
