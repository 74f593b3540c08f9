"""Reliability curves: what a score promises and what is true (Niculescu-Mizil and Caruana, ICML 2005)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lesionary.evaluation.probabilities.calibration import Reliability
from lesionary.figures.canvas import PALETTE, drawing


def draw_reliability(
    found: Mapping[str, Reliability],
    path: Path,
    *,
    score: str = "mean score of the bin",
    share: str = "share of its cells that are true",
) -> None:
    """A curve for each of `found`, through the bins that hold something; on the diagonal scores are probabilities."""
    with drawing(path, 4.6, 4.0) as axes:
        axes.plot([0, 1], [0, 1], color="0.7", lw=1, ls="--")
        for (name, one), colour in zip(found.items(), PALETTE, strict=False):
            bins = list(one.bins())
            label = f"{name.replace('_', '-')}, error {one.error:.3f}"
            axes.plot([b.confidence for b in bins], [b.accuracy for b in bins], "o-", color=colour, ms=4, label=label)
        axes.set(xlabel=score, ylabel=share)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        axes.legend(loc="best")
