"""Tables as data: a line is ours, a paper's, or a baseline; what they look like is the template's business."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Whose(StrEnum):
    """Who computed the numbers of a line."""

    OURS = "ours"
    PAPER = "paper"
    BASELINE = "baseline"
    """What needs no learning: always the most frequent class."""


@dataclass(frozen=True)
class Cell:
    """One number of a table as text; an empty one shows a dash."""

    text: str = "–"
    value: float | None = None
    spread: str = ""
    """Standard deviation over folds."""
    interval: str = ""
    key: str = ""
    """Of a published number: table/row/column in `published.yaml`."""
    source: str = ""
    best: bool = False


NOTHING = Cell()


@dataclass(frozen=True)
class Line:
    """One line of a table."""

    name: str
    whose: Whose
    cells: tuple[Cell, ...]
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Lines under a common heading; without a title they need none."""

    lines: tuple[Line, ...]
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table with what stands above and below it; `spans` are headings over several columns."""

    ident: str
    title: str
    head: tuple[str, ...]
    groups: tuple[Group, ...]
    note: str = ""
    spans: tuple[tuple[str, int], ...] = ()
    first: str = "row"
    """What the first column holds."""

    @property
    def spread(self) -> bool:
        """Whether any cell has one, so that the others must leave room for it."""
        return any(cell.spread for group in self.groups for line in group.lines for cell in line.cells)


def number(
    value: float | None,
    decimals: int,
    *,
    scale: float = 1.0,
    spread: float | None = None,
    interval: tuple[float, float] | None = None,
    key: str = "",
    source: str = "",
) -> Cell:
    """A cell of `value * scale`; the interval is as fine as it needs to be, one digit less.

    >>> number(0.55556, 2, scale=100, spread=0.1886, interval=(0.4262, 0.6826)).interval
    '[42.6, 68.3]'
    >>> number(None, 2).text, number(4065, 0).text
    ('–', '4,065')
    """
    if value is None or math.isnan(value):
        return NOTHING
    fine = max(decimals - 1, 0)
    between = f"[{interval[0] * scale:.{fine}f}, {interval[1] * scale:.{fine}f}]" if interval else ""
    about = f"± {spread * scale:.{decimals}f}" if spread is not None else ""
    return Cell(f"{value * scale:,.{decimals}f}", value, about, between, key, source)


def mark_best(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Mark the highest of our numbers in each column, where there are two or more to choose from.

    >>> ours = [Line(name, Whose.OURS, (number(value, 1),)) for name, value in (("a", 0.2), ("b", 0.7), ("c", 0.7))]
    >>> [line.cells[0].best for line in mark_best(ours)]
    [False, True, True]
    """
    marked = [list(line.cells) for line in lines]
    for column in range(max((len(cells) for cells in marked), default=0)):
        ours = [
            (cells, cells[column].value)
            for line, cells in zip(lines, marked, strict=True)
            if line.whose is Whose.OURS and not cells[column].key and cells[column].value is not None
        ]
        highest = max((value for _, value in ours if value is not None), default=None)
        for cells, value in ours if len(ours) > 1 else []:
            if value == highest:
                cells[column] = replace(cells[column], best=True)
    return tuple(replace(line, cells=tuple(cells)) for line, cells in zip(lines, marked, strict=True))
