"""How often each label is to be expected: lesions drawn by the catalogue alone, none of them placed or painted."""

from __future__ import annotations

from collections import Counter

import numpy as np

from lesionary.phantom.kinds import describe, draw_kind


def label_counts(lesions: int, rng: np.random.Generator) -> Counter[str]:
    """How many of so many lesions (half of them women's) have each label; parents of a label are not counted.

    What a place or a slab has no room for shifts the counts of a cohort a little.
    """
    counts: Counter[str] = Counter()
    for number in range(lesions):
        description, _ = describe(draw_kind(rng, "FM"[number % 2]), rng)
        counts.update(set(description.labels))
    return counts
