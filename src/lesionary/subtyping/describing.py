"""A row in words, so that a picture made with a reduced network says so."""

from __future__ import annotations

from lesionary.params.subtyping import (
    Encoder,
    Mining,
    Network,
    Partner,
    ShapeClassifier,
    ShapeFeatures,
    Similarity,
    SubtyperParams,
)

FULL_WIDTH, FULL_SIDE, FULL_EPOCHS = 64, 224, 200  # DMRN, 2.1 and 2.3

CLASSIFIERS = {
    ShapeClassifier.LOGISTIC: "logistic regression",
    ShapeClassifier.SVM: "SVM with Gaussians",
    ShapeClassifier.FOREST: "randomised trees",
    ShapeClassifier.BOOSTING: "boosted trees",
    ShapeClassifier.MEAN: "mean of logistic regression, SVM and randomised trees",
}

ABLATIONS = ("single_branch", "without_ms_sfl_rs", "without_ms_sfl", "without_ms", "dmrn")
"""Rows of Table 6 and Figure 4, from little to all; the first is another reading of the second."""


BEYOND = ("clinical", "first_order", "regnet", "balanced_pairs", "hard_pairs", "joint")
"""Rows that the paper has not: floors first, then another encoder, pairs and losses."""


def describe(row: str, params: SubtyperParams) -> str:
    """What the row is, and what of it is smaller than the paper's."""
    if params.network is Network.CLINICAL:
        return f"{row}: logistic regression on mean HU and size"
    if params.network is Network.FIRST_ORDER:
        return f"{row}: logistic regression on first-order features of HU, and size"
    if params.network is Network.SHAPE:
        what = "measures" if params.shape_features is ShapeFeatures.MEASURES else "measures and thickness"
        return f"{row}: {CLASSIFIERS[params.shape_classifier]} on {what} of the shape"
    if params.network is Network.HAND_CRAFTED:
        return f"{row}: SVM on local binary patterns and oriented gradients"
    parts, volumes = [], params.network is Network.CNN3D
    if params.width != FULL_WIDTH:
        parts.append(f"width {params.width} (paper {FULL_WIDTH})")
    if volumes:
        parts.append(f"volumes of {params.cube_px} px (not said)")
    elif params.side_px != FULL_SIDE:
        parts.append(f"{params.side_px} px ({FULL_SIDE})")
    if params.epochs != FULL_EPOCHS:
        parts.append(f"{params.epochs} epochs ({FULL_EPOCHS})")
    if params.weights is None and not volumes:
        parts.append("from scratch (ImageNet)")
    reduced = f", reduced: {', '.join(parts)}" if parts else ", as in the paper"
    return f"{row}: {network(params)}{reduced}"


def network(params: SubtyperParams) -> str:
    """What is trained."""
    resnet, regnet = f"ResNet-{params.depth}", f"RegNetY of {params.depth} layers"
    names = {
        Network.DMRN: _paired(params, regnet if params.encoder is Encoder.REGNET else resnet),
        Network.REGNET: regnet,
        Network.SINGLE_BRANCH: f"one branch of {resnet}",
        Network.ARL: f"{resnet} that attends",
        Network.SDL: f"two {resnet}",
        Network.VGG19: f"VGG-{params.depth}",
        Network.CNN3D: f"3-D network of {params.depth} layers",
    }
    return names.get(params.network, resnet)


def _paired(params: SubtyperParams, encoder: str) -> str:
    """DMRN, and in what it is not the paper's."""
    if params.similarity is Similarity.CONCATENATED:
        return f"{encoder}, pairs by a linear layer"
    differs = {
        "one scale": params.scales == 1,
        "partners balanced over classes": params.partner is Partner.CLASS_BALANCED,
        "hardest pairs": params.mining is Mining.HARD,
        "with cross-entropy": params.cross_entropy > 0,
    }
    return ", ".join([encoder, *(text for text, there in differs.items() if there)])


def size(params: SubtyperParams) -> dict[str, int]:
    """The same as numbers, for the metrics file; nothing for a row without a network."""
    if params.depth is None:
        return {}
    side_px = params.cube_px if params.network is Network.CNN3D else params.side_px
    return {"depth": params.depth, "width": params.width, "side_px": side_px, "epochs": params.epochs}
