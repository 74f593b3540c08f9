"""What the papers report (`published.yaml`, which explains itself), as cells of our tables."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from lesionary.site.tables import NOTHING, Cell, number


class PublishedTable(BaseModel):
    """Some columns of one table, a row a method."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source: str
    decimals: int
    columns: tuple[str, ...]
    rows: dict[str, tuple[float, ...]]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if short := [row for row, values in self.rows.items() if len(values) != len(self.columns)]:
            raise ValueError(f"{self.source}: row {short[0]!r} does not fill its {len(self.columns)} columns")
        return self


class Published(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    names: dict[str, str]
    tables: dict[str, PublishedTable]

    def cell(self, table: str, row: str, column: str) -> Cell:
        """One number as it was printed, or an empty cell; its `key` says where it stands in the file."""
        known = self.tables[table]
        if row not in known.rows or column not in known.columns:
            return NOTHING
        value = known.rows[row][known.columns.index(column)]
        return number(value, known.decimals, key=f"{table}/{row}/{column}", source=known.source)

    def has(self, table: str, row: str) -> bool:
        """Whether the paper has a row of this name."""
        return row in self.tables[table].rows

    def others(self, table: str, built: tuple[str, ...]) -> list[str]:
        """Rows that the paper has and we did not build."""
        return [row for row in self.tables[table].rows if row not in built]


@cache
def read_published() -> Published:
    """`published.yaml`, checked."""
    text = (files("lesionary.site") / "published.yaml").read_text(encoding="utf-8")
    return Published.model_validate(yaml.safe_load(text))
