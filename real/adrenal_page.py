"""Which tries on AdrenalMNIST3D are worth a test, and the page on what came out.

    python real/adrenal_page.py choose TRIES                      print the rows to be tested
    python real/adrenal_page.py write TRIES TESTED PAGE SECONDS SECONDS

Reads   tries    the tree of a run with subtyping.protocol=rehearsal: params.yaml, metrics/cohort.json and
                 plots/subtyping/<row>/intervals.csv, all of them on validation
        tested   the tree of a run with subtyping.protocol=split on the rows that were chosen
        seconds  that each of the two runs took
Writes  page     docs/real-data/adrenalmnist3d.md

Tested are the floor, the paper's DMRN and whichever try has the highest area on validation: no others, and nothing on
the page was chosen by a test.
"""

import argparse
import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from lesionary.params.subtyping import SubtyperParams
from lesionary.subtyping.describing import describe

FLOOR, PAPER = "shape", "dmrn"
METRICS = ("auc", "accuracy")
PUBLISHED = (
    ("ResNet-18, 2.5D", 0.718, 0.772), ("ResNet-18, 3D", 0.827, 0.721), ("ResNet-18, ACS", 0.839, 0.754),
    ("ResNet-50, 2.5D", 0.732, 0.763), ("ResNet-50, 3D", 0.828, 0.745), ("ResNet-50, ACS", 0.828, 0.758),
    ("auto-sklearn", 0.828, 0.802), ("AutoKeras", 0.804, 0.705),
)  # fmt: skip
"""MedMNIST v2 (Yang et al. 2023), of the same glands at 28 voxels a side: AUC and accuracy on the same test part."""
KNOWN_FLOOR = ("logistic regression on some twenty shape features, 64 voxels a side", 0.907, 0.846)
"""The figure that this project was given for its floor."""

Intervals = dict[str, tuple[float, float, float]]


def choose(tries: Path) -> list[str]:
    """The rows to be tested."""
    rows = read_yaml(tries)["rows"]["subtyping"]
    best = max(rows, key=lambda row: study(tries, row)["auc"][0])  # the first among equals
    return list(dict.fromkeys([FLOOR, PAPER, best]))


def study(root: Path, row: str) -> Intervals:
    """Value, low and high of each metric at study level."""
    with (root / "plots" / "subtyping" / row / "intervals.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["unit"] == "study"]
    return {line["metric"]: (float(line["value"]), float(line["low"]), float(line["high"])) for line in lines}


def write(tries: Path, tested: Path, page: Path, seconds: tuple[int, int]) -> None:
    """Write `page`."""
    rows, chosen = read_yaml(tries)["rows"]["subtyping"], choose(tries)
    if (built := read_yaml(tested)["rows"]["subtyping"]) != chosen:
        raise SystemExit(f"{tested}: holds the rows {built}, validation chose {chosen} (test these alone)")
    parts = [
        heading(tested),
        about(tested),
        f"## Tries, on validation\n\n{table(tries, rows)}\n\n{choice(tries, rows)}",
        f"## Test\n\n{table(tested, chosen)}\n\n{majority(tested, chosen)}",
        published(),
        f"The tries took {seconds[0] / 60:.0f} minutes on two shared cores, the run on test {seconds[1] / 60:.0f}.",
    ]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"wrote {page}")


def heading(root: Path) -> str:
    """Title and provenance."""
    params = read_yaml(root)
    training, evaluation = params["subtyping"]["training"], params["evaluation"]
    commit = subprocess.run(("git", "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=True).stdout
    size = f"width {training['width']}, {training['side_px']} px, {training['epochs']} epochs, from scratch"
    return (
        "# adrenalmnist3d: normal glands and masses by their shape\n\n"
        f"Made by the stages of `make real` at commit {commit.strip()}, seed {training['seed']}. Networks are reduced "
        f"to laptop size ({size}). Brackets are {evaluation['level']:.0%} intervals of a bootstrap over glands (seed "
        f"{evaluation['seed']})."
    )


def about(root: Path) -> str:
    """What was used."""
    whole, tested = counts(root), counts(root)["tested"]
    names = [name for name in whole["studies"] if name != "total"]
    lines = [
        f"| {name} | {whole['studies'][name]} | {tested['studies'][name]} | {whole['slices'][name]} |" for name in names
    ]
    return "\n".join([
        "The official file, 64 voxels a side, in its official parts. A gland is a study, its slices are the transaxial "
        "ones (the last axis of the file), its network answer the mean over them. The file names no patients: both "
        "glands of one lie in one part, but count as two here, so that intervals are a little too narrow.\n",
        "| class | glands | of them in test | slices |", "|---|---|---|---|", *lines,
    ])  # fmt: skip


def table(root: Path, rows: list[str]) -> str:
    """A line a row: what it is, area and accuracy."""
    lines = ["| row | what it is | AUC | accuracy |", "|---|---|---|---|"]
    for row in rows:
        found = study(root, row)
        cells = [f"{value:.3f} [{low:.3f}, {high:.3f}]" for value, low, high in (found[name] for name in METRICS)]
        words = describe(row, SubtyperParams.load_row(row, root / "params.yaml")).removeprefix(f"{row}: ")
        lines.append(f"| {row} | {words} | {' | '.join(cells)} |")
    return "\n".join(lines)


def choice(root: Path, rows: list[str]) -> str:
    """Which rows are tested, and how sure that choice is."""
    glands, spans = counts(root)["tested"]["studies"]["total"], [study(root, row)["auc"][1:] for row in rows]
    overlap = max(low for low, _ in spans) <= min(high for _, high in spans)
    sure = (
        "a choice hardly surer than a draw: one area lies in the intervals of all"
        if overlap
        else "which tell some apart"
    )
    best = max(rows, key=lambda row: study(root, row)["auc"][0])
    tested = f"Tested: the floor ({FLOOR}), the paper's network ({PAPER}), and the highest area here ({best})"
    return f"{tested}, of {glands} glands, {sure}."


def majority(root: Path, rows: list[str]) -> str:
    """What calling every gland normal would score, and which rows lie reliably above it."""
    tested = counts(root)["tested"]["studies"]
    name = max((one for one in tested if one != "total"), key=lambda one: int(tested[one]))
    share = tested[name] / tested["total"]
    above = ", ".join(row for row in rows if study(root, row)["accuracy"][1] > share) or "no row"
    return f"Calling every gland {name} has an accuracy of {share:.3f}; reliably above it: {above}."


def published() -> str:
    """The published table."""
    lines = [f"| {name} | {auc:.3f} | {accuracy:.3f} |" for name, auc, accuracy in (*PUBLISHED, KNOWN_FLOOR)]
    head = (
        "## Published, on the same test part\n\nMedMNIST v2's benchmarks saw 28 voxels a side; the last line is the "
        "floor that this project was given."
    )
    return "\n".join([head + "\n", "| method | AUC | accuracy |", "|---|---|---|", *lines])


def counts(root: Path) -> dict[str, Any]:
    """metrics/cohort.json; of a rehearsal or a split with `tested`."""
    found: dict[str, Any] = json.loads((root / "metrics" / "cohort.json").read_text(encoding="utf-8"))
    return found


def read_yaml(root: Path) -> dict[str, Any]:
    """The params of a run."""
    found: dict[str, Any] = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    choosing, writing = commands.add_parser("choose"), commands.add_parser("write")
    choosing.add_argument("tries", type=Path)
    for name in ("tries", "tested", "page"):
        writing.add_argument(name, type=Path)
    writing.add_argument("seconds", type=int, nargs=2)
    given = parser.parse_args()
    if given.command == "choose":
        print(",".join(choose(given.tries)))
    else:
        write(given.tries, given.tested, given.page, (given.seconds[0], given.seconds[1]))
