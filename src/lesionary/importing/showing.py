"""Rows that an import leaves out, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lesionary.schemas.tables import Finding

SHOWN = 5
"""Rows left out for one reason that are shown unless all are asked for."""


def left_out(refused: Sequence[Finding], *, everything: bool = False) -> Iterator[str]:
    """Lines: for each table, column and reason its cure, if it has one, and the rows, with what stands there."""
    groups: dict[tuple[str, str, str, str], list[Finding]] = {}
    for one in refused:
        file = one.file if one.line else ""  # of whole files, those that are left out for one reason
        groups.setdefault((file, one.column, one.reason, one.cure), []).append(one)
    for (file, column, reason, cure), group in groups.items():
        shown = group if everything else group[:SHOWN]
        places = ", ".join(_place(one) if one.line else one.file for one in shown)
        more = f" and {len(group) - len(shown)} more (--all shows them)" if len(group) > len(shown) else ""
        where = ", ".join(filter(None, (file, f"column {column}" if column else "")))
        told = reason + (f" ({cure})" if cure else "")
        yield "left out: " + (f"{where}: " if where else "") + f"{told}: {places}{more}"


def _place(one: Finding) -> str:
    return f"line {one.line}" + (f" (reads {one.value!r})" if one.value else "")
