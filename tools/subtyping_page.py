"""Set the full subtyping tables beside DMRN's Tables 1 to 6, in words that follow from the numbers.

    python tools/subtyping_page.py docs/results/subtyping.json docs/results/subtyping.md [--root TREE]

Reads `docs/results/subtyping.json` and what made it (`tools/collect.py`), where it is `subtyping_scanners.json` beside
it (rows whose folds are scanners), and of the same run `metrics/cohort.json`,
`metrics/subtyping/<row>.json`, `plots/subtyping/<row>/{intervals,per_class}.csv` and
`plots/subtyping/differences.csv` and `plots/subtyping/figures`. Writes Markdown, its pictures beside it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
from markdown_tables import as_markdown

from lesionary.evaluation.multiclass import NAMES
from lesionary.site.differences import Differences, read_differences
from lesionary.site.order import DMRN, SUBTYPING, subtyping_orders
from lesionary.site.published import Published, read_published
from lesionary.site.rows import Row, read_numbers
from lesionary.site.subtyping_tables import SubtypingTables
from lesionary.subtyping.tables.predictions import UNITS

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {
    "ablations": "Confusion matrices of the ablations (Figure 4)",
    "embeddings": "t-SNE of one fold's test slices (Figure 5)",
}


RELIABLE = (
    "Lower is better. Calibration error: over ten bins of equal width, the mean distance of the probability of what is "
    "called from the share of studies that are right; Brier score: squared distance from the truth, 0 to 2; log loss: "
    "-ln of the probability of the truth. Recalibrated: each fold's probabilities to the power of 1 / temperature, "
    "chosen on the other folds' out-of-fold studies; no decision changes. A temperature above 1: a row was too sure."
)


def main(table: Path, page: Path, root: Path = ROOT) -> int:
    """Write `page`."""
    names = tuple(json.loads(table.read_text(encoding="utf-8")))
    made = json.loads(table.with_suffix(".made.json").read_text(encoding="utf-8"))
    rows = tuple(
        Row(name, "", root / f"metrics/subtyping/{name}.json", root / f"plots/subtyping/{name}") for name in names
    )
    published = read_published()
    tables = SubtypingTables(rows, read_numbers(root / "metrics/cohort.json"), published)
    differences = read_differences(names, root / "plots", published)
    parts = [heading(made), as_markdown(tables.cohort, "Table 1")]
    for unit, (overall, classes) in {"study": ("Table 2", "Table 3"), "slice": ("Table 4", "Table 5")}.items():
        parts.append(as_markdown(tables.overall(unit), overall))
        if less := differences.of(unit):
            parts += [as_markdown(less, f"the p of {overall}"), significance(unit, differences, published)]
        parts.append(as_markdown(tables.per_class(unit), classes))
    parts += [as_markdown(tables.ablations, "Table 6"), beyond(differences)]
    parts += [
        as_markdown(tables.calibration, "beyond the paper"),
        RELIABLE,
        "## Does the order agree with the paper's?",
    ]
    parts += [
        ranks(rows, published),
        order(rows, published),
        *scanners(table),
        *pictures(root / "plots/subtyping/figures", page),
    ]
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return 0


def scanners(table: Path) -> list[str]:
    """What rows make of a scanner that they were not taught on, beside the same rows' cross-validation by patient."""
    path = table.with_name(f"{table.stem}_scanners.json")
    if not path.is_file():
        return []
    apart, mixed = (json.loads(one.read_text(encoding="utf-8")) for one in (path, table))
    makers = list(next(iter(apart.values()))["scanner"])
    cases = [next(iter(apart.values()))["scanner"][maker]["cases"] for maker in makers]
    head = [f"{maker} ({count} studies)" for maker, count in zip(makers, cases, strict=True)]
    lines = [f"| row | {' | '.join(head)} | all, pooled | all, folds by patient |", "|---|" + "---|" * (len(head) + 2)]
    for row, found in apart.items():
        values = [found["scanner"][maker]["accuracy"] for maker in makers] + [found["study"]["accuracy"]]
        values += [mixed[row]["study"]["accuracy"]] if row in mixed else []
        cells = [f"{100 * value:.1f}" for value in values] + ["–"] * (row not in mixed)
        lines.append(f"| {row} | {' | '.join(cells)} |")
    text = (
        "Each column leaves one maker's scanners out: the others taught, the accuracy (per cent) is of its studies. Of "
        "a patient whom two makers scanned, the studies of one are kept, so that none teaches what it is tested on."
    )
    return ["## A scanner that nothing was learnt on", text, "\n".join(lines)]


def pictures(folder: Path, page: Path) -> list[str]:
    """Figures 4 and 5, copied beside `page`; the others show patients."""
    parts = []
    for name, title in FIGURES.items():
        if (folder / f"{name}.svg").is_file():
            picture = page.with_name(f"{page.stem}_{name}.svg")
            shutil.copyfile(folder / f"{name}.svg", picture)
            parts += [f"## {title}", f"![{title}]({picture.name})"]
    return parts


def heading(made: dict[str, Any]) -> str:
    """What was run."""
    params = made["params"]
    training, folds, evaluation = params["subtyping"]["training"], params["folds"], params["evaluation"]
    start = "from scratch" if training["weights"] is None else f"from {training['weights']}"
    return (
        "# DMRN's Tables 1 to 6 on the phantom\n\n"
        f"Made by `make tables` from commit {made['commit'][:10]}, seed {training['seed']}; `subtyping.json` beside "
        "this page holds the numbers, `subtyping.made.json` the params. Networks are reduced to laptop size: width "
        f"{training['width']} (paper: 64), {training['side_px']} px (224), {training['epochs']} epochs (200), {start} "
        f"(ImageNet). {folds['count']} folds by {folds['by']}, seed {folds['seed']}; every number is out of fold. "
        f"Brackets are {evaluation['level']:.0%} intervals of a bootstrap over patients (seed {evaluation['seed']}), ± "
        "is the deviation over folds; neither holds the chance of another training. **Bold** is the highest of ours. "
        "The paper's numbers, in italics, are of other masses, and are no goal here."
    )


def significance(unit: str, differences: Differences, published: Published) -> str:
    """Which of the rows that the paper tells from DMRN differ here, by what draws of patients can tell."""
    here = differences.table.filter((pl.col("unit") == unit) & (pl.col("metric") == NAMES[0]))
    asked = here.filter(pl.col("row").is_in(list(published.tables[f"{unit}_p"].rows)))
    sides = {"worse": pl.col("high") < 0, "better": pl.col("low") > 0}
    told = {side: asked.filter(which)["row"].to_list() for side, which in sides.items()}
    open_ = [row for row in asked["row"] if row not in told["worse"] + told["better"]]
    (found,) = [one for one in differences.told if one.unit == UNITS[unit]]
    tests = "; ".join(f"{name}: {count}" for name, count in found.below.items())
    return (
        f"The paper calls {len(asked)} of these rows worse than DMRN (p < 0.05). By the interval of the difference in "
        f"accuracy over {UNITS[unit]}, worse than {differences.reference} here: {_names(told['worse'])}; better: "
        f"{_names(told['better'])}; not told apart: {_names(open_)}. Of all {found.rows} rows, p lies below 0.05 by "
        f"{tests}. The interval is the one to trust for these networks, the corrected t-test for the method; a t-test "
        "over folds takes them for independent, one over cases takes these so."
    )


def beyond(differences: Differences) -> str:
    """What rows that the paper has not do better or worse than the reference, by the interval over patients."""
    lines = ["## What does better than the paper's network? (beyond the paper)"]
    for unit, name in UNITS.items():
        for side, rows in groupby(sorted(differences.beyond(unit), key=lambda one: one.side), lambda one: one.side):
            told = "; ".join(f"{one.row} {one.difference.text} {one.difference.interval}" for one in rows)
            lines.append(f"- {name}, accuracy less that of {differences.reference}, {side}: {told}.")
    return "\n".join([lines[0], "", *(lines[1:] or ["No such row was built."])])


def ranks(rows: Sequence[Row], published: Published) -> str:
    """Where DMRN stands among the published rows that are built, there and here."""
    lines = []
    for table, (unit, title) in SUBTYPING.items():
        shared = [row for row in rows if published.has(table, row.name) and unit in row.metrics]
        if DMRN not in {row.name for row in shared}:
            continue
        ours = {row.name: row.metrics[unit][NAMES[0]] for row in shared}
        paper = {name: published.cell(table, name, NAMES[0]).value or 0.0 for name in ours}
        places = [1 + sum(value > values[DMRN] for value in values.values()) for values in (paper, ours)]
        lines.append(f"- {title}: by accuracy {DMRN} is {places[0]} of {len(ours)} in the paper, {places[1]} here.")
    return "\n".join(lines) or f"{DMRN} was not built."


def order(rows: Sequence[Row], published: Published) -> str:
    """Rank correlation, and who stands on which side of DMRN."""
    lines = [
        f"- {one.test}, {one.metric}: Spearman's correlation {one.correlation:.2f}. On the same side of {DMRN} as in "
        f"the paper: {_names(one.same)}; not: {_names(one.other)}."
        for one in subtyping_orders(rows, published)
    ]
    return "\n".join(lines) or "Too few rows of the paper were built to compare their order."


def _names(rows: Sequence[str]) -> str:
    return ", ".join(rows) or "none"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree that holds the run's metrics and plots")
    sys.exit(main(**vars(parser.parse_args())))
