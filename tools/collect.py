"""Keep what a table's rows came to: their metrics in one file, with the commit and the params that made them.

    python tools/collect.py annotation docs/results/annotation.json [--root TREE] [--base COMMIT]

Reads `rows.<track>` of params.yaml and `metrics/<track>/<row>.json` of each, all of which must be there. Writes
`{row: its metrics file}`, and beside it `<name>.made.json`: commit (with `-dirty` where tracked code was changed
since), the hash of params.yaml, and the sections of it that say what the rows are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = {
    "annotation": ("annotation", "annotators", "labels", "patches", "evaluation"),
    "subtyping": ("subtyping", "subtypers", "folds", "slices", "svm", "evaluation"),
    "subfigures": ("subfigures", "sorters", "subfigure_phantom", "evaluation"),
}
CODE = ("src", "stages", "dvc.yaml")


def collect(root: Path, track: str) -> dict[str, Any]:
    """The metrics of every row that params.yaml builds, in its order."""
    rows = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["rows"][track]
    found = {}
    for row in rows:
        path = root / "metrics" / track / f"{row}.json"
        if not path.is_file():
            raise SystemExit(f"{path.relative_to(root)}: is missing (dvc repro evaluates row {row})")
        found[row] = json.loads(path.read_text(encoding="utf-8"))
    return found


def made_by(root: Path, track: str, base: str) -> dict[str, Any]:
    """Which commit (`base` of the tree's repository) and params made them."""
    text = (root / "params.yaml").read_bytes()
    params = yaml.safe_load(text)
    return {
        "commit": commit(root, base),
        "params_sha256": hashlib.sha256(text).hexdigest(),
        "params": {name: params[name] for name in (*SECTIONS[track], "phantom") if name in params},
    }


def commit(root: Path, base: str = "HEAD") -> str:
    """`base` as a hash, with `-dirty` where the tree's code differs from what it has committed."""

    def git(*words: str) -> str:
        return subprocess.run(("git", *words), cwd=root, check=True, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    return git("rev-parse", base) + ("-dirty" if changed else "")


def main(track: str, table: Path, root: Path = ROOT, base: str = "HEAD") -> int:
    """Write the table and what made it."""
    texts = {table: collect(root, track), table.with_suffix(".made.json"): made_by(root, track, base)}
    table.parent.mkdir(parents=True, exist_ok=True)
    for path, values in texts.items():
        path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("track", choices=sorted(SECTIONS))
    parser.add_argument("table", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree that holds the run's params and metrics")
    parser.add_argument("--base", default="HEAD", help="the commit that was run; an experiment's is HEAD~1")
    sys.exit(main(**vars(parser.parse_args())))
