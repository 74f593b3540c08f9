"""docs/phantom.md: the comparison as a page of Markdown, written by the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from lesionary.atlas.comparing import FACTOR, Section
from lesionary.atlas.statistics import Statistics

FREQUENT = 25
FAR = 10
AT_LEAST = 0.01
"""Share of lesions from which on a label is compared alone; rarer ones are noise in a small cohort."""


def page(sections: Sequence[Section], counts: Statistics) -> str:
    """The whole page."""
    parts = [
        "# The phantom beside reality",
        "The stage `describe_phantom` writes this page; `data/atlas.html` shows the pictures. Real numbers come from "
        "the papers and from `real/reality.py`, which measures real data that may be looked at but not kept here. "
        f"Two numbers agree if neither is more than {FACTOR:g} times the other.",
        *_summary(sections),
    ]
    for section in sections:
        rows = [
            (line.figure.what, line.text(line.ours), line.text(line.figure.real), line.verdict, line.figure.source)
            for line in section.lines
        ]
        parts += [f"## {section.title}", table(("", "phantom", "real", "", "real from"), rows)]
    return "\n\n".join([*parts, *_labels(counts.shares, counts.rank_correlation), *_images(counts.images)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar in a cell is escaped.

    >>> print(table(("a", "b"), [("x|y", "1")]))
    | a | b |
    |---|---|
    | x\\|y | 1 |
    """
    lines = [tuple(head), *rows]
    text = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([text[0], "|" + "---|" * len(head), *text[1:]])


def _summary(sections: Sequence[Section]) -> list[str]:
    """A sentence a section: what agrees, and what does not."""
    lines = []
    for section in sections:
        alike = [line for line in section.lines if line.agrees]
        apart = [f"{line.figure.what}, {line.verdict}" for line in section.lines if not line.agrees]
        said = f"{len(alike)} of {len(section.lines)} agree"
        lines.append(f"- **{section.title}**: {said}" + (f"; not: {'; '.join(apart)}." if apart else "."))
    return ["\n".join(lines)]


def _labels(shares: pl.DataFrame, correlation: float) -> list[str]:
    """Frequent labels, and those whose frequency is farthest from reality."""
    head = ("label", "class", "phantom, true", "phantom, said", "DeepLesion, mined")
    floor = pl.max_horizontal("phantom_true", "deeplesion") >= AT_LEAST
    both = shares.filter(floor & (pl.col("phantom_true") > 0) & (pl.col("deeplesion") > 0))
    apart = (pl.col("phantom_true") / pl.col("deeplesion")).log().abs()
    far = both.sort(apart, "label", descending=[True, False]).head(FAR)
    absent = shares.filter((pl.col("deeplesion") >= AT_LEAST) & (pl.col("phantom_true") == 0))["label"].to_list()
    both_sides = int(((shares["phantom_true"] > 0) & (shares["deeplesion"] > 0)).sum())
    never = f"Of the real labels that 1 % of lesions or more have, the phantom lacks {len(absent)}"
    return [
        "## Label frequencies",
        "Shares of lesions, parents included. All true labels of all lesions; what judged sentences say of theirs; and "
        f"what was mined from the reports of DeepLesion. The {FREQUENT} most frequent there (all: "
        "`plots/phantom/labels.csv`):",
        table(head, _share_rows(shares.head(FREQUENT))),
        f"The {FAR} farthest apart, of those that 1 % of lesions have here or there:",
        table(head, _share_rows(far)),
        never + (f": {', '.join(absent)}." if absent else "."),
        f"Over the {both_sides} labels that occur here and there, the rank correlation of shares is {correlation:.2f}.",
    ]


def _share_rows(shares: pl.DataFrame) -> list[tuple[str, ...]]:
    return [
        (row["label"], row["class"], *(f"{100 * row[name]:.1f} %" for name in shares.columns[2:]))
        for row in shares.iter_rows(named=True)
    ]


def _images(images: Mapping[tuple[str, str], int]) -> list[str]:
    """How the images are written, which has no counterpart: hospitals do not publish it."""
    makers, syntaxes = (sorted({key[n] for key in images}) for n in (0, 1))
    rows = [(maker, *(f"{images.get((maker, syntax), 0):,}" for syntax in syntaxes)) for maker in makers]
    return ["## Images by manufacturer and transfer syntax", table(("", *syntaxes), rows)]
