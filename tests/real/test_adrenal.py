"""Tries on adrenal shapes: validation chooses, and the page says what came out."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from guests import write_npz

ROOT = Path(__file__).parents[2]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "real" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tree(folder: Path, areas: dict[str, float]) -> Path:
    """A run whose rows have these areas, and accuracies a tenth below."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    params["rows"]["subtyping"] = list(areas)
    folder.mkdir()
    (folder / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
    counts = {"normal": 6, "mass": 2, "total": 8}
    (folder / "metrics").mkdir()
    whole = {"studies": counts, "slices": counts, "tested": {"studies": counts, "slices": counts}}
    (folder / "metrics/cohort.json").write_text(json.dumps(whole), "utf-8")
    for row, area in areas.items():
        path = folder / f"plots/subtyping/{row}/intervals.csv"
        path.parent.mkdir(parents=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("unit", "metric", "value", "low", "high"))
            for metric, value in (("auc", area), ("accuracy", area - 0.1)):
                table.writerow(("study", metric, value, value - 0.05, value + 0.05))
                table.writerow(("slice", metric, 0.99, 0.98, 1))
    return folder


def test_the_floor_the_papers_network_and_the_best_try_are_tested(tmp_path: Path) -> None:
    page = script("adrenal_page")
    tries = tree(tmp_path / "a", {"dmrn": 0.7, "shape": 0.8, "shape_svm": 0.9, "shape_mean": 0.9})
    assert page.choose(tries) == ["shape", "dmrn", "shape_svm"]
    assert page.choose(tree(tmp_path / "b", {"dmrn": 0.7, "shape": 0.8})) == ["shape", "dmrn"]


def test_the_page_has_every_try_and_tests_only_what_was_chosen(tmp_path: Path) -> None:
    page = script("adrenal_page")
    tries = tree(tmp_path / "tries", {"dmrn": 0.7, "shape": 0.8, "shape_svm": 0.9, "shape_forest": 0.85})
    tested = tree(tmp_path / "tested", {"shape": 0.81, "dmrn": 0.71, "shape_svm": 0.91})
    page.write(tries, tested, tmp_path / "page.md", (600, 300))
    on_validation, on_test = (tmp_path / "page.md").read_text("utf-8").split("## Test\n")
    assert "| 0.850 [0.800, 0.900] | 0.750 [0.700, 0.800] |" in on_validation
    assert "shape_forest" not in on_test
    assert "| 0.910 [0.860, 0.960] | 0.810 [0.760, 0.860] |" in on_test
    assert "Calling every gland normal has an accuracy of 0.750; reliably above it: shape_svm." in on_test
    assert "which tell some apart" in on_validation


def test_a_row_that_validation_did_not_choose_is_not_reported(tmp_path: Path) -> None:
    page = script("adrenal_page")
    tries = tree(tmp_path / "tries", {"dmrn": 0.7, "shape": 0.8})
    tested = tree(tmp_path / "tested", {"dmrn": 0.7, "shape": 0.8})
    with pytest.raises(SystemExit, match="test these alone"):
        page.write(tries, tested, tmp_path / "page.md", (1, 1))


def test_the_cohort_is_written_whole(tmp_path: Path) -> None:
    from lesionary.cohorts.contract.layout import Cohort, ImageKind

    source = write_npz(tmp_path / "adrenalmnist3d_64.npz")
    script("adrenal").main(source, tmp_path / "cohort")
    cohort = Cohort.open(tmp_path / "cohort")
    assert cohort.description.images == (ImageKind.NPZ,)
    assert cohort.description.npz is not None
    assert cohort.description.npz.classes == ("normal", "mass")
    assert cohort.description.npz.spacing_mm == 8  # a cube of 64 mm in 8 voxels
    assert [path.read_bytes() for path in cohort.files] == [source.read_bytes()]
