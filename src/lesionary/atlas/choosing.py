"""What is shown: of a lot of lesions a few, and slices from head to foot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
import yaml
from pydantic import TypeAdapter

from lesionary.cohorts.images.reading import Series


@cache
def organs() -> dict[str, tuple[str, ...]]:
    """Regions and their organs (`organs.yaml`)."""
    text = (files("lesionary.atlas") / "organs.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(yaml.safe_load(text))


def spread(lesions: pl.DataFrame, judged: Sequence[str], count: int) -> pl.DataFrame:
    """At most `count` lesions, from the smallest to the largest.

    Of different patients, and with a judged sentence, as long as there are enough of them.

    >>> table = pl.DataFrame({"lesion": list("abcde"), "patient": list("pqrst"), "diameter_mm": [5, 4, 3, 2, 1]})
    >>> spread(table, [], 3)["lesion"].to_list()
    ['e', 'c', 'a']
    >>> spread(table, ["a", "b"], 2)["lesion"].to_list()
    ['b', 'a']
    """
    pool = lesions.sort("diameter_mm", "lesion")
    for narrower in (pool.filter(pl.col("lesion").is_in(judged)), pool.unique("patient", keep="first")):
        narrowed = pool.join(narrower.select("lesion"), on="lesion", how="semi", maintain_order="left")
        pool = narrowed if len(narrowed) >= count else pool
    places = np.unique(np.linspace(0, len(pool) - 1, min(count, len(pool))).round().astype(int))
    chosen: pl.DataFrame = pool[places.tolist()]
    return chosen


def levels(series: dict[str, Series], count: int) -> list[tuple[str, int, float]]:
    """Series, slice and height (patient z in mm) of `count` evenly spaced levels, no series twice if avoidable."""
    heights = {name: _heights(one) for name, one in series.items()}
    ends = [h[[0, -1]] for h in heights.values()]
    chosen: list[tuple[str, int, float]] = []
    for level in np.linspace(np.max(ends), np.min(ends), count) if ends else ():
        used = {name for name, _, _ in chosen}
        nearest = [
            (name in used, round(float(np.abs(h - level).min()), 2), name, int(np.abs(h - level).argmin()))
            for name, h in heights.items()
        ]
        _, _, name, z = min(nearest)
        chosen.append((name, z, float(heights[name][z])))
    return chosen


def _heights(series: Series) -> np.ndarray:
    """Patient z of the middle of every slice."""
    x, y, depth = series.geometry.size
    middles = np.array([[x / 2, y / 2, z + 0.5] for z in range(depth)])
    return series.geometry.to_patient(middles)[:, 2]
