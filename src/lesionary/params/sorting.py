"""Params of reading and sorting the images of the sub-figure benchmark."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from lesionary.base.sections import Row, Section, Share
from lesionary.params.subtyping import RESNETS, Choices, Partner, PositiveChoices, Redraw

LEAST_SIDE_PX = 64
"""AlexNet halves its map until one pixel is left of so many."""


class SubfiguresParams(Section):
    """The benchmark: its images, and what its rows share."""

    key = "subfigures"
    images: str
    side_px: Annotated[int, Field(ge=LEAST_SIDE_PX)]
    validation: Annotated[float, Field(gt=0, lt=0.5)]
    split_seed: int
    training: dict[str, Any]


class Sorter(StrEnum):
    """What a row is."""

    DMRN = "dmrn"
    """Pairs, then an SVM on the embedding (2.2)."""
    RESNET = "resnet"
    """Softmax cross-entropy."""
    GOOGLENET_ALEXNET = "googlenet+alexnet"
    """Both by softmax cross-entropy, their probabilities averaged."""
    HAND_CRAFTED = "hand-crafted"
    """Local binary patterns and oriented gradients, then an SVM."""


DEPTHS: dict[Sorter, tuple[int | None, ...]] = {
    Sorter.DMRN: RESNETS,
    Sorter.RESNET: RESNETS,
    Sorter.GOOGLENET_ALEXNET: (None,),
    Sorter.HAND_CRAFTED: (None,),
}
"""Weight layers that a network can have; none where there is no choice."""


class SorterParams(Row):
    """One row of the sub-figure tables: the common settings with the row's own over them."""

    key = "sorters"
    network: Sorter
    depth: int | None = None
    seed: int
    width: PositiveInt
    weights: str | None
    epochs: PositiveInt
    batch: PositiveInt
    learning_rate: PositiveChoices
    momentum: Share
    weight_decay: Choices
    cosine: bool
    scales: Annotated[int, Field(ge=1, le=4)]
    margin: PositiveFloat
    redraw: Redraw
    partner: Partner
    svm_c: PositiveChoices

    @model_validator(mode="after")
    def _possible(self) -> Self:
        depths = DEPTHS[self.network]
        if self.depth not in depths:
            raise ValueError(f"depth {self.depth} is none of {self.network}: {', '.join(map(str, depths))}")
        if self.weights is not None and self.width != 64:
            raise ValueError(f"pre-trained weights fit width 64 only, not {self.width}")
        if self.network is Sorter.GOOGLENET_ALEXNET and (self.weights or "").endswith(".safetensors"):
            raise ValueError("one file cannot hold the weights of two networks: name torchvision's")
        return self

    @classmethod
    def shared(cls, values: dict[str, Any], path: Path) -> dict[str, Any]:
        """subfigures.training."""
        return SubfiguresParams.check(values.get("subfigures"), f"{path}: subfigures").training
