"""Single masses for a reader to look at: which ones (DMRN, Fig. 1 and 3). Nobody chooses: a rule and a seed do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.subtyping.tables.cases import Cases

HARDEST = 1 / 3
"""Share of a class's studies from which a hard one is drawn."""


def typical(studies: Cases, count: int, rng: np.random.Generator) -> list[list[int]]:
    """For each class, the rows of `count` studies of different patients; fewer where there are no more."""
    chosen: list[list[int]] = [[] for _ in studies.classes]
    shown: set[tuple[int, int]] = set()
    for row in rng.permutation(len(studies.label)).tolist():
        label, patient = int(studies.label[row]), int(studies.patient[row])
        if len(chosen[label]) < count and (label, patient) not in shown:
            chosen[label].append(row)
            shown.add((label, patient))
    return chosen


def hard(studies: Cases, probabilities: Sequence[NDArray[np.floating]], rng: np.random.Generator) -> list[int]:
    """For each class, the row of a study that was hard for the rows of a table, all of them counted alike.

    Drawn from the third of the class (one at least) to whose truth `probabilities`, of each row (studies, classes),
    give least on average.
    """
    everyone = np.arange(len(studies.label))
    truth = np.mean([one[everyone, studies.label] for one in probabilities], axis=0)
    chosen = []
    for label in range(len(studies.classes)):
        mine = np.flatnonzero(studies.label == label)
        mine = mine[np.argsort(truth[mine], kind="stable")]
        chosen.append(int(rng.choice(mine[: max(1, int(len(mine) * HARDEST))])))
    return chosen


def middle_slices(slices: pl.DataFrame, studies: Sequence[str]) -> pl.DataFrame:
    """The middle slice of the thickest mass of each of `studies`, in their order, of the table of all slices."""
    place = {"depth": pl.len().over("study", "lesion"), "place": pl.int_range(pl.len()).over("study", "lesion")}
    middle = slices.with_columns(**place).filter(pl.col("place") == pl.col("depth") // 2)
    thickest = middle.sort("depth", descending=True, maintain_order=True).unique("study", keep="first")
    chosen = pl.DataFrame({"study": studies}).join(thickest, on="study", how="left", maintain_order="left")
    return chosen.drop("depth", "place")
