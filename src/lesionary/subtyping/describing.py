"""A row in words, so that a picture made with a reduced network says so."""

from __future__ import annotations

from lesionary.params.subtyping import Network, SubtyperParams

FULL_WIDTH, FULL_SIDE, FULL_EPOCHS = 64, 224, 200  # DMRN, 2.1 and 2.3

ABLATIONS = ("single_branch", "without_ms_sfl_rs", "without_ms_sfl", "without_ms", "dmrn")
"""Rows of Table 6 and Figure 4, from little to all; the first is another reading of the second."""


def describe(row: str, params: SubtyperParams) -> str:
    """What the row is, and what of it is smaller than the paper's."""
    if params.network is Network.CLINICAL:
        return f"{row}: logistic regression on mean HU and size"
    parts = []
    if params.width != FULL_WIDTH:
        parts.append(f"width {params.width} (paper {FULL_WIDTH})")
    if params.side_px != FULL_SIDE:
        parts.append(f"{params.side_px} px ({FULL_SIDE})")
    if params.epochs != FULL_EPOCHS:
        parts.append(f"{params.epochs} epochs ({FULL_EPOCHS})")
    if params.weights is None:
        parts.append("from scratch (ImageNet)")
    reduced = f", reduced: {', '.join(parts)}" if parts else ", as in the paper"
    return f"{row}: ResNet-{params.depth}{reduced}"


def size(params: SubtyperParams) -> dict[str, int]:
    """The same as numbers, for the metrics file; nothing for a row without a network."""
    if params.network is Network.CLINICAL or params.depth is None:
        return {}
    return {"depth": params.depth, "width": params.width, "side_px": params.side_px, "epochs": params.epochs}
