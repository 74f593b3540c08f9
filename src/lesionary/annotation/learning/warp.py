"""WARP: a ranking loss that looks at the top of the list (the paper's [14]; Weston et al. 2011).

Labels are drawn until one stands less than a margin below a label that the lesion has. The sooner that happens, the
further down the list the lesion's label must stand, and the more the pair weighs. A fine label is to rank above the
coarse ones it implies (5.4). Scores are compared within a lesion: they are no probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int
    from torch import Generator, Tensor


class Ranked(NamedTuple):
    """One label that should rank high, one that ranks too high for it, and how many draws it took to find that."""

    lesion: Int[Tensor, " pairs"]
    label: Int[Tensor, " pairs"]
    other: Int[Tensor, " pairs"]
    draws: Int[Tensor, " pairs"]
    """0 where none was found; then `other` means nothing."""
    candidates: Int[Tensor, " pairs"]
    """Labels that were drawn from."""


def below(
    targets: Bool[Tensor, "lesions labels"],
    closure: Bool[Tensor, "labels ancestors"],
    lesion: Int[Tensor, " pairs"],
    label: Int[Tensor, " pairs"],
    counted: Bool[Tensor, "lesions labels"] | None = None,
) -> Bool[Tensor, "pairs labels"]:
    """The labels that should rank below a lesion's label: those that it has not, and the label's own ancestors.

    >>> targets, closure = torch.tensor([[True, True, False]]), torch.tensor([[0, 1, 0], [0, 0, 0], [0, 0, 0]]).bool()
    >>> below(targets, closure, torch.tensor([0, 0]), torch.tensor([0, 1]))  # 0 is a part of 1
    tensor([[False,  True,  True],
            [False, False,  True]])
    """
    has = targets[lesion]
    absent = ~has if counted is None else ~has & counted[lesion]
    return absent | (has & closure[label])


def search(
    scores: Float[Tensor, "lesions labels"],
    targets: Bool[Tensor, "lesions labels"],
    closure: Bool[Tensor, "labels ancestors"],
    generator: Generator,
    *,
    counted: Bool[Tensor, "lesions labels"] | None = None,
    margin: float = 1.0,
) -> Ranked:
    """For every label of every lesion, draw with replacement until one violates the margin; at most once a label."""
    lesion, label = targets.nonzero(as_tuple=True)
    lower = below(targets, closure, lesion, label, counted)
    candidates = lower.sum(dim=1)
    order = (~lower).int().argsort(dim=1, stable=True)  # those to draw from come first
    draw = torch.rand((len(lesion), scores.shape[1]), generator=generator, device=scores.device)
    place = torch.minimum((draw * candidates[:, None]).long(), (candidates[:, None] - 1).clamp(min=0))
    drawn = order.gather(1, place)
    own = scores[lesion, label].detach()
    violates = (scores.detach()[lesion].gather(1, drawn) > own[:, None] - margin) & (candidates[:, None] > 0)
    first = violates.int().argmax(dim=1)
    other = drawn.gather(1, first[:, None])[:, 0]
    return Ranked(lesion, label, other, torch.where(violates.any(dim=1), first + 1, 0), candidates)


def warp_loss(scores: Float[Tensor, "lesions labels"], found: Ranked, *, margin: float = 1.0) -> Float[Tensor, ""]:
    """Mean hinge over the labels that lesions have, each weighted by 1 + 1/2 + ... + 1/rank.

    The rank is estimated as the candidates over the draws: a violation at the first of 10 draws speaks of rank 10.

    >>> one = [torch.tensor([n]) for n in (0, 0, 1, 1, 2)]  # found at once among two: rank 2, weight 1.5
    >>> warp_loss(torch.tensor([[0.5, 0.25]]), Ranked(*one))  # 1.5 (1 - 0.5 + 0.25)
    tensor(1.1250)
    """
    harmonic = torch.cat(
        [scores.new_zeros(1), (1 / torch.arange(1, scores.shape[1] + 1, device=scores.device)).cumsum(0)]
    )
    rank = torch.where(found.draws > 0, found.candidates // found.draws.clamp(min=1), 0)
    hinge = margin - scores[found.lesion, found.label].float() + scores[found.lesion, found.other].float()
    loss: Tensor = (harmonic[rank] * hinge.clamp(min=0)).sum() / max(len(found.lesion), 1)
    return loss
