"""Set the full annotation table beside LesaNet's Table 1, in words that follow from the numbers.

    python tools/annotation_page.py docs/results/annotation.json docs/results/annotation.md [--root TREE]

Reads `docs/results/annotation.json` and what made it (`tools/collect.py`), and of the same run
`plots/annotation/<row>/intervals.csv`, `plots/annotation/differences.csv` and, where cut-offs were trained,
`plots/annotation/subsets/<cut-off>.csv`. Writes Markdown and, beside it, Figure 5.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from lesionary.evaluation.multilabel import NAMES
from lesionary.figures.subsets import draw_subsets
from lesionary.site.agreement import agreements
from lesionary.site.annotation import MODEL, TESTS
from lesionary.site.exhibits import subset_means
from lesionary.site.published import Published, read_published
from lesionary.site.rows import Row

ROOT = Path(__file__).resolve().parents[1]


def main(table: Path, page: Path, root: Path = ROOT) -> int:
    """Write `page`."""
    metrics: dict[str, Any] = json.loads(table.read_text(encoding="utf-8"))
    made = json.loads(table.with_suffix(".made.json").read_text(encoding="utf-8"))
    rows = [
        Row(name, "", root / f"metrics/annotation/{name}.json", root / f"plots/annotation/{name}") for name in metrics
    ]
    differences = pl.read_csv(root / "plots/annotation/differences.csv")
    published = read_published()
    parts = [heading(made, metrics[MODEL])]
    for test, title in TESTS.items():
        parts += [f"## {title[0].upper()}{title[1:]}", results(test, rows, published), against(test, differences)]
    parts += ["## Does the order agree with the paper's?", order(rows, published)]
    parts += ["## Thresholds, retrieval, calibration", beyond(metrics)]
    tables = {int(path.stem): pl.read_csv(path) for path in sorted((root / "plots/annotation/subsets").glob("*.csv"))}
    if tables:
        picture = page.with_name(f"{page.stem}_subsets.svg")
        picture.write_bytes(draw_subsets(subset_means(tables)))
        parts += ["## Trained and tested on subsets of labels (Figure 5)", subsets(tables, picture.name)]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 0


def heading(made: dict[str, Any], model: dict[str, Any]) -> str:
    """What was run."""
    training, size = made["params"]["annotation"]["training"], model["size"]
    return (
        "# LesaNet's Table 1 on the phantom\n\n"
        f"Made by `make tables` from commit {made['commit'][:10]}, seed {training['seed']}; `annotation.json` beside "
        "this page holds the numbers, `annotation.made.json` the params. Networks are reduced to laptop size: width "
        f"{training['width']} (paper: 64), batch {training['batch']} (128), {size['train_lesions']} training lesions "
        f"(19,213), {size['labels']} labels (171). Brackets are "
        f"{made['params']['evaluation']['level']:.0%} intervals of a bootstrap over patients (seed "
        f"{made['params']['evaluation']['seed']}); they hold the chance of the test lesions, not of another training. "
        "The paper's numbers, in italics, are of other lesions, and are no goal here."
    )


def results(test: str, rows: Sequence[Row], published: Published) -> str:
    """Every row with its intervals, and the paper's below it."""
    lines = [f"| row | {' | '.join(NAMES)} |", "|---|" + "---|" * len(NAMES)]
    for row in rows:
        cells = []
        for name in NAMES:
            low, high = row.intervals[test, name]
            cells.append(f"{row.metrics[test][name]:.3f} [{low:.3f}, {high:.3f}]")
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
        if published.has(test, row.name):
            values = [published.cell(test, row.name, name).value or float("nan") for name in NAMES]
            lines.append(f"| *{published.names[row.name]}* | {' | '.join(f'*{value:.3f}*' for value in values)} |")
    return "\n".join(lines)


def against(test: str, differences: pl.DataFrame) -> str:
    """Which differences to LesaNet the test lesions can tell."""
    here = differences.filter(pl.col("test") == test)
    told = here.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    lines = [
        f"- {row}: {metric} {value:+.3f} [{low:+.3f}, {high:+.3f}]"
        for row, metric, value, low, high in told.select("row", "metric", "value", "low", "high").iter_rows()
    ]
    said = f"Differences to {MODEL} whose interval does not hold 0 ({len(told)} of {len(here)}):"
    return f"{said}\n\n" + ("\n".join(lines) or "- none")


def order(rows: Sequence[Row], published: Published) -> str:
    """Rank correlation, and who stands on which side of LesaNet."""
    lines = []
    for one in agreements(rows, published):
        other = f"; not: {', '.join(one.other)}" if one.other else ""
        same = ", ".join(one.same) or "none"
        lines.append(
            f"- {one.test}, {one.metric}: Spearman's correlation {one.correlation:.2f}. On the same side of {MODEL} as "
            f"in the paper: {same}{other}."
        )
    return "\n".join(lines)


def beyond(metrics: dict[str, Any]) -> str:
    """What the paper does not print."""
    head = ("F1, grid", "F1, exact", "mean average precision", "recall at 1", "calibration error")
    lines = [f"| row | {' | '.join(head)} |", "|---|" + "---|" * len(head)]
    for row, found in metrics.items():
        values = (
            found["hand_labelled"]["f1"], found["hand_labelled_exact"]["f1"], found["retrieval"]["map"],
            found["retrieval"]["recall_at_1"], found.get("calibration", {}).get("hand_labelled"),
        )  # fmt: skip
        lines.append(f"| {row} | {' | '.join('–' if value is None else f'{value:.3f}' for value in values)} |")
    return "On the hand-labelled test set; retrieval over all test lesions.\n\n" + "\n".join(lines)


def subsets(tables: dict[int, pl.DataFrame], picture: str) -> str:
    """Mean F1 of each tested subset by what was trained on."""
    lines = ["| trained on labels with more than | tested on more than | labels | F1 |", "|---|---|---|---|"]
    lines += [
        f"| {trained} | {tested} | {labels} | {f1:.3f} |"
        for trained, tested, labels, f1 in subset_means(tables).iter_rows()
    ]
    return f"Training occurrences; text-mined test set.\n\n![Figure 5]({picture})\n\n" + "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree that holds the run's metrics and plots")
    sys.exit(main(**vars(parser.parse_args())))
