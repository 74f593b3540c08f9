"""Pairs of an epoch: `draw_pairs`, which draws all partners at once, against a loop over images.

Both draw class-balanced partners from other studies, for as many images as the paper has (4,065). Prints seconds an
epoch of each and their ratio; a training step at paper size takes longer than either's share of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lesionary.subtyping.learning.pairs import draw_pairs

SLICES = (1707, 245, 1047, 350, 716)  # a class, DMRN Table 1
REPEATS = 5


def by_loop(classes: NDArray[np.int64], studies: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The obvious way: for each image a class, then the images of it that may be its partner, then one of them."""
    pairs = []
    for first in rng.permutation(len(classes)):
        candidates = np.flatnonzero((classes == rng.integers(len(SLICES))) & (studies != studies[first]))
        pairs.append((first, rng.choice(candidates)))
    return np.array(pairs)


def at_once(classes: NDArray[np.int64], studies: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Ours."""
    return np.asarray(draw_pairs(classes, studies, rng, "class-balanced", same_study=False))


def seconds(draw: Callable[..., NDArray[np.int64]], classes: NDArray[np.int64], studies: NDArray[np.int64]) -> float:
    """Fastest of a few epochs."""
    times = []
    for repeat in range(REPEATS):
        start = time.perf_counter()
        draw(classes, studies, np.random.default_rng(repeat))
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    classes = np.repeat(np.arange(len(SLICES)), SLICES)
    studies = np.arange(len(classes)) // 18  # slices a study on average
    ours, loop = seconds(at_once, classes, studies), seconds(by_loop, classes, studies)
    print(
        f"pairs of {len(classes)} images: ours {ours * 1e3:.1f} ms, loop {loop * 1e3:.1f} ms, ratio {loop / ours:.0f}"
    )


if __name__ == "__main__":
    main()
