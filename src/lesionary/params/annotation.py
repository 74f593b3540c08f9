"""Params of the annotation track."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from lesionary.base.sections import NonNegative, Row, Section, Share


class LabelsParams(Section):
    """Which labels are learnt: how often each must occur."""

    key = "labels"
    min_train: PositiveInt
    min_val: PositiveInt
    min_test: PositiveInt


class AnnotationParams(Section):
    """The annotation track: its cohort, and what its rows share."""

    key = "annotation"
    cohort: str
    split_seed: int
    training: dict[str, Any]


class Mined(StrEnum):
    """Which mentions become training labels."""

    RELEVANT = "relevant"
    RELEVANT_UNCERTAIN = "relevant+uncertain"
    """The paper's."""
    ALL = "all"
    """Without the text-mining module: every mention in the sentence."""


class HardExamples(StrEnum):
    """Which cells relational hard example mining draws from."""

    RELIABLE = "reliable"
    """Positives, and what they exclude (the paper's)."""
    ALL = "all"
    """Positives, and every label that is not positive (discussed in LesaNet, 5.5)."""
    NONE = "none"


class Objective(StrEnum):
    """What an annotator is trained for."""

    CROSS_ENTROPY = "cross-entropy"
    """LesaNet's, Eq. 5, with the parts named beside it."""
    WARP = "warp"
    """To rank a lesion's labels above the others."""
    EMBEDDING = "lesion-embedding"
    """To know body part, place and size; labels are those of the nearest training lesions."""


class Backbone(StrEnum):
    """What the five pooled levels come from."""

    VGG16 = "vgg16"
    """With batch normalisation (the paper's)."""
    RESNET18 = "resnet18"
    RESNET34 = "resnet34"
    RESNET50 = "resnet50"
    RESNET101 = "resnet101"


class AnnotatorParams(Row):
    """One row of the annotation tables: the common settings with the row's own over them."""

    key = "annotators"
    seed: int
    seeds: PositiveInt
    objective: Objective
    backbone: Backbone
    weights: str | None
    width: PositiveInt
    features: PositiveInt
    epochs: PositiveInt
    drop_after: PositiveInt
    batch: Annotated[int, Field(ge=2)]
    learning_rate: PositiveFloat
    momentum: Share
    weight_decay: NonNegative
    clip_norm: PositiveFloat
    mined: Mined
    expansion: bool
    propagation: bool
    hard_examples: HardExamples
    triplet: bool
    located: bool
    consistent: bool

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.weights is not None and self.width != 64:
            raise ValueError(f"pre-trained weights fit width 64 only, not {self.width}")
        if self.seeds > 1 and self.objective is Objective.WARP:
            raise ValueError("scores of WARP have no common scale and cannot be averaged: set seeds to 1")
        return self

    @classmethod
    def shared(cls, values: dict[str, Any], path: Path) -> dict[str, Any]:
        """annotation.training."""
        return AnnotationParams.check(values.get("annotation"), f"{path}: annotation").training
