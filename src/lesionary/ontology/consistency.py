"""Decisions that an ontology can agree with: no child without its parents, no two labels that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from numpy import ndarray


def consistent(
    margins: Float[ndarray, "lesions labels"],
    closure: Bool[ndarray, "labels ancestors"],
    exclusions: Bool[ndarray, "labels labels"],
) -> Bool[ndarray, "lesions labels"]:
    """Labels whose margin is not negative, with their parents, without those that a surer label excludes.

    A margin is the score less the label's threshold. A parent is as sure as its surest child. Labels are taken from
    the surest on, parents before their children: one that excludes a label already taken is dropped, and so is what
    lies below it.

    >>> closure = np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]], bool)  # 0 is a part of 2
    >>> exclusions = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], bool)  # 1 excludes both
    >>> consistent(np.array([[0.2, 0.1, -0.3], [0.2, 0.3, -0.3]]), closure, exclusions).tolist()
    [[True, False, True], [False, True, False]]
    """
    sure = np.where(margins >= 0, margins.astype(np.float64), -np.inf)
    strength = sure.copy()
    for label in range(sure.shape[1]):
        strength[:, closure[label]] = np.maximum(strength[:, closure[label]], sure[:, [label]])
    depth = np.broadcast_to(closure.sum(axis=1), strength.shape)
    order = np.lexsort((depth, -strength), axis=1)
    kept = np.zeros(sure.shape, bool)
    every = np.arange(len(kept))
    for label in order.T:
        has_parents = (kept | ~closure[label]).all(axis=1)
        excluded = (kept & exclusions[label]).any(axis=1)
        kept[every, label] = (strength[every, label] > -np.inf) & has_parents & ~excluded
    return kept
