"""Dropout that is drawn from a generator of its own, so that a stopped training goes on as if it had not stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Generator, Tensor


def drop(values: Float[Tensor, ...], rate: float, rng: Generator | None) -> Float[Tensor, ...]:
    """`values` with a share of `rate` at zero and the others larger, so that the mean stays.

    Drawn from `rng`, a generator of the CPU; without one nothing is dropped.

    >>> drop(torch.ones(3), 0.5, None)
    tensor([1., 1., 1.])
    """
    if rng is None:
        return values
    kept = torch.rand(values.shape, generator=rng) >= rate
    return values * kept.to(values.device) / (1 - rate)
