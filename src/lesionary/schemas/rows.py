"""One row of each table of a cohort, typed: `lesionary.cohorts` reads the same, column by column.

Values come as text, an empty one for nothing. What is wrong is told without the value: it may name a patient.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from lesionary.cohorts.contract.layout import BOX

Split = Literal["train", "val", "test"]
Relation = Literal["relevant", "uncertain", "irrelevant"]


def _nothing(value: Any) -> Any:
    """An empty field as None."""
    return None if isinstance(value, str) and not value.strip() else value


def _number(value: Any) -> Any:
    """A number as `float` reads it."""
    value = _nothing(value)
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        raise PydanticCustomError("number", "is no number; write a voxel coordinate, with a point") from None


def _position(value: Any) -> Any:
    """A whole number from 0."""
    if isinstance(value, str) and not value.strip().isdecimal():
        raise PydanticCustomError("position", "is no position; write a whole number from 0")
    return int(value) if isinstance(value, str) else value


Name = Annotated[str, Field(min_length=1)]
Optional = Annotated[str | None, BeforeValidator(_nothing)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Coordinate = Annotated[Finite | None, BeforeValidator(_number)]
Whole = Annotated[int, Field(ge=0)]
Position = Annotated[Whole, BeforeValidator(_position)]


class Row(BaseModel):
    """A row of any table; those of text may have more columns, which are left out of account."""

    model_config = ConfigDict(frozen=True)


class LesionsRow(Row):
    """A lesion. Its box may be left empty where it is drawn; study and patient are as its images name them."""

    model_config = ConfigDict(extra="forbid")

    lesion: Name = Field(description="its number or name, once a study; a drawn region is found by it")
    patient: Name = Field(description="PatientID")
    study: Name = Field(description="StudyInstanceUID")
    series: Name = Field(description="SeriesInstanceUID, or the path under images/ or as images.csv writes it")
    x_min: Coordinate = Field(None, description="voxels from 0, x the column; min inclusive, max exclusive")
    y_min: Coordinate = Field(None, description="y the row")
    z_min: Coordinate = Field(None, description="z the slice as stored, sorted by position")
    x_max: Coordinate = None
    y_max: Coordinate = None
    z_max: Coordinate = None
    key_slice: Annotated[Whole | None, BeforeValidator(_number)] = Field(
        None, description="z of the slice that shows it best, in its box; else of its largest section, or the middle"
    )
    subtype: Optional = Field(None, description="its class; one a study")
    split: Annotated[Split | None, BeforeValidator(_nothing)] = Field(
        None, description="the part of its patient; drawn where it is empty, and not looked at where folds are drawn"
    )

    @model_validator(mode="after")
    def _whole_box(self) -> LesionsRow:
        edges = {column: getattr(self, column) for column in BOX}
        empty = [column for column, edge in edges.items() if edge is None]
        if empty and len(empty) < len(BOX):
            raise PydanticCustomError(
                "box", "is empty while the box has other edges; fill all or none", {"at": empty[0]}
            )
        for axis in "xyz":
            if not empty and edges[f"{axis}_max"] <= edges[f"{axis}_min"]:
                raise PydanticCustomError("box", "does not lie above its min", {"at": f"{axis}_max"})
        return self


class ReportsRow(Row):
    """A report; patient and split count where its study has no image."""

    report: Name = Field(description="its name, once in the table")
    study: Name = Field(description="as in lesions.csv where it has images")
    text: Annotated[str, Field(min_length=1, pattern=r"\S")] = Field(description="as written, line breaks included")
    patient: Optional = None
    split: Annotated[Split | None, BeforeValidator(_nothing)] = None


class Span(Row):
    """A stretch of a report's text."""

    report: Name
    start: Position = Field(description="Python string position in its text")
    end: Position = Field(description="the position after its last character")

    @model_validator(mode="after")
    def _not_empty(self) -> Span:
        if self.end <= self.start:
            raise PydanticCustomError("span", "does not lie behind start", {"at": "end"})
        return self


class BookmarksRow(Span):
    """A hyperlink in a report."""

    lesion: Optional = Field(None, description="as in lesions.csv, of the report's study; empty where it has no image")


class RelationsRow(Span):
    """A mention of a label that was judged by hand."""

    label: Name = Field(description="of the ontology")
    bookmark: Position = Field(description="where the bookmark starts that it was judged for")
    relation: Relation


class LabelsRow(Row):
    """A label of a lesion that was labelled by hand, completely."""

    lesion: Name
    study: Name
    label: Name = Field(description="of the ontology")


class MinedRow(Row):
    """A label of a lesion that was mined from a report elsewhere; reports are then not needed."""

    lesion: Name
    study: Name
    label: Name = Field(description="of the ontology")
    relation: Relation
    split: Annotated[Split | None, BeforeValidator(_nothing)] = Field(
        None, description="the part of its patient in the annotation track; it stands before that of the lesions' table"
    )


class ImagesRow(Row):
    """An image that lies elsewhere; `lesionary import` writes these rows."""

    model_config = ConfigDict(extra="forbid")

    file: Name = Field(description="where it lies, from the cohort's folder, parts divided by /")
    bytes: Position
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = Field(description="of its bytes, hexadecimal")
