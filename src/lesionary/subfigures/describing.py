"""A row in words, so that a table made with a reduced network says so."""

from __future__ import annotations

from lesionary.params.sorting import Sorter, SorterParams

FULL_WIDTH, FULL_SIDE = 64, 224  # DMRN, 2.1
NAMES = {
    Sorter.DMRN: "ResNet-{depth}, four scales of pairs",
    Sorter.RESNET: "ResNet-{depth}",
    Sorter.GOOGLENET_ALEXNET: "GoogLeNet and AlexNet, probabilities averaged",
    Sorter.HAND_CRAFTED: "SVM on local binary patterns and oriented gradients",
}


def describe(row: str, params: SorterParams, side_px: int) -> str:
    """What the row is, and what of it is smaller than the paper's; it says nothing of epochs."""
    name = NAMES[params.network].format(depth=params.depth)
    parts = [f"{side_px} px ({FULL_SIDE})"] if side_px != FULL_SIDE else []
    if params.network is not Sorter.HAND_CRAFTED:
        if params.width != FULL_WIDTH:
            parts.insert(0, f"width {params.width} (paper {FULL_WIDTH})")
        parts.append(f"{params.epochs} epochs (not said)")
        if params.weights is None:
            parts.append("from scratch (ImageNet)")
    smaller = any("not said" not in part for part in parts)
    return f"{row}: {name}, {'reduced: ' if smaller else ''}{', '.join(parts)}" if parts else f"{row}: {name}"


def size(params: SorterParams, side_px: int) -> dict[str, int]:
    """The same as numbers, for the metrics file."""
    if params.network is Sorter.HAND_CRAFTED:
        return {"side_px": side_px}
    depth = {"depth": params.depth} if params.depth else {}
    return {**depth, "width": params.width, "side_px": side_px, "epochs": params.epochs}
