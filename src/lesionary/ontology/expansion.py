"""What labels imply: parents of the positive, reliable negatives, parents of the uncertain (LesaNet, 4.2).

All work on matrices of lesions by labels; `closure` and `exclusions` are those of the `Ontology`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool
    from numpy import ndarray


def expand(
    positive: Bool[ndarray, "lesions labels"], closure: Bool[ndarray, "labels ancestors"]
) -> Bool[ndarray, "lesions labels"]:
    """`positive` with all its ancestors: a nodule of the left lung lies in the lung and in the chest.

    Expanding twice adds nothing:

    >>> closure = np.array([[0, 1, 1], [0, 0, 1], [0, 0, 0]], bool)  # left lung, lung, chest
    >>> once = expand(np.array([[1, 0, 0], [0, 1, 0]], bool), closure)
    >>> once.astype(int)
    array([[1, 1, 1],
           [0, 1, 1]])
    >>> (expand(once, closure) == once).all()
    np.True_
    """
    return np.asarray(positive | _reached(positive, closure))


def reliable_negatives(
    positive: Bool[ndarray, "lesions labels"], exclusions: Bool[ndarray, "labels labels"]
) -> Bool[ndarray, "lesions labels"]:
    """Labels that a positive one excludes, unless they are positive themselves; `positive` is expanded already.

    >>> exclusions = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], bool)  # chest, abdomen, nodule
    >>> reliable_negatives(np.array([[1, 0, 0], [1, 1, 0]], bool), exclusions).astype(int)
    array([[0, 1, 0],
           [0, 0, 0]])
    """
    return np.asarray(_reached(positive, exclusions) & ~positive)


def expand_uncertain(
    uncertain: Bool[ndarray, "lesions labels"],
    positive: Bool[ndarray, "lesions labels"],
    closure: Bool[ndarray, "labels ancestors"],
    exclusions: Bool[ndarray, "labels labels"],
) -> Bool[ndarray, "lesions labels"]:
    """`uncertain` with its ancestors, save those that are positive or excluded by a positive; `positive` is expanded.

    What the report itself leaves open stays open, even where a positive label excludes it; what it affirms does not.

    >>> closure = np.array([[0, 1, 0], [0, 0, 0], [0, 0, 0]], bool)  # liver, abdomen, chest
    >>> exclusions = np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0]], bool)
    >>> liver, nothing, chest = np.array([[1, 0, 0]], bool), np.zeros((1, 3), bool), np.array([[0, 0, 1]], bool)
    >>> expand_uncertain(liver, nothing, closure, exclusions).astype(int)
    array([[1, 1, 0]])
    >>> expand_uncertain(liver, chest, closure, exclusions).astype(int)
    array([[1, 0, 0]])
    """
    above = _reached(uncertain, closure) & ~_reached(positive, exclusions)
    return np.asarray((uncertain | above) & ~positive)


def _reached(
    labels: Bool[ndarray, "lesions labels"], relation: Bool[ndarray, "labels labels"]
) -> Bool[ndarray, "lesions labels"]:
    """Labels to which any of a lesion's labels is related; through floats, since NumPy multiplies these fast."""
    return np.asarray(labels.astype(np.float32) @ relation.astype(np.float32) > 0)
