"""Bring dvc.lock up to date after edits that cannot alter a result: comments, docstrings, layout of the code.

    python tools/relock.py

DVC compares bytes, so a comment in a shared module marks every stage that lists it. Here each changed module is
compared with the version that dvc.lock recorded, found in Git by its hash: where the two have the same syntax tree,
docstrings apart, the stage would compute what it computed before, and `dvc commit` records the new bytes. If one
changed module differs, it is named and nothing is recorded. Stages with any other change are named and left alone.
"""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
DVC = (sys.executable, "-m", "dvc")


def run(*command: str) -> bytes:
    """What `command` prints, run in the root of the repository."""
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def changed_modules(changes: list[Any]) -> list[str] | None:
    """Modules that changed, where nothing but modules did; `changes` is what `dvc status` says of one stage.

    >>> changed_modules([{"changed deps": {"src/a.py": "modified"}}])
    ['src/a.py']
    >>> changed_modules([{"changed deps": {"src/a.py": "modified", "params.yaml": {"folds": "modified"}}}])
    >>> changed_modules(["changed command"])
    """
    modules = []
    for change in changes:
        if not isinstance(change, dict) or change.keys() != {"changed deps"}:
            return None
        for path, state in change["changed deps"].items():
            if not path.endswith(".py") or state != "modified":
                return None
            modules.append(path)
    return modules


def versions(path: str) -> Iterator[bytes]:
    """Every version of `path` that Git knows, newest first."""
    commits = run("git", "log", "--all", "--full-history", "--format=%H", "--", path).decode().split()
    for revision in ["", *commits]:  # "" is the index
        blob = ["git", "cat-file", "blob", f"{revision}:{path}"]
        shown = subprocess.run(blob, cwd=ROOT, capture_output=True, check=False)
        if shown.returncode == 0:  # else the commit deleted it
            yield shown.stdout


def recorded(path: str, md5: str) -> bytes | None:
    """The version of `path` with this hash, if Git has it."""
    return next((text for text in versions(path) if hashlib.md5(text).hexdigest() == md5), None)


def same_code(before: bytes, after: bytes) -> bool:
    """Whether two modules are one but for comments, docstrings and layout.

    >>> same_code(b"x = 1", b"'''Why.'''\\nx = (1)  # one")
    True
    >>> same_code(b"x = 1", b"x = 1.0")
    False
    """
    return _tree(before) == _tree(after)


def _tree(source: bytes) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not _is_docstring(one)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def main() -> int:
    """Record the stages whose modules changed in nothing that runs."""
    file = ROOT / "dvc.lock"
    if not file.is_file():
        raise SystemExit("dvc.lock is missing: dvc repro makes it")
    lock = yaml.safe_load(file.read_text(encoding="utf-8"))["stages"]
    proven, refused = [], {}
    for stage, changes in json.loads(run(*DVC, "status", "--json")).items():
        modules = changed_modules(changes)
        if modules is None:
            print(f"{stage}: more than its modules changed; left for dvc repro")
            continue
        proven.append(stage)
        hashes = {dep["path"]: dep["md5"] for dep in lock[stage]["deps"]}
        for path in modules:
            before = recorded(path, hashes[path])
            if before is None:
                refused[path] = "the version that dvc.lock recorded is not in Git"
            elif not same_code(before, (ROOT / path).read_bytes()):
                refused[path] = "its code differs from what dvc.lock recorded"
    for path, reason in refused.items():
        print(f"{path}: {reason}", file=sys.stderr)
    if refused:
        print("Nothing was recorded; dvc repro rebuilds what depends on these files.", file=sys.stderr)
        return 1
    if proven:
        run(*DVC, "commit", "--force", *proven)
    print(f"recorded: {', '.join(proven) or 'nothing to record'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
