"""What the released LesaNet ontology and labels hold, counted by the code that our own labels go through.

Reads   source   a folder with lesion_ontology_181022.xlsx and text_mined_labels_171_and_split.json
Writes  page     docs/real-data/lesanet.md: counts beside the published ones, and what is contradictory
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np

from lesionary.annotation.released import read_released
from lesionary.ontology.expansion import expand
from lesionary.ontology.workbook import read_workbook


def main(source: Path, page: Path) -> None:
    """Write `page` from the files in `source`."""
    whole = read_workbook(source / "lesion_ontology_181022.xlsx")
    terms = json.loads((source / "text_mined_labels_171_and_split.json").read_text("utf-8"))["term_list"]
    part = whole.only(terms)
    released = read_released(source / "text_mined_labels_171_and_split.json")
    kinds = Counter(kind.value for kind in part.classes.values())
    inherited = int(np.triu(part.inherited | part.inherited.T).sum())
    own = int(part.inherited.diagonal().sum())
    lines = [
        ("terms in the workbook", len(whole.labels), "333"),
        ("labels: body parts, types, attributes", [kinds[k] for k in ("bodypart", "type", "attribute")], "115, 27, 29"),
        ("parent-child pairs, reduced", int(part.reduced().listed.sum()), "137"),
        ("parent-child pairs, closed", int(part.closure.sum()), "268"),
        ("exclusive pairs, inherited", inherited, "4,461"),
        ("... of which a label with itself", own, "1"),
    ]
    for name, split in released.items():
        either = (split.relevant | split.uncertain).any(axis=1).sum()
        missing = int((expand(split.relevant, part.closure) & ~split.relevant).sum())
        clash = int(np.triu((split.relevant.T.astype(int) @ split.relevant.astype(int)) * part.exclusions).sum())
        lines += [
            (f"{name}: lesions", len(split.relevant), {"train": "20,266", "val": "1,976", "test": "1,879"}[name]),
            (f"{name}: lesions with a relevant or uncertain label", int(either), "19,213 / 1,852 / 1,759 in the paper"),
            (f"{name}: parents that are missing", missing, ""),
            (f"{name}: exclusive labels given together", clash, "3,689 in train" if name == "train" else ""),
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("page", type=Path)
    main(**vars(parser.parse_args()))
