"""The embedded sub-figures on disk: a folder per class for training and for testing, as the real ones are kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from lesionary.base.errors import CohortError
from lesionary.params.subfigures import SubfigurePhantomParams
from lesionary.running.parallel import in_order
from lesionary.subfigures.classes import figure_classes
from lesionary.subfigures.drawing.painters import SPLITS, Split, paint

LEAST: dict[Split, int] = {"train": 1, "test": 2}
"""Images that a class has at the least: as few as the paper's rarest (program listings)."""


class Figure(NamedTuple):
    """One image to draw."""

    code: str
    split: Split
    number: int

    @property
    def path(self) -> Path:
        """Where it goes below the collection's folder."""
        return Path(self.split, self.code, f"{self.code}-{self.number:04d}.png")


def share_out(total: int, counts: Mapping[str, int], imbalance: float, least: int) -> dict[str, int]:
    """How many images of each class: `total` in proportion to the paper's counts to the power of `imbalance`.

    Each share is rounded on its own and raised to `least`, so that the sum may miss `total` by a few.

    >>> share_out(12, {"chart": 100, "table": 25, "listing": 1}, imbalance=0.5, least=2)
    {'chart': 8, 'table': 4, 'listing': 2}
    >>> share_out(12, {"chart": 100, "table": 25, "listing": 1}, imbalance=0.0, least=2)
    {'chart': 4, 'table': 4, 'listing': 4}
    """
    weights = {code: count**imbalance for code, count in counts.items()}
    whole = sum(weights.values())
    return {code: max(least, round(total * weight / whole)) for code, weight in weights.items()}


def figures(params: SubfigurePhantomParams) -> list[Figure]:
    """Every image of the collection."""
    wanted: list[Figure] = []
    for split in SPLITS:
        counts = {code: getattr(one, split) for code, one in figure_classes().items()}
        shares = share_out(getattr(params, split), counts, params.imbalance, LEAST[split])
        wanted.extend(Figure(code, split, number) for code, count in shares.items() for number in range(1, count + 1))
    return wanted


def make_collection(folder: Path, params: SubfigurePhantomParams) -> None:
    """Draw the whole collection into `folder`: equal params, equal bytes; `CohortError` where something lies there."""
    if folder.exists() and any(folder.iterdir()):
        raise CohortError(str(folder), "is not empty", "remove it; a new collection is never mixed into an old one")
    wanted = figures(params)
    for figure in wanted:
        (folder / figure.path).parent.mkdir(parents=True, exist_ok=True)
    for _ in in_order(partial(_draw, folder, params.seed), wanted, "drawing sub-figures"):
        pass


def _draw(folder: Path, seed: int, figure: Figure) -> None:
    image = paint(figure.code, figure.split, figure.number, seed)
    image.save(folder / figure.path, optimize=True)
