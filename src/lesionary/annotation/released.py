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

CURE = "take the released file as it is"


@dataclass(frozen=True)
class Released:
    """One split: official row numbers of its lesions, and what was mined of each, shape (lesions, labels)."""

    labels: tuple[str, ...]
    lesions: NDArray[np.int64]
    relevant: Matrix
    uncertain: Matrix
    irrelevant: Matrix
    """Of training lesions alone; all False of the others, of which none are listed."""


def read_released(path: Path) -> dict[str, Released]:
    """Splits of `text_mined_labels_171_and_split.json`; a label that stands twice for a lesion counts once."""
    data = _read(path)
    if isinstance(data, list):
        reason = "holds a list, as the hand-labelled lesions that were released do, not labels mined from text"
        raise CohortError(str(path), reason, "give it as --labels: mined.csv is for what was mined")
    if not isinstance(data, dict) or "term_list" not in data:
        raise CohortError(str(path), "holds no term_list", CURE)
    labels = tuple(map(str, data["term_list"]))
    splits = {}
    for name in ("train", "val", "test"):
        try:
            lesions = np.array(data[f"{name}_lesion_idxs"], np.int64)
            written = [data[f"{name}_{relation}_labels"] for relation in ("relevant", "uncertain")]
            written.append(data.get(f"{name}_irrelevant_labels", [[]] * len(lesions)))
            matrices = [_matrix(one, len(labels)) for one in written]
        except (KeyError, TypeError, ValueError, IndexError) as error:
            reason = f"has no lists of lesions and labels for {name} ({type(error).__name__})"
            raise CohortError(str(path), reason, CURE) from None
        if not len(lesions) == len(matrices[0]) == len(matrices[1]) == len(matrices[2]):
            raise CohortError(str(path), f"has lists of different length for {name}", CURE)
        splits[name] = Released(labels, lesions, *matrices)
    return splits


def read_hand_labelled(path: Path, rows: int) -> list[tuple[int, list[str]]]:
    """Official row number and labels of each lesion, sorted, each label once; a row has to be one of `rows`."""
    data, cure = _read(path), "take the released file of hand-labelled lesions as it is"
    if isinstance(data, dict) and "term_list" in data:
        reason = "holds labels that were mined from text, not given by hand"
        raise CohortError(str(path), reason, "give it as --mined: labels.csv is for hand-labelled lesions")
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
        raise CohortError(str(path), f"is no JSON ({type(error).__name__})", CURE) from None


def _matrix(lists: Sequence[Sequence[int]], labels: int) -> Matrix:
    matrix = np.zeros((len(lists), labels), bool)
    for row, columns in enumerate(lists):
        if any(column < 0 for column in columns):
            raise ValueError("no label has a number below 0")
        matrix[row, list(columns)] = True
    return matrix
