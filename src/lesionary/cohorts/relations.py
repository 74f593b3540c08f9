"""How a mention can relate to a bookmark (LesaNet, 3.1), in the order of every table and matrix."""

from __future__ import annotations

from lesionary.base.errors import ReportError

RELATIONS = ("relevant", "uncertain", "irrelevant")


def check_relation(written: str, place: str) -> None:
    """`ReportError` for what a user wrote in a column `relation` that is none of ours."""
    if written not in RELATIONS:
        cure = f"write one of {', '.join(RELATIONS)}"  # what was written may be a name: not in the reason
        raise ReportError(f"{place}, relation {written!r}", "relation is none of ours", cure)
