"""Params of the subtyping track."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from lesionary.params.sections import PARAMS, NonNegative, Section, Share, own, read_params


class SubtypingParams(Section):
    """The subtyping track: its cohort, and what its rows share."""

    key = "subtyping"
    cohort: str
    training: dict[str, Any]


class Unit(StrEnum):
    """What folds keep together."""

    PATIENT = "patient"
    STUDY = "study"


class FoldsParams(Section):
    """Cross-validation."""

    key = "folds"
    seed: int
    count: Annotated[int, Field(ge=2)]
    by: Unit


class Network(StrEnum):
    """What a row of the subtyping tables is made of."""

    DMRN = "dmrn"
    """Paired ResNets with residual pooling units and the contrastive loss; an SVM on the embedding."""
    RESNET = "resnet"
    """ResNet with softmax cross-entropy; slice probabilities are its own."""
    CLINICAL = "clinical"
    """Logistic regression on mean HU and size of the mass; no network."""


class Redraw(StrEnum):
    """When pairs are drawn."""

    EPOCH = "epoch"
    ONCE = "once"


class Partner(StrEnum):
    """How the second image of a pair is drawn."""

    UNIFORM = "uniform"
    CLASS_BALANCED = "class-balanced"


class SubtyperParams(Section):
    """One row of the subtyping tables: the common settings with the row's own over them."""

    key = "subtypers"
    network: Network
    depth: int | None = None
    seed: int
    window_hu: tuple[float, float]
    side_px: Annotated[int, Field(ge=32)]
    width: PositiveInt
    weights: str | None
    epochs: PositiveInt
    batch: PositiveInt
    learning_rate: PositiveFloat
    momentum: Share
    weight_decay: NonNegative
    cosine: bool
    margin: PositiveFloat
    redraw: Redraw
    partner: Partner
    same_study: bool

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.window_hu[0] >= self.window_hu[1]:
            raise ValueError(f"window_hu {self.window_hu} is empty: its first value must be the lower one")
        if self.network is not Network.CLINICAL and self.depth not in (18, 34, 50, 101, 152):
            raise ValueError(f"depth {self.depth} is no ResNet: 18, 34, 50, 101 or 152")
        if self.weights is not None and self.width != 64:
            raise ValueError(f"pre-trained weights fit width 64 only, not {self.width}")
        return self

    @classmethod
    def load_row(cls, row: str, path: Path = PARAMS) -> SubtyperParams:
        """Settings of one row: `subtyping.training` overridden by `subtypers.<row>`."""
        values = read_params(path)
        common = SubtypingParams.check(values.get("subtyping"), f"{path}: subtyping")
        return cls.check(common.training | own(values, cls.key, row, path), f"{path}: subtypers.{row}")


class SvmParams(Section):
    """The linear SVM on the embedding, and its calibration."""

    key = "svm"
    c: PositiveFloat
    calibration_folds: Annotated[int, Field(ge=2)]
