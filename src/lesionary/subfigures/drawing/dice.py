"""Draws of plain numbers and things from a generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Thing = TypeVar("Thing")

SIDES_PX = (80, 200)  # shortest and longest side of a drawn image: what a file costs grows with its square


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number, evenly."""
    return float(rng.uniform(low, high))


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number, both ends included."""
    return int(rng.integers(low, high, endpoint=True))


def one_of(rng: np.random.Generator, things: Sequence[Thing]) -> Thing:
    """One of some things, evenly."""
    return things[int(rng.integers(len(things)))]


def some_of(rng: np.random.Generator, things: Sequence[Thing], count: int) -> list[Thing]:
    """So many of some things (again and again if there are fewer), in a drawn order."""
    order = np.concatenate([rng.permutation(len(things)) for _ in range(-(-count // len(things)))])
    return [things[int(index)] for index in order[:count]]


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Whether something with this probability happens."""
    return bool(rng.random() < probability)


def format_px(
    rng: np.random.Generator, area_px: tuple[int, int], aspect: tuple[float, float] = (1.0, 1.0)
) -> tuple[int, int]:
    """Height and width whose geometric mean lies in `area_px` and whose ratio, width to height, lies in `aspect`.

    >>> format_px(np.random.default_rng(1), (100, 100), (1.0, 1.0))
    (100, 100)
    >>> format_px(np.random.default_rng(1), (100, 100), (4.0, 4.0))
    (80, 200)
    """
    mean, ratio = between(rng, *area_px), np.exp(between(rng, np.log(aspect[0]), np.log(aspect[1])))
    height, width = np.clip(np.rint([mean / np.sqrt(ratio), mean * np.sqrt(ratio)]), *SIDES_PX)
    return int(height), int(width)
