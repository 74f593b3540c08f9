"""Write what an experiment on a real cohort found to `docs/real-data/<cohort>.md`, with the commit that made it.

Reads   the experiment's commit (`dvc exp run --temp --name <cohort>`): metrics/cohort.json, params.yaml and
        plots/subtyping/<row>/{intervals,per_class}.csv as they were there, and set_aside.csv of the stages from
        DVC's cache
Writes  docs/real-data/<cohort>.md: numbers with intervals beside the majority class; no pictures
"""

import argparse
import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import dvc.api
import yaml

METRICS = ("accuracy", "sensitivity", "specificity", "precision", "f1", "auc")
STAGES = ("data/interim/index/{cohort}", "data/processed/slices", "data/processed/folds")


def main(cohort: str, page: Path) -> None:
    """Write `page` from the experiment named `cohort`."""
    newest = (
        "--sort=-committerdate",
        "--count=1",
        "--format=%(objectname)",
    )  # its name may stand on older commits, too
    commit = git("for-each-ref", *newest, f"refs/exps/**/{cohort}")
    params = yaml.safe_load(git("show", f"{commit}:params.yaml"))
    counts = json.loads(git("show", f"{commit}:metrics/cohort.json"))
    rows = params["rows"]["subtyping"]
    page.parent.mkdir(parents=True, exist_ok=True)
    parts = [heading(cohort, commit, params), about(counts), results(commit, rows, counts), classes(commit, rows)]
    page.write_text("\n\n".join([*parts, aside(cohort, commit)]) + "\n", encoding="utf-8")
    print(f"wrote {page}")


def heading(cohort: str, commit: str, params: dict[str, Any]) -> str:
    """Title, provenance and what was reduced."""
    base, training = git("rev-parse", "--short", f"{commit}~1"), params["subtyping"]["training"]
    size = ", ".join(f"{name} {training[name]}" for name in ("width", "side_px", "epochs", "learning_rate", "seed"))
    folds = f"{params['folds']['count']} folds by {params['folds']['by']}, seed {params['folds']['seed']}"
    level = f"{params['evaluation']['level']:.0%}"
    return (
        f"# {cohort}: the subtyping chain on real CT\n\nMade by `make real` from commit {base}. {folds}; networks are "
        f"reduced to laptop size ({size}; the paper: width 64, 224 px, 200 epochs, ImageNet weights). Brackets are "
        f"{level} intervals of a bootstrap over patients (seed {params['evaluation']['seed']})."
    )


def about(counts: dict[str, Any]) -> str:
    """What was used."""
    lines = [f"| {name} | {number} | {counts['slices'][name]} |" for name, number in counts["studies"].items()]
    return f"{counts['patients']} patients.\n\n" + "\n".join(["| class | studies | slices |", "|---|---|---|", *lines])


def results(commit: str, rows: list[str], counts: dict[str, Any]) -> str:
    """One line a row and unit, under the majority class."""
    majority = {
        unit: max(n for name, n in counts[key].items() if name != "total") / counts[key]["total"]
        for unit, key in (("study", "studies"), ("slice", "slices"))
    }
    table = [f"| row | level | {' | '.join(METRICS)} |", f"|---|---|{'---|' * len(METRICS)}"]
    above: list[str] = []
    empty = " |" * (len(METRICS) - 1)
    table += [f"| majority class | {unit} | {share:.3f} |{empty}" for unit, share in majority.items()]
    for row in rows:
        found = read_csv(commit, f"plots/subtyping/{row}/intervals.csv")
        for unit in dict.fromkeys(line["unit"] for line in found):
            mine = [line for line in found if line["unit"] == unit]
            table.append(f"| {row} | {unit} | {' | '.join(map(cell, mine))} |")
            above += [f"{row} ({unit})"] if float(mine[0]["low"]) > majority[unit] else []
    verdict = f"Accuracy lies reliably above the majority class for: {', '.join(above) or 'no row'}."
    return "## Results, pooled out of fold\n\n" + "\n".join(table) + f"\n\n{verdict}"


def cell(line: dict[str, str]) -> str:
    """A value with its interval."""
    value, low, high = (float(line[name]) for name in ("value", "low", "high"))
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def classes(commit: str, rows: list[str]) -> str:
    """F1 of each class at study level."""
    each = {row: read_csv(commit, f"plots/subtyping/{row}/per_class.csv") for row in rows}
    names = [line["class"] for line in each[rows[0]] if line["unit"] == "study"]
    table = [f"| F1, studies | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    table += [
        f"| {row} | {' | '.join(line['f1'] for line in lines if line['unit'] == 'study')} |"
        for row, lines in each.items()
    ]
    return "\n".join(table)


def aside(cohort: str, commit: str) -> str:
    """What was set aside, by pseudonym."""
    found = []
    for folder in STAGES:
        text = dvc.api.read(f"{folder.format(cohort=cohort)}/set_aside.csv", repo=".", rev=commit)
        found += list(csv.DictReader(io.StringIO(text)))
    table = [f"| {line['kind']} | {line['reason']} | {line['cure']} |" for line in found]
    return "## Set aside\n\n" + "\n".join(["| what | why | what to do |", "|---|---|---|", *table])


def read_csv(commit: str, path: str) -> list[dict[str, str]]:
    """Rows of a CSV file of the experiment."""
    return list(csv.DictReader(io.StringIO(git("show", f"{commit}:{path}"))))


def git(*arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort")
    parser.add_argument("page", type=Path)
    main(**vars(parser.parse_args()))
