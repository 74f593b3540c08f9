"""A tiny phantom, and the stage run on it once."""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from pathlib import Path

import pytest

from lesionary.atlas.material import Material, read_material
from lesionary.params.images import IndexParams
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.cohort import make_cohort

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"patients": 5, "screening_patients": 6, "text_studies": 12, "matrix": 96, "max_slices": 8}


@dataclass(frozen=True)
class Run:
    """Where everything lies."""

    cohort: Path
    truth: Path
    page: Path
    metrics: Path
    plots: Path
    table: Path


@pytest.fixture(scope="session")
def described(tmp_path_factory: pytest.TempPathFactory) -> Run:
    at = tmp_path_factory.mktemp("atlas")
    params = PhantomParams.load(ROOT / "params.yaml").model_copy(update=SMALL)
    run = Run(at / "cohort", at / "truth.csv", at / "a" / "atlas.html", at / "m.json", at / "plots", at / "phantom.md")
    make_cohort(run.cohort, at / "images", run.truth, params)
    stage = runpy.run_path(str(ROOT / "stages" / "describe_phantom.py"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)  # where params.yaml lies
        stage["main"](**vars(run))
    return run


@pytest.fixture(scope="session")
def material(described: Run) -> Material:
    return read_material(described.cohort, described.truth, IndexParams.load(Path(__file__).parents[2] / "params.yaml"))
