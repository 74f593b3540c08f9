"""Statistics that are measured alike on the phantom and on real data, so that they can stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.annotation.labels import Matrix


def label_shares(matrix: Matrix, labels: Sequence[str]) -> dict[str, float]:
    """The share of lesions that have each label.

    >>> label_shares(np.array([[1, 1], [1, 0]], bool), ["liver", "cyst"])
    {'liver': 1.0, 'cyst': 0.5}
    """
    shares = matrix.mean(axis=0) if len(matrix) else np.zeros(len(labels))
    return {label: float(share) for label, share in zip(labels, shares, strict=True)}


def long_tail(shares: Mapping[str, float]) -> dict[str, float]:
    """How unequal the labels that occur are.

    >>> long_tail({"chest": 0.75, "nodule": 0.245, "cavitary": 0.005, "never": 0.0})["below_one_percent"]
    0.3333333333333333
    """
    found = np.sort([share for share in shares.values() if share > 0])[::-1]
    return {
        "top_ten_share": float(found[:10].sum() / found.sum()) if len(found) else float("nan"),
        "below_one_percent": float(np.mean(found < 0.01)) if len(found) else float("nan"),
    }


def rank_correlation(ours: Mapping[str, float], real: Mapping[str, float]) -> float:
    """Spearman's, over the labels that occur in both.

    >>> rank_correlation({"a": 0.3, "b": 0.2, "c": 0.1, "d": 0.9}, {"a": 3, "b": 2, "c": 1})
    1.0
    """
    both = [(share, real[label]) for label, share in ours.items() if share > 0 and real.get(label, 0) > 0]
    if len(both) < 3:
        return float("nan")
    table = pl.DataFrame(both, schema=("ours", "real"), orient="row")
    return round(float(table.select(pl.corr("ours", "real", method="spearman")).item()), 10)


def words(sentences: Iterable[str]) -> dict[str, float]:
    """Median and 95th percentile of the number of words, which are what blanks part.

    >>> words(["Stable cyst, 2.3 x 2.1 cm.", "Node (4:120)."])
    {'words_median': 4.0, 'words_p95': 5.8}
    """
    counts = np.array([len(sentence.split()) for sentence in sentences], np.float64)
    return _percentiles(counts, {"words_median": 50, "words_p95": 95})


def diameters(long_mm: Iterable[float]) -> dict[str, float]:
    """Median and tails of long diameters in mm."""
    names = {"diameter_mm_p5": 5, "diameter_mm_median": 50, "diameter_mm_p95": 95}
    return _percentiles(np.array(list(long_mm), np.float64), names)


def _percentiles(values: NDArray[np.floating], names: Mapping[str, int]) -> dict[str, float]:
    if not len(values):
        return dict.fromkeys(names, float("nan"))
    return {name: round(float(np.percentile(values, percent)), 4) for name, percent in names.items()}
