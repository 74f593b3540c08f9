"""Relational hard example mining: cross-entropy on the cells that the network gets most wrong (RHEM, 4.2).

A report does not say all that is true, so most negatives are doubtful. Reliable are the labels that a lesion has and
those exclusive with one of them; only such cells are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from torch import Generator, Tensor


def difficulty(
    scores: Float[Tensor, "lesions labels"],
    targets: Bool[Tensor, "lesions labels"],
    absent: Bool[Tensor, "lesions labels"] | None,
    *,
    power: float = 2.0,
) -> Float[Tensor, "lesions labels"]:
    """Eq. 2 on reliable cells, 0 elsewhere. `absent` marks the reliable negatives; None trusts every negative.

    A positive beats an exclusion: a lesion may be given two labels that exclude each other, and then has both.

    >>> scores = torch.zeros(1, 4)
    >>> difficulty(scores, torch.tensor([[1, 1, 0, 0]]).bool(), torch.tensor([[0, 1, 1, 0]]).bool())
    tensor([[0.2500, 0.2500, 0.2500, 0.0000]])
    """
    wrong = (scores.detach().float().sigmoid() - targets.float()).abs() ** power
    return wrong if absent is None else wrong * (targets | absent)


def hard_example_loss(
    scores: Float[Tensor, "lesions labels"],
    targets: Bool[Tensor, "lesions labels"],
    absent: Bool[Tensor, "lesions labels"] | None,
    generator: Generator,
    *,
    draws: int = 10_000,
    power: float = 2.0,
) -> Float[Tensor, ""]:
    """Mean cross-entropy, without class weights, of cells drawn with replacement in proportion to `difficulty`."""
    chances = difficulty(scores, targets, absent, power=power).flatten()
    # torch refuses chances that are all 0: where nothing is wrong any more, or nothing reliable, cells are drawn alike
    drawn = torch.multinomial(chances + torch.finfo(chances.dtype).tiny, draws, replacement=True, generator=generator)
    return binary_cross_entropy_with_logits(scores.float().flatten()[drawn], targets.float().flatten()[drawn])
