"""The labels that LesaNet's authors released: lesions by official row number, labels by place in a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lesionary.annotation.labels import Matrix
from lesionary.base.errors import CohortError


@dataclass(frozen=True)
class Released:
    """One split: official row numbers of its lesions, and what was mined of each, shape (lesions, labels)."""

    lesions: NDArray[np.int64]
    relevant: Matrix
    uncertain: Matrix


def read_released(path: Path) -> dict[str, Released]:
    """Splits of `text_mined_labels_171_and_split.json`; a label that stands twice for a lesion counts once."""
    data = json.loads(path.read_text(encoding="utf-8"))
    count = len(data["term_list"])
    splits = {}
    for name in ("train", "val", "test"):
        lesions = np.array(data[f"{name}_lesion_idxs"], np.int64)
        both = [_matrix(data[f"{name}_{kind}_labels"], count) for kind in ("relevant", "uncertain")]
        if not len(lesions) == len(both[0]) == len(both[1]):
            raise CohortError(str(path), f"has lists of different length for {name}", "take the released file as it is")
        splits[name] = Released(lesions, *both)
    return splits


def _matrix(lists: Sequence[Sequence[int]], labels: int) -> Matrix:
    matrix = np.zeros((len(lists), labels), bool)
    for row, columns in enumerate(lists):
        matrix[row, list(columns)] = True
    return matrix
