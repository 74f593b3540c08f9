"""Set the sub-figure benchmark beside DMRN's Tables 7 and 8 and Figure 6.

    python tools/subfigures_page.py docs/results/subfigures.json docs/results/subfigures.md [--root TREE]

Reads `docs/results/subfigures.json` and what made it (`tools/collect.py`), and of the same run
`metrics/subfigures/{cohort,<row>}.json`, `plots/subfigures/<row>/{intervals,per_class}.csv` and
`plots/subfigures/classes.{csv,svg}`. Writes Markdown, its picture beside it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from markdown_tables import as_markdown

from lesionary.site.published import read_published
from lesionary.site.rows import Row
from lesionary.site.subfigures import EMBEDDED, MORE_IMAGES, Subfigures, read_subfigures

ROOT = Path(__file__).resolve().parents[1]


def main(table: Path, page: Path, root: Path = ROOT) -> int:
    """Write `page`."""
    made = json.loads(table.with_suffix(".made.json").read_text(encoding="utf-8"))
    rows = [
        Row(name, "", root / f"metrics/subfigures/{name}.json", root / f"plots/subfigures/{name}")
        for name in json.loads(table.read_text(encoding="utf-8"))
    ]
    images = made["params"]["subfigures"]["images"]
    found = read_subfigures(images, rows, root / "metrics", root / "plots", read_published())
    picture = page.with_name(f"{page.stem}_classes.svg")
    shutil.copyfile(root / "plots/subfigures/classes.svg", picture)
    parts = [
        heading(made, found),
        as_markdown(found.overall, "Table 7"),
        quoted(found),
        as_markdown(found.per_class, "Table 8"),
        found.per_class.note,
        f"## How unequal the classes are (Figure 6)\n\n![Images of each class]({picture.name})",
        found.distribution.caption,
    ]
    page.write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")
    return 0


def heading(made: dict[str, Any], found: Subfigures) -> str:
    """What was run, and on what."""
    params, counts = made["params"], found.counts
    training, evaluation = params["subfigures"]["training"], params["evaluation"]
    drawn = (
        "A program drew the images, so no number here says how well figures of real articles are sorted"
        if found.images == EMBEDDED
        else f"The images are those of {found.images}"
    )
    start = "from scratch" if training["weights"] is None else f"from {training['weights']}"
    return (
        "# DMRN's Tables 7 and 8: sub-figures sorted by their kind\n\n"
        f"Made by `make tables` from commit {made['commit'][:10]}, seed {training['seed']}; `subfigures.json` beside "
        f"this page holds the numbers, `subfigures.made.json` the params. {drawn}: {counts['train']['total']} train, "
        f"{counts['validation']['total']} validate, {counts['test']['total']} test, {counts['classes']} classes. "
        f"Networks are reduced to laptop size: width {training['width']} (paper: 64), "
        f"{params['subfigures']['side_px']} px (224), {start} (ImageNet); `subfigures.made.json` has the epochs. "
        f"Brackets are {evaluation['level']:.0%} intervals of a bootstrap over test images (seed "
        f"{evaluation['seed']}), and do not hold the chance of another training. **Bold** is the highest of ours. The "
        "paper's numbers, in italics, are of ImageCLEF 2016."
    )


def quoted(found: Subfigures) -> str:
    """What stands in Table 7 as published alone, and why."""
    names = found.published.names
    built = {row.name for row in found.rows}
    alone = [names[row] for row in found.published.tables["subfigures"].rows if row not in built]
    more = [names[row] for row in MORE_IMAGES]
    return (
        f"Quoted as published and not built here: {', '.join(alone) or 'none'}. Trained on more images than the set "
        f"holds, by the asterisk of the paper's table: {', '.join(more)}. Precision, recall and F1 are one class "
        "against the rest, then the mean over the classes with test images; a class that a row never names has F1 0."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree that holds the run's metrics and plots")
    sys.exit(main(**vars(parser.parse_args())))
