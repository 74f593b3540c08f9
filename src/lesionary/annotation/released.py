"""The labels that LesaNet's authors released: lesions by official row number, from 0.

text_mined_labels_171_and_split.json    what was mined from reports, labels by place in `term_list`
hand_labeled_test_set*.json             [{text, lesion_idx, expanded_terms}], labels by name, parents included
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    data = _read(path)
    if not isinstance(data, dict) or "term_list" not in data:
        raise CohortError(str(path), "holds no term_list", "take the released file as it is")
    count = len(data["term_list"])
    splits = {}
    for name in ("train", "val", "test"):
        lesions = np.array(data[f"{name}_lesion_idxs"], np.int64)
        both = [_matrix(data[f"{name}_{kind}_labels"], count) for kind in ("relevant", "uncertain")]
        if not len(lesions) == len(both[0]) == len(both[1]):
            raise CohortError(str(path), f"has lists of different length for {name}", "take the released file as it is")
        splits[name] = Released(lesions, *both)
    return splits


def read_hand_labelled(path: Path, rows: int) -> list[tuple[int, list[str]]]:
    """Official row number and labels of each lesion, sorted, each label once; a row has to be one of `rows`."""
    data, cure = _read(path), "take the released file of hand-labelled lesions as it is"
    if isinstance(data, dict) and "term_list" in data:
        reason = "holds labels that were mined from text, not given by hand"
        raise CohortError(str(path), reason, "give the file of hand-labelled lesions: labels.csv is for these")
    if not isinstance(data, list):
        raise CohortError(str(path), "is no list of lesions", cure)
    found: dict[int, set[str]] = {}
    for place, lesion in enumerate(data):
        number, labels = (
            lesion.get(name) if isinstance(lesion, dict) else None for name in ("lesion_idx", "expanded_terms")
        )
        if (
            not isinstance(number, int)
            or not isinstance(labels, list)
            or not all(isinstance(one, str) for one in labels)
        ):
            raise CohortError(f"{path}, lesion {place}", "has no lesion_idx or no expanded_terms", cure)
        if not 0 <= number < rows:
            raise CohortError(f"{path}, lesion {place}", f"its lesion_idx {number} is no row of {rows}", cure)
        found.setdefault(number, set()).update(labels)
    return [(number, sorted(labels)) for number, labels in sorted(found.items())]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CohortError(
            str(path), f"is no JSON ({type(error).__name__})", "take the released file as it is"
        ) from None


def _matrix(lists: Sequence[Sequence[int]], labels: int) -> Matrix:
    matrix = np.zeros((len(lists), labels), bool)
    for row, columns in enumerate(lists):
        matrix[row, list(columns)] = True
    return matrix
