"""The contrastive loss that draws images of one class together and pushes those of different classes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Bool, Float, Int
    from torch import Tensor


def contrastive(
    first: Float[Tensor, "pairs features"],
    second: Float[Tensor, "pairs features"],
    different: Bool[Tensor, " pairs"],
    *,
    margin: float = 1.0,
) -> Float[Tensor, ""]:
    """Loss of one stage, Eq. 3 to 5: mean over pairs of (1 - Y) D^2 / 2 + Y max(0, margin - D)^2 / 2.

    D is the Euclidean distance of a pair's vectors, Y whether its classes differ. The halves are those of Hadsell
    et al., which the paper follows. Where D is 0 there is no direction to push in, and the gradient is 0.

    >>> origin, other = torch.zeros(3, 2), torch.tensor([[3.0, 4.0], [0.0, 0.6], [0.0, 5.0]])
    >>> contrastive(origin, other, torch.tensor([False, True, True])) * 3  # 5^2 / 2 + 0.4^2 / 2 + 0
    tensor(12.5800)
    """
    # float32 under autocast, too; vector_norm's gradient at 0 is 0
    distance = torch.linalg.vector_norm(first.float() - second.float(), dim=1)
    return torch.where(different, (margin - distance).clamp(min=0), distance).square().mean() / 2


def multi_scale(
    vectors: Sequence[Float[Tensor, "images features"]],
    different: Bool[Tensor, " pairs"],
    *,
    margin: float = 1.0,
) -> list[Float[Tensor, ""]]:
    """The loss of every stage; their sum is the loss of the network, Eq. 2.

    The first half of each stage's vectors are the pairs' first images, the second half their partners.

    >>> stages = [torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0], [4.0]])]
    >>> [loss.item() for loss in multi_scale(stages, torch.tensor([False]))]
    [2.0, 8.0]
    """
    halves = [stage.chunk(2) for stage in vectors]
    return [contrastive(first, second, different, margin=margin) for first, second in halves]


def hardest(
    vectors: Float[Tensor, "images features"],
    classes: Int[Tensor, " images"],
    items: Int[Tensor, " images"],
    *,
    margin: float = 1.0,
) -> Float[Tensor, ""]:
    """Contrastive loss of one stage over the hardest pairs of a batch ("batch hard", Hermans et al., arXiv 1703.07737).

    Every image makes two pairs: with the farthest of its class, and with the nearest of another. `items` tells which
    image of the cohort each is: one that was drawn twice is no partner of itself. An image whose class, or all others,
    the batch lacks makes one pair less; without any the loss is 0. Triplets so chosen can draw everything into one
    point, which semi-hard ones are meant to prevent (Schroff et al., CVPR 2015); these pairs did not.

    >>> line = torch.tensor([[0.0], [0.5], [0.8], [9.0]])
    >>> hardest(line, torch.tensor([0, 0, 1, 2]), torch.arange(4)) * 6  # 0.5^2 / 2 twice; 0.2, 0.7 and 0.7 short of 1
    tensor(0.7600)
    """
    vectors = vectors.float()  # under autocast, too
    same = classes[:, None] == classes
    partner = same & (items[:, None] != items)
    with torch.no_grad():
        apart = torch.linalg.vector_norm(vectors[:, None] - vectors, dim=2)
        farthest = apart.masked_fill(~partner, -1).argmax(dim=1)
        nearest = apart.masked_fill(same, torch.inf).argmin(dim=1)
    drawn = torch.linalg.vector_norm(vectors - vectors[farthest], dim=1)
    pushed = (margin - torch.linalg.vector_norm(vectors - vectors[nearest], dim=1)).clamp(min=0)
    there = torch.stack([partner.any(dim=1), ~same.all(dim=1)])
    # weighed by nought and not left out, which would make a GPU wait to know how many there are
    return (torch.stack([drawn, pushed]).square() * there).sum() / there.sum().clamp(min=1) / 2
