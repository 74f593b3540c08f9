"""Coarse body parts of lesions, from their labels: what DeepLesion gives with every lesion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray

from lesionary.annotation.labels import Matrix


@cache
def body_parts() -> Mapping[str, Sequence[str]]:
    """The labels of each coarse part, as `body_parts.yaml` lists them."""
    text = (files("lesionary.annotation.learning") / "body_parts.yaml").read_text(encoding="utf-8")
    parts: Mapping[str, Sequence[str]] = yaml.safe_load(text)
    return parts


def coarse_parts(
    targets: Matrix, names: Sequence[str], parts: Mapping[str, Sequence[str]] | None = None
) -> NDArray[np.int64]:
    """The number of each lesion's part, shape (lesions,); -1 where none of its labels belongs to one.

    >>> coarse_parts(np.array([[1, 1], [0, 1], [0, 0]], bool), ["liver", "abdomen"], {"a": ["liver"], "b": ["abdomen"]})
    array([ 0,  1, -1])
    """
    found = np.full(len(targets), -1, np.int64)
    for number, labels in enumerate((parts or body_parts()).values()):
        columns = [names.index(label) for label in labels if label in names]
        found[targets[:, columns].any(axis=1) & (found < 0)] = number
    return found
