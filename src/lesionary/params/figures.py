"""Params of the figures in which rows stand beside each other."""

from __future__ import annotations

from lesionary.base.sections import Section


class FiguresParams(Section):
    """Of the subtyping track."""

    key = "figures"
    embedded: tuple[str, ...]
