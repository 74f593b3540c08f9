"""The triplet loss: lesions with like sets of labels come closer than lesions with unlike ones (4.4).

All choices of a batch are made at once: each anchor's others are sorted by similarity once, so that "a similar one"
and "a less similar one" are stretches of that order, and drawing from a stretch is drawing a place in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int
    from torch import Generator, Tensor


class Triplets(NamedTuple):
    """Row numbers in the batch."""

    anchor: Int[Tensor, " triplets"]
    positive: Int[Tensor, " triplets"]
    negative: Int[Tensor, " triplets"]


def similarity(targets: Bool[Tensor, "lesions labels"]) -> Float[Tensor, "lesions lesions"]:
    """Eq. 3: the labels two lesions share, squared, over those that either has; 0 where neither has any.

    >>> similarity(torch.tensor([[1, 1, 1, 0], [0, 1, 1, 1]]).bool())
    tensor([[3., 1.],
            [1., 3.]])
    """
    sets = targets.float()
    shared, sizes = sets @ sets.T, sets.sum(dim=1)
    return shared.square() / (sizes[:, None] + sizes - shared).clamp(min=1)


def choose(
    alike: Float[Tensor, "lesions lesions"], count: int, generator: Generator, *, threshold: float = 1.0
) -> Triplets:
    """Draw triplets from two lesions or more; `alike` tells how similar any two are.

    The anchor is any lesion. The positive is any other whose similarity reaches `threshold`, else the most similar.
    The negative is any that is less similar than the positive, else the least similar.
    """
    alike = alike.clone().fill_diagonal_(torch.inf)  # sorted last, a lesion is not its own partner
    others = len(alike) - 1
    ranked, order = alike.sort(dim=1, stable=True)
    below_threshold = torch.searchsorted(ranked, alike.new_full((len(alike), 1), threshold))[:, 0]
    below = torch.searchsorted(ranked, alike)  # [a, b]: how many are less similar to a than b is

    anchor = torch.randint(len(alike), (count,), generator=generator, device=alike.device)
    draw = torch.rand((2, count), generator=generator, device=alike.device)
    first = below_threshold.clamp(max=others - 1)[anchor]
    positive = order[anchor, _place(draw[0], first, torch.full_like(first, others))]
    negative = order[anchor, _place(draw[1], torch.zeros_like(first), below[anchor, positive].clamp(min=1))]
    return Triplets(anchor, positive, negative)


def _place(draw: Float[Tensor, " n"], first: Int[Tensor, " n"], end: Int[Tensor, " n"]) -> Int[Tensor, " n"]:
    """Each draw from [0, 1) as a place in [first, end)."""
    return torch.minimum(first + (draw * (end - first)).long(), end - 1)  # just below 1, times 9, may round to 9


def triplet_loss(
    embedding: Float[Tensor, "lesions features"], triplets: Triplets, *, margin: float = 0.1
) -> Float[Tensor, ""]:
    """Eq. 4: mean of max(0, d(A, B) - d(A, C) + margin), d the Euclidean distance.

    >>> line = torch.tensor([[0.0], [0.3], [0.35], [9.0]])
    >>> three = Triplets(*torch.tensor([[0, 0], [1, 1], [2, 3]]))
    >>> triplet_loss(line, three) * 2  # 0.3 - 0.35 + 0.1, and 0
    tensor(0.0500)
    """
    # A batch has far fewer pairs than triplets. Not by matrix products: they cancel between near neighbours.
    points = embedding.float()
    distance = torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
    near, far = distance[triplets.anchor, triplets.positive], distance[triplets.anchor, triplets.negative]
    loss: Tensor = (near - far + margin).clamp(min=0).mean()
    return loss
