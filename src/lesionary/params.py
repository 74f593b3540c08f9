"""`params.yaml` as frozen, strict and closed sections.

Every section names the top-level key it stands for and is loaded by the stage that uses it. A misspelt key, a
wrong type or an impossible value stops that stage at its first line (`ParamsError`).
"""

from __future__ import annotations

import difflib
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, ValidationError, model_validator

from lesionary.errors import ParamsError

PARAMS = Path("params.yaml")

NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """One top-level key of params.yaml."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
    key: ClassVar[str]

    @classmethod
    def load(cls, path: Path = PARAMS) -> Self:
        """Read this section; `ParamsError` names key, value and, for a misspelt key, the nearest valid one."""
        return cls.check(read_params(path).get(cls.key), f"{path}: {cls.key}")

    @classmethod
    def check(cls, values: Any, place: str) -> Self:
        """Validate `values` as they stand in YAML (lists become tuples, strings enum members)."""
        try:
            return cls.model_validate_json(json.dumps(values), strict=True)
        except ValidationError as error:
            raise _explain(cls, error, place) from None


def read_params(path: Path = PARAMS) -> dict[str, Any]:
    """The whole of `params.yaml`; `ParamsError` if it is not a mapping."""
    with path.open(encoding="utf-8") as file:
        values = yaml.safe_load(file)
    if not isinstance(values, dict):
        raise ParamsError(str(path), "is not a mapping of sections", "see the params.yaml of a fresh clone")
    return values


def _own(values: dict[str, Any], table: str, row: str, path: Path) -> dict[str, Any]:
    rows = values.get(table) or {}
    if row not in rows:
        near = difflib.get_close_matches(row, rows, n=1, cutoff=0.0)
        raise ParamsError(f"{path}: rows: {row}", f"no such row in {table}", f"did you mean {near}?")
    return rows[row] if isinstance(rows[row], dict) else {}


def _explain(section: type[BaseModel], error: ValidationError, place: str) -> ParamsError:
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")  # a misspelt key is missing, too
    path = [str(part) for part in first["loc"]]
    name = ".".join([place, *path])
    if first["type"] == "extra_forbidden":
        valid = _keys_at(section, path[:-1])
        near = difflib.get_close_matches(path[-1], valid, n=1, cutoff=0.0)
        return ParamsError(name, "no such key", f"did you mean {near[0]!r}?" if near else f"one of {valid}")
    if first["type"] == "missing":
        return ParamsError(name, "is missing", "params.yaml of a fresh clone shows every key")
    return ParamsError(name, f"{first['input']!r} cannot be used: {first['msg']}", "correct its value")


def _keys_at(section: type[BaseModel], path: list[str]) -> list[str]:
    for part in path:
        inner = section.model_fields[part].annotation if part in section.model_fields else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        section = inner
    return sorted(section.model_fields)


class PhantomParams(Section):
    """The embedded cohort."""

    key = "phantom"
    seed: int
    patients: PositiveInt
    screening_patients: Annotated[int, Field(ge=0)]
    text_studies: Annotated[int, Field(ge=0)]
    matrix: Annotated[int, Field(ge=64, le=512)]
    max_slices: Annotated[int, Field(ge=8)]
    noise_hu: NonNegative
    overlap: NonNegative
    imbalance: NonNegative
    label_noise: NonNegative
    typos: Annotated[float, Field(ge=0, lt=0.5)]


class IndexParams(Section):
    """What is accepted as a series."""

    key = "index"
    max_gap_mm: NonNegative
    tilt_deg: NonNegative


class SlicesParams(Section):
    """The slices that subtyping sees."""

    key = "slices"
    side_px: PositiveInt
    margin_mm: NonNegative


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
        return cls.check(common.training | _own(values, cls.key, row, path), f"{path}: subtypers.{row}")


class SubtypingParams(Section):
    """The subtyping track: its cohort, and what its rows share."""

    key = "subtyping"
    cohort: str
    training: dict[str, Any]


class SvmParams(Section):
    """The linear SVM on the embedding, and its calibration."""

    key = "svm"
    c: PositiveFloat
    calibration_folds: Annotated[int, Field(ge=2)]


class AnnotationParams(Section):
    """The annotation track: its cohort, and what its rows share."""

    key = "annotation"
    cohort: str
    split_seed: int
    training: dict[str, Any]


class BookmarksParams(Section):
    """When a bookmark without a hyperlink agrees with a lesion."""

    key = "bookmarks"
    tolerance_mm: NonNegative
    tolerance_share: Share


class OntologyParams(Section):
    """The ontology of a run; dvc.yaml hands its file to the stages."""

    key = "ontology"
    file: str


class PatchesParams(Section):
    """The patches that annotation sees."""

    key = "patches"
    side_mm: PositiveFloat
    spacing_mm: PositiveFloat
    slice_gap_mm: PositiveFloat


class Judging(StrEnum):
    """What tells which mention belongs to which bookmark."""

    NETWORK = "network"
    """Convolution, maximum and sentence vector (the paper's)."""
    RULES = "rules"
    """Cue words, their scope, and the nearest bookmark; nothing is learnt."""
    LINEAR = "linear"
    """Logistic regression on words between and around the pair."""


class _Judge(BaseModel):
    judge: Judging
    seed: int
    epochs: PositiveInt
    batch: PositiveInt
    learning_rate: PositiveFloat
    filters: PositiveInt
    word_width: PositiveInt
    heads: Annotated[int, Field(ge=0)]
    dropout: Share
    positions: bool
    kinds: bool
    encoder: str | None
    sentence_dimension: PositiveInt
    balanced: bool
    dev: Annotated[float, Field(gt=0, lt=1)]

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if self.heads and self.filters % self.heads:
            raise ValueError(f"{self.heads} heads cannot share {self.filters} filters: choose a divisor")
        return self


class RelationsParams(_Judge, Section):
    """The judges of relations between mentions and bookmarks: which is applied, and what they share."""

    key = "relations"
    apply: str
    pipeline: str

    def applied(self, rows: tuple[str, ...]) -> str:
        """`apply`, which must be one of `rows`."""
        if self.apply not in rows:
            reason = f"{self.apply!r} is not among rows.relations, which are {', '.join(rows) or 'none'}"
            raise ParamsError("relations.apply", reason, "apply one of them, or add it to rows.relations")
        return self.apply


class JudgeParams(_Judge, Section):
    """One row of the table of relations: the common settings with the row's own over them."""

    key = "judges"

    @classmethod
    def load_row(cls, row: str, path: Path = PARAMS) -> JudgeParams:
        """Settings of one row: those of `relations` that rows share, overridden by `judges.<row>`."""
        values = read_params(path)
        common = RelationsParams.check(values.get("relations"), f"{path}: relations")
        shared = common.model_dump(mode="json", include=set(cls.model_fields))
        return cls.check(shared | _own(values, cls.key, row, path), f"{path}: judges.{row}")


class LabelsParams(Section):
    """Which labels are learnt: how often each must occur."""

    key = "labels"
    min_train: PositiveInt
    min_val: PositiveInt
    min_test: PositiveInt


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


class AnnotatorParams(Section):
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
    def load_row(cls, row: str, path: Path = PARAMS) -> AnnotatorParams:
        """Settings of one row: `annotation.training` overridden by `annotators.<row>`."""
        values = read_params(path)
        common = AnnotationParams.check(values.get("annotation"), f"{path}: annotation")
        return cls.check(common.training | _own(values, cls.key, row, path), f"{path}: annotators.{row}")


class EvaluationParams(Section):
    """Intervals and pictures."""

    key = "evaluation"
    seed: int
    replicates: Annotated[int, Field(ge=100)]
    level: Annotated[float, Field(gt=0.5, lt=1)]


class RowsParams(Section):
    """Which rows are built."""

    key = "rows"
    subtyping: tuple[str, ...]
    annotation: Annotated[tuple[str, ...], Field(min_length=1)]
    relations: tuple[str, ...]
    subsets: tuple[Annotated[int, Field(ge=0)], ...]
