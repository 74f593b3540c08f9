"""The stages of dvc.yaml, run in this process by their own command lines: no process has to be started for each."""

from __future__ import annotations

import runpy
import shlex
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from unittest import mock

import matplotlib.text
import networkx
import pytest
import yaml
from dvc.repo import Repo

ROOT = Path(__file__).resolve().parents[1]
PIPELINE = ROOT / "dvc.yaml"


def stage_names() -> set[str]:
    """As dvc.yaml has them."""
    return set(yaml.safe_load(PIPELINE.read_text("utf-8"))["stages"])


def run_stages(folder: Path, without: Collection[str]) -> dict[str, list[str]]:
    """Run what dvc.yaml makes of `folder`/params.yaml there, but the stages `without`; the instances of each stage.

    What is drawn as text, which no search of a picture's bytes would find, is written to texts_drawn.txt.
    """
    shutil.copy(PIPELINE, folder)
    order = list(networkx.dfs_postorder_nodes(Repo.init(str(folder), no_scm=True).index.graph))
    ran: dict[str, list[str]] = {}
    drawn: set[str] = set()
    draw = matplotlib.text.Text.draw

    def noted(text: matplotlib.text.Text, *args: object, **options: object) -> None:
        drawn.add(text.get_text())
        draw(text, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(matplotlib.text.Text, "draw", noted)
        for stage in order:
            name = stage.addressing.partition("@")[0]
            if name in without:
                continue
            for out in map(Path, (out.fs_path for out in stage.outs)):
                (out.parent if out.suffix else out).mkdir(parents=True, exist_ok=True)
            _run(stage.cmd)
            ran.setdefault(name, []).append(stage.addressing)
    (folder / "texts_drawn.txt").write_text("\n".join(sorted(drawn)), "utf-8")
    return ran


def _run(command: str) -> None:
    words = shlex.split(command)
    script, *arguments = words[words.index("python") + 1 :]
    with mock.patch.object(sys, "argv", [script, *arguments]):
        runpy.run_path(str(ROOT / script), run_name="__main__")
