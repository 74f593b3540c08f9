"""Training on few labels or on many (LesaNet, Fig. 5)."""

from __future__ import annotations

from io import BytesIO

import polars as pl
from matplotlib.ticker import FixedLocator

from lesionary.figures.canvas import PALETTE, drawing


def draw_subsets(table: pl.DataFrame) -> bytes:
    """SVG of F1 by the labels trained on, a curve a tested subset.

    `table`: trained_above, tested_above (training occurrences), labels (of the tested subset), f1.
    """
    file = BytesIO()
    trained = table["trained_above"].unique().sort(descending=True).to_list()
    with drawing(file, 5.0, 3.6) as axes:
        for colour, tested in zip(PALETTE, trained, strict=False):
            part = table.filter(pl.col("tested_above") == tested).sort("trained_above", descending=True)
            label = f"more than {tested} ({part['labels'][0]} labels)"
            places = [trained.index(cutoff) for cutoff in part["trained_above"]]
            axes.plot(places, part["f1"], "o-", color=colour, label=label)
        axes.xaxis.set_major_locator(FixedLocator(range(len(trained))))
        axes.set_xticklabels([f"> {cutoff}" for cutoff in trained])
        axes.set(xlabel="trained on labels that occur", ylabel="F1, mean over the tested labels", ylim=(0, 1))
        axes.margins(x=0.1)
        axes.legend(title="tested on labels that occur", loc="lower left", fontsize=8, title_fontsize=8)
    return file.getvalue()
