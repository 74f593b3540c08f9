"""`params.yaml` as frozen, strict and closed sections.

Every section names the top-level key it stands for and is loaded by the stage that uses it. A misspelt key, a
wrong type or an impossible value stops that stage at its first line (`ParamsError`).
"""

from __future__ import annotations

import difflib
import json
from abc import abstractmethod
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lesionary.base.errors import ParamsError

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


class Row(Section):
    """One row of a table: what the table's rows share, with the row's own entry over it."""

    @classmethod
    def load_row(cls, row: str, path: Path = PARAMS) -> Self:
        """Settings of one row; `ParamsError` as `load`, and if the table has no such row."""
        values = read_params(path)
        return cls.check(cls.shared(values, path) | own(values, cls.key, row, path), f"{path}: {cls.key}.{row}")

    @classmethod
    @abstractmethod
    def shared(cls, values: dict[str, Any], path: Path) -> dict[str, Any]:
        """What the rows share, of all `values` of the file `path`."""


def read_params(path: Path = PARAMS) -> dict[str, Any]:
    """The whole of `params.yaml`; `ParamsError` if it is not a mapping."""
    with path.open(encoding="utf-8") as file:
        values = yaml.safe_load(file)
    if not isinstance(values, dict):
        raise ParamsError(str(path), "is not a mapping of sections", "see the params.yaml of a fresh clone")
    return values


def own(values: dict[str, Any], table: str, row: str, path: Path) -> dict[str, Any]:
    """What `row` of `table` sets itself; `ParamsError` if there is no such row."""
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
