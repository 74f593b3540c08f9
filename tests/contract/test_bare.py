"""Networks and training run where nothing is installed but torch, torchvision, numpy, scipy and scikit-learn."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
BARE = next(contract for contract in CONTRACTS if contract["id"] == "bare")

WITHOUT = """
import importlib, sys
from importlib.machinery import PathFinder

class Bare:
    def find_spec(self, name, path=None, target=None):
        absent = name.partition(".")[0] in sys.argv[2:]
        return None if absent else PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Bare()
importlib.import_module(sys.argv[1])
"""


def modules() -> list[str]:
    """The modules of the contract in pyproject.toml that exist, those of its packages one by one."""
    found = []
    for name in BARE["source_modules"]:
        path = ROOT / "src" / name.replace(".", "/")
        files = path.glob("*.py") if path.is_dir() else path.parent.glob(f"{path.name}.py")
        found += [".".join(file.relative_to(ROOT / "src").with_suffix("").parts) for file in sorted(files)]
    return [name.removesuffix(".__init__") for name in found]


def load(module: str, without: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", WITHOUT, module, *without]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", modules())
def test_a_bare_module_needs_no_other_package(module: str) -> None:
    done = load(module, BARE["forbidden_modules"])
    assert done.returncode == 0, done.stderr


def test_what_is_taken_away_is_missed() -> None:
    assert "No module named 'pydantic'" in load("lesionary.base.sections", ["pydantic"]).stderr
