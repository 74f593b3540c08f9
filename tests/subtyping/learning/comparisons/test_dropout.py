from __future__ import annotations

import torch

from lesionary.subtyping.learning.comparisons.dropout import drop


def test_a_share_falls_to_zero_and_the_mean_stays() -> None:
    dropped = drop(torch.ones(100_000), 0.2, torch.Generator().manual_seed(1))
    assert sorted(set(dropped.tolist())) == [0.0, 1.25]
    assert abs(dropped.mean().item() - 1) < 0.01
