"""Pairs of images: each image once with a partner, P = f (2.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lesionary.base.errors import CohortError, ParamsError

if TYPE_CHECKING:
    from jaxtyping import Int
    from numpy import ndarray

PARTNERS = ("uniform", "class-balanced")


def draw_pairs(
    classes: Int[ndarray, " images"],
    studies: Int[ndarray, " images"],
    rng: np.random.Generator,
    partner: str = "uniform",
    same_study: bool = True,
) -> Int[ndarray, "images 2"]:
    """Every image, in a drawn order, beside a drawn partner that is never itself.

    `uniform` draws the partner from all images alike (the paper's); `class-balanced` first a class, then an image of
    it. Without `same_study` the partner comes from another study.
    """
    if partner not in PARTNERS:
        raise ParamsError("partner", f"{partner!r} is no way to draw a partner", f"one of {', '.join(PARTNERS)}")
    # A partner comes from a drawn group (a class, or all images) and from another unit (a study, or the image itself).
    # Sorted by group and unit, what is barred is one run of images, which the draw steps over.
    group = np.unique(classes, return_inverse=True)[1] if partner == "class-balanced" else np.zeros_like(classes)
    unit = np.arange(len(classes)) if same_study else np.unique(studies, return_inverse=True)[1]
    order = np.lexsort((unit, group))
    sizes = np.zeros((group.max() + 1, unit.max() + 1), np.int64)
    np.add.at(sizes, (group, unit), 1)
    starts = sizes.cumsum().reshape(sizes.shape) - sizes
    eligible = sizes.sum(axis=1, keepdims=True) - sizes

    first = rng.permutation(len(classes))
    own = unit[first]
    draw = np.where(eligible[:, own] > 0, rng.random((len(sizes), len(first))), -1.0)
    if (draw.max(axis=0) < 0).any():
        where = "another image" if same_study else "an image of another study"
        raise CohortError("pairs", f"an image has no partner: it needs {where}", "add studies, or set same_study")
    drawn = draw.argmax(axis=0)
    place = starts[drawn, 0] + rng.integers(eligible[drawn, own])
    place += np.where(place >= starts[drawn, own], sizes[drawn, own], 0)
    return np.stack([first, order[place]], axis=1)


def pair_mix(pairs: Int[ndarray, "pairs 2"], classes: Int[ndarray, " images"]) -> Int[ndarray, "classes classes"]:
    """How many pairs have a first image of class i and a partner of class j.

    The paper claims that random pairs let all classes contribute equally; this is what they did.

    >>> pair_mix(np.array([[0, 1], [1, 2], [2, 1]]), np.array([0, 0, 1]))
    array([[1, 1],
           [1, 0]])
    """
    mix = np.zeros((classes.max() + 1,) * 2, np.int64)
    np.add.at(mix, tuple(classes[pairs].T), 1)
    return mix
