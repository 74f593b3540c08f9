"""Params of the subtyping track."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PositiveFloat, PositiveInt, TypeAdapter, WrapValidator, model_validator
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

from lesionary.base.sections import PARAMS, NonNegative, Row, Section, Share

_NON_NEGATIVE: TypeAdapter[float] = TypeAdapter(NonNegative)


def _one_or_more(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """A number alone is a list of one; an error then names the key without a place in a list."""
    return handler(tuple(value)) if isinstance(value, list | tuple) else handler((_number(value),))


def _number(value: Any) -> float:
    return _NON_NEGATIVE.validate_python(value, strict=True)


Choices = Annotated[tuple[NonNegative, ...], Field(min_length=1), WrapValidator(_one_or_more)]
"""One value, or several to choose from on a held-out part of the training folds."""
PositiveChoices = Annotated[tuple[PositiveFloat, ...], Field(min_length=1), WrapValidator(_one_or_more)]
"""The same for values above zero."""


class Protocol(StrEnum):
    """How rows are measured."""

    FOLDS = "folds"
    """Cross-validation (the paper's)."""
    SPLIT = "split"
    """The cohort's own parts: train teaches, val chooses and calibrates, test is measured."""
    REHEARSAL = "rehearsal"
    """The same without test: train teaches, val is measured, and no stage after draw_folds has anything of test."""


class SubtypingParams(Section):
    """The subtyping track: its cohort, how it is divided, and what its rows share."""

    key = "subtyping"
    cohort: str
    protocol: Protocol
    training: dict[str, Any]


class Unit(StrEnum):
    """What folds keep together."""

    PATIENT = "patient"
    STUDY = "study"
    SCANNER = "scanner"
    """A fold a maker of scanners, and no patient in two of them."""


class FoldsParams(Section):
    """Cross-validation."""

    key = "folds"
    seed: int
    count: Annotated[int, Field(ge=2)]
    by: Unit


class Network(StrEnum):
    """What a row of the subtyping tables is made of."""

    DMRN = "dmrn"
    """Paired ResNets with residual pooling units; an SVM on the embedding."""
    SINGLE_BRANCH = "single-branch"
    """One branch of it with softmax cross-entropy; an SVM on the embedding all the same."""
    RESNET = "resnet"
    """ResNet with softmax cross-entropy; slice probabilities are its own, as those of the next four are."""
    ARL = "arl"
    """Attention residual learning: a ResNet whose blocks weigh their input by what they make of it."""
    SDL = "sdl"
    """Synergic deep learning: two ResNets, and a network that tells whether what they see is of one class."""
    VGG19 = "vgg19"
    REGNET = "regnet"
    """RegNetY, whose design a search found; slice probabilities are its own."""
    CNN3D = "cnn3d"
    """Six 3-D convolutions and three fully connected layers on the whole mass; studies alone."""
    HAND_CRAFTED = "hand-crafted"
    """Local binary patterns and histograms of oriented gradients; an SVM on both."""
    CLINICAL = "clinical"
    """Logistic regression on mean HU and size of the mass; no network."""
    FIRST_ORDER = "first-order"
    """Logistic regression on the first-order features of the mass's HU, and its size; no network."""
    SHAPE = "shape"
    """What is measured on a shape of two values, and a classifier of scikit-learn's on that; no network."""


RESNETS = (18, 34, 50, 101, 152)
DEPTHS: dict[Network, tuple[int | None, ...]] = {
    Network.DMRN: RESNETS,
    Network.SINGLE_BRANCH: RESNETS,
    Network.RESNET: RESNETS,
    Network.ARL: (50, 101, 152),  # those built of bottlenecks
    Network.SDL: RESNETS,
    Network.VGG19: (19,),
    Network.REGNET: (53, 65),  # RegNetY of 8 and 3.2 GFLOP
    Network.CNN3D: (9,),
    Network.HAND_CRAFTED: (None,),
    Network.CLINICAL: (None,),
    Network.FIRST_ORDER: (None,),
    Network.SHAPE: (None,),
}
"""Weight layers that a network can have; none where there is no network."""


class Encoder(StrEnum):
    """What makes the maps that DMRN's residual pooling units are given."""

    RESNET = "resnet"
    """The paper's."""
    REGNET = "regnet"


class Redraw(StrEnum):
    """When pairs are drawn."""

    EPOCH = "epoch"
    ONCE = "once"


class Partner(StrEnum):
    """How the second image of a pair is drawn."""

    UNIFORM = "uniform"
    CLASS_BALANCED = "class-balanced"


class Mining(StrEnum):
    """Which pairs of a batch's images are compared."""

    NONE = "none"
    """Those that were drawn (the paper's)."""
    HARD = "hard"
    """Each image with the farthest of its class and the nearest of another (Hermans et al. 2017)."""


class Similarity(StrEnum):
    """How a pair of images is compared."""

    CONTRASTIVE = "contrastive"
    """Similarity feature learning: the distance of both vectors, Eq. 3 to 5 (the paper's)."""
    CONCATENATED = "concatenated"
    """Both vectors side by side, a linear layer, binary cross-entropy on Y (2.4)."""


class ShapeFeatures(StrEnum):
    """What is measured on a shape."""

    MEASURES = "measures"
    """Of the whole: volume, surface, extents, principal axes, depth, sections ..."""
    THICKNESS = "thickness"
    """These, and how thick it is in different places."""


class ShapeClassifier(StrEnum):
    """What tells shapes apart by that."""

    LOGISTIC = "logistic"
    SVM = "svm"
    """With Gaussians; C is 1."""
    FOREST = "forest"
    """Extremely randomised trees."""
    BOOSTING = "boosting"
    MEAN = "mean"
    """Of the probabilities of the first three."""


class SubtyperParams(Row):
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
    learning_rate: PositiveChoices
    momentum: Share
    weight_decay: Choices
    cosine: bool
    scales: Annotated[int, Field(ge=1, le=4)]
    similarity: Similarity
    margin: PositiveFloat
    redraw: Redraw
    partner: Partner
    same_study: bool
    mining: Mining
    cross_entropy: NonNegative
    encoder: Encoder
    synergy: NonNegative
    cube_px: Annotated[int, Field(ge=8, multiple_of=8)]
    shape_features: ShapeFeatures
    shape_classifier: ShapeClassifier

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.window_hu[0] >= self.window_hu[1]:
            raise ValueError(f"window_hu {self.window_hu} is empty: its first value must be the lower one")
        of = Network.REGNET if self.encoder is Encoder.REGNET else self.network
        if self.depth not in DEPTHS[of]:
            raise ValueError(f"depth {self.depth} is none of {of}: {', '.join(map(str, DEPTHS[of]))}")
        if self.similarity is Similarity.CONCATENATED and self.scales > 1:
            raise ValueError(f"concatenated vectors are compared at one scale, not {self.scales}: set scales to 1")
        paired = self.network is Network.DMRN and self.similarity is Similarity.CONTRASTIVE
        beyond = {"mining": self.mining is not Mining.NONE, "cross_entropy": self.cross_entropy > 0}
        if wrong := [name for name, asked in beyond.items() if asked and not paired]:
            raise ValueError(f"{wrong[0]} goes with network dmrn and similarity contrastive alone")
        if self.encoder is not Encoder.RESNET and not paired:
            raise ValueError(f"encoder {self.encoder} goes with network dmrn and similarity contrastive alone")
        if self.weights is not None and self.width != 64:
            raise ValueError(f"pre-trained weights fit width 64 only, not {self.width}")
        return self

    @classmethod
    def shared(cls, values: dict[str, Any], path: Path) -> dict[str, Any]:
        """subtyping.training."""
        return SubtypingParams.check(values.get("subtyping"), f"{path}: subtyping").training


class Kernel(StrEnum):
    """What an SVM separates classes by."""

    LINEAR = "linear"
    """Planes (the paper's)."""
    RBF = "rbf"
    """Gaussians around training samples, as wide as scikit-learn's `scale` makes them."""


class SvmParams(Section):
    """The SVM on an embedding, and its calibration."""

    key = "svm"
    kernel: Kernel
    c: PositiveChoices
    calibration_folds: Annotated[int, Field(ge=2)]
    rows: dict[str, dict[str, Any]]

    def of_row(self, row: str, path: Path = PARAMS) -> SvmParams:
        """These settings with what `rows` overrides for `row`."""
        values = self.model_dump(mode="json") | self.rows.get(row, {})
        return self.check(values, f"{path}: svm.rows.{row}")
