"""A row in words, so that a picture made with a reduced network says so."""

from __future__ import annotations

from lesionary.params.subtyping import SubtyperParams

FULL_WIDTH, FULL_SIDE, FULL_EPOCHS = 64, 224, 200  # DMRN, 2.1 and 2.3

ABLATIONS = ("single_branch", "without_ms_sfl_rs", "without_ms_sfl", "without_ms", "dmrn")
"""Rows of Table 6 and Figure 4, from little to all; the first is another reading of the second."""

NETWORKS = {
    "dmrn": "ResNet-{depth}",
    "single-branch": "ResNet-{depth}",
    "resnet": "ResNet-{depth}",
    "arl": "ResNet-{depth} with attention residuals",
    "sdl": "two ResNet-{depth}",
    "vgg19": "VGG-19",
    "cnn3d": "six 3-D convolutions and three connected layers",
}
"""What images go through, by the row's `network`."""

OTHERS = {
    "hand-crafted": "SVM on local binary patterns and histograms of oriented gradients",
    "clinical": "logistic regression on mean HU and size",
}
"""Rows without a network."""

WHOLE = "cnn3d"
"""Sees whole masses, at a size of its own that the paper does not give, and has no ImageNet weights to start from."""


def describe(row: str, params: SubtyperParams) -> str:
    """What the row is, and what of it is smaller than the paper's."""
    if params.network in OTHERS:
        return f"{row}: {OTHERS[params.network]}"
    parts = []
    if params.width != FULL_WIDTH:
        parts.append(f"width {params.width} (paper {FULL_WIDTH})")
    if params.side_px != FULL_SIDE and params.network != WHOLE:
        parts.append(f"{params.side_px} px ({FULL_SIDE})")
    if params.epochs != FULL_EPOCHS:
        parts.append(f"{params.epochs} epochs ({FULL_EPOCHS})")
    if params.weights is None and params.network != WHOLE:
        parts.append("from scratch (ImageNet)")
    reduced = f", reduced: {', '.join(parts)}" if parts else ", as in the paper"
    return f"{row}: {NETWORKS[params.network].format(depth=params.depth)}{reduced}"


def size(params: SubtyperParams) -> dict[str, int]:
    """The same as numbers, for the metrics file; nothing for a row without a network."""
    if params.network in OTHERS or params.depth is None:
        return {}
    seen = {} if params.network == WHOLE else {"side_px": params.side_px}
    return {"depth": params.depth, "width": params.width, **seen, "epochs": params.epochs}
