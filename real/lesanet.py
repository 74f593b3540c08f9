"""What the released LesaNet ontology and labels hold, counted by the code that our own labels go through.

Reads   source   a folder with lesion_ontology_181022.xlsx and text_mined_labels_171_and_split.json
Writes  page     docs/real-data/lesanet.md: counts beside the published ones, and what is contradictory
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lesionary.annotation.mining.statistics import faults_of
from lesionary.annotation.released import read_released
from lesionary.ontology.workbook import read_workbook

USED = {"train": "19,213", "val": "1,852", "test": "1,759"}  # noisy lesions left out, which these files do not mark


def main(source: Path, page: Path) -> None:
    """Write `page` from the files in `source`."""
    whole = read_workbook(source / "lesion_ontology_181022.xlsx")
    written = json.loads((source / "text_mined_labels_171_and_split.json").read_text("utf-8"))
    part = whole.only(written["term_list"])
    released = read_released(source / "text_mined_labels_171_and_split.json")
    kinds = Counter(kind.value for kind in part.classes.values())
    inherited = int(np.triu(part.inherited | part.inherited.T).sum())
    own = int(part.inherited.diagonal().sum())
    rows = [whole.index[label] for label in part.labels]
    parents = [set(np.flatnonzero(row).tolist()) for row in whole.listed[np.ix_(rows, rows)]]
    lines = [
        ("terms in the workbook", len(whole.labels), "333"),
        ("labels: body parts, types, attributes", [kinds[k] for k in ("bodypart", "type", "attribute")], "115, 27, 29"),
        ("parent-child pairs, reduced", int(part.reduced().listed.sum()), "137"),
        ("parent-child pairs, closed", int(part.closure.sum()), "268"),
        ("exclusive pairs, inherited", inherited, "4,461"),
        ("... of which a label with itself", own, "1"),
    ]
    for name, split in released.items():
        # Trained on relevant and uncertain labels, tested on relevant ones (the paper, 5.1).
        used = split.relevant | split.uncertain if name == "train" else split.relevant
        mined, faults = written[f"{name}_relevant_labels"], faults_of(split.relevant, part)
        lines += [
            (f"{name}: lesions", len(split.relevant), {"train": "20,266", "val": "1,976", "test": "1,879"}[name]),
            (f"{name}: lesions with a label", int(used.any(axis=1).sum()), f"{USED[name]} in the paper"),
            (f"{name}: labels that stand twice for a lesion", sum(len(one) - len(set(one)) for one in mined), ""),
            (f"{name}: ancestors that are missing", faults["missing_ancestors"], ""),
            (f"{name}: ... a written label and listed parent at a time", lacking(mined, parents), known(name, "1,195")),
            (f"{name}: exclusive labels given together", faults["exclusive_together"], ""),
            (
                f"{name}: ... as the lists imply, contradictions obeyed",
                faults["exclusive_as_written"],
                known(name, "3,689"),
            ),
        ]
    table = "\n".join(f"| {what} | {ours} | {known} |" for what, ours, known in lines)
    faults = Counter(str(one.fault) for one in part.contradictions())
    found = "\n".join(f"- {number} {fault.rstrip(',')}" for fault, number in sorted(faults.items()))
    page.parent.mkdir(parents=True, exist_ok=True)
    head = "# The released LesaNet ontology and labels\n\n| | counted | known |\n|---|---|---|\n"
    page.write_text(
        f"{head}{table}\n\nThe ontology contradicts itself (how many labels, and what each does):\n\n{found}\n", "utf-8"
    )
    print(f"wrote {page}")


def lacking(mined: Sequence[Sequence[int]], parents: Sequence[set[int]]) -> int:
    """Listed parents that lesions lack, counted for every label as often as it is written."""
    return sum(len(parents[label] - set(one)) for one in mined for label in one)


def known(split: str, figure: str) -> str:
    """A figure that is known of the training split alone."""
    return f"{figure} in train" if split == "train" else ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("page", type=Path)
    main(**vars(parser.parse_args()))
