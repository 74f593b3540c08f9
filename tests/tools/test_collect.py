from __future__ import annotations

import json
import subprocess
from pathlib import Path

import collect
import pytest
import yaml

PARAMS = {"rows": {"annotation": ["b", "a"]}, "annotation": {"cohort": "mine"}, "annotators": {"a": {}, "b": {}}}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with the metrics of two rows, and of one that is built no more."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(PARAMS), "utf-8")
    (tmp_path / "dvc.yaml").write_text("stages: {}\n", "utf-8")
    for row in ("a", "b", "removed"):
        path = tmp_path / "metrics" / "annotation" / f"{row}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"text_mined": {"f1": len(row)}}), "utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_a_table_holds_the_metrics_of_the_rows_that_are_built_in_their_order(tree: Path) -> None:
    collect.main("annotation", tree / "docs" / "annotation.json", tree)
    table = json.loads((tree / "docs" / "annotation.json").read_text("utf-8"))
    assert list(table) == ["b", "a"]
    assert table["a"] == json.loads((tree / "metrics/annotation/a.json").read_text("utf-8"))


def test_what_made_a_table_is_kept_beside_it(tree: Path) -> None:
    collect.main("annotation", tree / "docs" / "annotation.json", tree)
    made = json.loads((tree / "docs" / "annotation.made.json").read_text("utf-8"))
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tree, check=True, capture_output=True, text=True)
    assert made["commit"] == head.stdout.strip()
    assert made["params"] == {"annotation": PARAMS["annotation"], "annotators": PARAMS["annotators"]}
    assert len(made["params_sha256"]) == 64


def test_code_that_is_not_committed_is_marked(tree: Path) -> None:
    (tree / "dvc.yaml").write_text("stages: {a: {}}\n", "utf-8")
    assert collect.commit(tree).endswith("-dirty")


def test_a_row_that_was_not_evaluated_is_named(tree: Path) -> None:
    (tree / "metrics/annotation/a.json").unlink()
    with pytest.raises(SystemExit, match=r"metrics/annotation/a.json: is missing"):
        collect.collect(tree, "annotation")
