"""Lesion embedding: how alike two lesions are by coarse body part, place and size (the paper's [48]), and neighbours.

The embedding learns from no label: lesions of one body part come closer than others, of those the ones that lie
near, of those the ones of like size. Labels are then read off the nearest training lesions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int
    from numpy import ndarray
    from torch import Tensor

    from lesionary.annotation.learning.losses import ClassWeights

NEAR_MM = 40.0
"""Lesions are near whose centres, each from the centre of its image, lie no further apart (our choice)."""
LIKE_SIZE = 1.5
"""The larger of two lesions of like size is at most this much larger than the other (ours)."""
SAME_PART, NEAR, LIKE = 1.0, 2.0, 3.0
"""How alike two lesions are; each holds what the one before it asks. 0: different body parts."""
NEIGHBOURS = (1, 3, 5, 10, 20, 40, 80)
"""How many may be asked; validation chooses."""


def kinship(parts: Int[Tensor, " lesions"], places: Float[Tensor, "lesions 4"]) -> Float[Tensor, "lesions lesions"]:
    """How alike lesions of coarse body `parts` are; `places` are x, y, width and height in mm.

    >>> places = torch.tensor([[0.0, 0, 10, 10], [30, 0, 11, 12], [30, 0, 30, 30], [90, 0, 10, 10]])
    >>> kinship(torch.tensor([0, 0, 0, 0]), places)[0]
    tensor([3., 3., 2., 1.])
    """
    same = parts[:, None] == parts
    near = torch.cdist(places[:, :2], places[:, :2]) <= NEAR_MM
    size = places[:, 2:].clamp(min=1).log2().mean(dim=1)  # of the square of the same area
    like = (size[:, None] - size).abs() <= np.log2(LIKE_SIZE)
    levels: Tensor = same.float() + (same & near) + (same & near & like)
    return levels


def neighbour_scores(
    known: Float[ndarray, "known features"],
    targets: Bool[ndarray, "known labels"],
    asked: Float[ndarray, "asked features"],
    weights: ClassWeights,
    count: int,
    *,
    itself: Int[ndarray, " asked"] | None = None,
) -> Float[ndarray, "asked labels"]:
    """Confidence in each label from the `count` nearest known lesions, as if having it or not were equally likely.

    The share of neighbours with the label is weighed like the cells of Eq. 1, so that one threshold grid serves rare
    labels and frequent ones. `itself` is an asked lesion's own number among the known, or -1; it is not asked.
    """
    far = -(asked.astype(np.float64) @ known.T.astype(np.float64))  # of unit vectors: the nearest have the largest
    if itself is not None:
        there = np.flatnonzero(itself >= 0)
        far[there, itself[there]] = np.inf
    nearest = np.argsort(far, axis=1, kind="stable")[:, : min(count, len(known))]
    share = targets[nearest].mean(axis=1)
    present, absent = share * weights.positive.cpu().numpy(), (1 - share) * weights.negative.cpu().numpy()
    return np.asarray(present / (present + absent), np.float32)
