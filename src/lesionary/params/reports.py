"""Params of what is mined from reports."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, PositiveFloat, PositiveInt, model_validator

from lesionary.base.errors import ParamsError
from lesionary.base.sections import NonNegative, Row, Section, Share


class Scrub(StrEnum):
    """What is taken out of a report before its text leaves `data/raw`."""

    KNOWN = "known"
    """What tables and headers tell of its own study and patient: names, identifiers, birth date, institution."""
    DATES = "dates"
    """Dates, times of day, ages of ninety and more."""
    NAMES = "names"
    """Names behind a title or a role, or before a degree."""
    NUMBERS = "numbers"
    """Numbers behind a label ("MRN"), of seven digits and more, UIDs."""
    CONTACTS = "contacts"
    """Telephones, addresses of mail, of pages and of streets."""


class BookmarksParams(Section):
    """When a bookmark without a hyperlink agrees with a lesion, and what is taken out of the texts before."""

    key = "bookmarks"
    tolerance_mm: NonNegative
    tolerance_share: Share
    scrub: tuple[Scrub, ...]


class OntologyParams(Section):
    """The ontology of a run; dvc.yaml hands its file to the stages."""

    key = "ontology"
    file: str


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


class JudgeParams(_Judge, Row):
    """One row of the table of relations: the common settings with the row's own over them."""

    key = "judges"

    @classmethod
    def shared(cls, values: dict[str, Any], path: Path) -> dict[str, Any]:
        """relations but for what no row may override."""
        common = RelationsParams.check(values.get("relations"), f"{path}: relations")
        return common.model_dump(mode="json", include=set(cls.model_fields))
