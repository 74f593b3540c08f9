"""The pipeline itself: a small run through DVC in a copy of the tree, and what must hold of it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
import yaml
from mined_elsewhere import write_without_reports

pytestmark = pytest.mark.timeout(1200)  # whoever comes first builds the whole pipeline: minutes on two slow cores

ROOT = Path(__file__).parents[1]
SMALL = {
    "phantom": {"patients": 10, "matrix": 96, "max_slices": 12, "screening_patients": 20, "text_studies": 100},
    "subfigure_phantom": {"train": 60, "test": 60},
    "slices": {"side_px": 32},
    "folds": {"count": 2},
    "evaluation": {"replicates": 100},
    "relations": {"epochs": 12, "filters": 30, "sentence_dimension": 20},
    "labels": {"min_train": 2, "min_val": 1, "min_test": 1},
}
IDENTIFYING = (
    "PatientID", "PatientBirthDate", "PatientAddress", "PatientTelephoneNumbers", "InstitutionName",
    "InstitutionAddress", "StationName", "DeviceSerialNumber", "AccessionNumber", "StudyID", "StudyDate",
)  # fmt: skip
SMALL_SUBTYPING = {"side_px": 32, "width": 4, "epochs": 1}
SMALL_SUBFIGURES = {"width": 2, "epochs": 1}
SMALL_ANNOTATION = {"width": 4, "features": 16, "epochs": 1, "drop_after": 1, "batch": 8}


def run(folder: Path, *command: str) -> str:
    """What a command printed; its failure fails the test with all of it."""
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([bin_folder, os.environ["PATH"]]), "LESIONARY_WORKERS": "2"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git tracks, with small params, run once."""
    folder = tmp_path_factory.mktemp("pipeline")
    listed = run(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file() and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    params = yaml.safe_load((folder / "params.yaml").read_text("utf-8"))
    for section, values in SMALL.items():
        params[section].update(values)
    params["subtyping"]["training"].update(SMALL_SUBTYPING)
    params["subfigures"]["training"].update(SMALL_SUBFIGURES)
    params["annotation"]["training"].update(SMALL_ANNOTATION)
    (folder / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "small")
    run(folder, "dvc", "repro")
    return folder


def metrics(folder: Path, row: str) -> dict[str, dict[str, float]]:
    loaded: dict[str, dict[str, float]] = json.loads((folder / "metrics" / "subtyping" / f"{row}.json").read_text())
    return loaded


def test_every_row_is_measured(tree: Path) -> None:
    for row in ("dmrn", "resnet101"):
        found = metrics(tree, row)
        for unit in ("study", "slice"):
            for name in ("accuracy", "sensitivity", "specificity", "precision", "f1"):
                assert 0 <= found[unit][name] <= 1
                assert f"{name}_sd" in found[unit]
        assert found["size"] == {"depth": 101, "width": 4, "side_px": 32, "epochs": 1}
    assert set(metrics(tree, "clinical")) == {"study", "study_recalibrated", "size"}
    assert 0 < metrics(tree, "dmrn")["pairs"]["same_class"] < 1


def test_both_test_sets_are_measured_for_every_annotator(tree: Path) -> None:
    for row in ("lesanet", "multiscale_cnn"):
        found = json.loads((tree / "metrics" / "annotation" / f"{row}.json").read_text())
        for test in ("text_mined", "hand_labelled"):
            assert set(found[test]) == {"auc", "precision", "recall", "f1"}
    relations = json.loads((tree / "metrics" / "relations.json").read_text())
    assert {"macro", "relevant", "irrelevant"} <= set(relations["test"])
    labels = json.loads((tree / "metrics" / "labels.json").read_text())
    assert labels["expanded"]["recall"] > labels["relevant_uncertain"]["recall"]


def test_every_sorter_is_measured_on_the_test_images(tree: Path) -> None:
    cohort = json.loads((tree / "metrics/subfigures/cohort.json").read_text())
    assert cohort["classes"] == 30
    for row, networks in (("dmrn", {"dmrn"}), ("googlenet_alexnet", {"googlenet", "alexnet"})):
        found = json.loads((tree / f"metrics/subfigures/{row}.json").read_text())
        assert set(found["test"]) == {"accuracy", "precision", "recall", "f1"}
        assert set(found["networks"]) == networks
        with (tree / f"plots/subfigures/{row}/confusion.csv").open() as file:
            assert len(list(csv.DictReader(file))) == cohort["test"]["total"]


def test_the_report_stands_alone(tree: Path) -> None:
    page = (tree / "data" / "report.html").read_text("utf-8")
    for row in ("dmrn", "resnet101", "clinical", "googlenet_alexnet", "lesanet", "multiscale_cnn"):
        assert row in page
    for loads in ('src="http', "src='http", 'link rel="stylesheet"', "url(http", "<script src"):
        assert loads not in page


def test_a_class_too_small_for_the_folds_is_set_aside(tree: Path) -> None:
    with (tree / "data/processed/folds/set_aside.csv").open() as file:
        (problem,) = csv.DictReader(file)
    assert (problem["subject"], problem["reason"]) == ("AM", "has 1 patient ids for 2 folds")
    assert "AM" not in json.loads((tree / "metrics/cohort.json").read_text())["studies"]


def test_an_impossible_param_stops_its_stage_in_one_line(tree: Path) -> None:
    text = (tree / "params.yaml").read_text("utf-8")
    try:
        (tree / "params.yaml").write_text(text.replace("max_gap_mm", "max_gap"), "utf-8")
        command = [sys.executable, "stages/index_images.py", "data/raw/phantom", "index"]
        environment = {**os.environ, "PYTHONPATH": "src"}
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    finally:
        (tree / "params.yaml").write_text(text, "utf-8")
    assert done.returncode == 1
    assert done.stderr == "error: params.yaml: index.max_gap: no such key (did you mean 'max_gap_mm'?)\n"


def test_a_second_run_has_nothing_to_do(tree: Path) -> None:
    assert "Data and pipelines are up to date" in run(tree, "dvc", "repro")


def test_no_identity_leaves_the_raw_data(tree: Path) -> None:
    planted: set[str] = set()
    for path in (tree / "data/raw/phantom_images").rglob("*.dcm"):
        data = pydicom.dcmread(path, stop_before_pixels=True)
        people = [str(element.value) for element in data.iterall() if element.VR == "PN"]
        families = [name.split("^")[0] for name in people]
        uids = [data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID]
        planted |= {str(value) for value in [*people, *families, *uids, *map(data.get, IDENTIFYING)] if value}
    assert len(planted) > 50
    written = [
        p for f in ("data/interim", "data/processed", "data/models", "metrics", "plots") for p in (tree / f).rglob("*")
    ]
    written += [tree / page for page in ("data/report.html", "data/atlas.html", "docs/phantom.md")]
    files = [path for path in written if path.is_file()]
    assert len(files) > 30
    for path in files:
        content = path.read_bytes()
        leaked = [value for value in planted if value.encode() in content or value in path.name]
        assert not leaked, f"{path}: {leaked}"


@pytest.fixture(scope="module")
def elsewhere(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, run on from there with a cohort without reports, of whose lesions the mined labels are given."""
    folder = tmp_path_factory.mktemp("elsewhere") / "tree"
    shutil.copytree(tree, folder, symlinks=True)
    write_without_reports(folder / "data/raw/phantom", folder / "data/processed/labels", folder / "data/raw/mined")
    params = yaml.safe_load((folder / "params.yaml").read_text("utf-8"))
    params["annotation"]["cohort"] = "mined"
    (folder / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
    run(folder, "dvc", "repro")
    return folder


def test_mined_labels_in_place_of_reports_teach_the_same_to_the_last_byte(tree: Path, elsewhere: Path) -> None:
    """Beyond the evidence, which has no sentences, nothing that networks learn from or are measured by differs."""
    assert (elsewhere / "data/interim/reports/mined.parquet").is_file()
    assert not (tree / "data/interim/reports/mined.parquet").exists()
    same = ["labels/targets.safetensors", "labels/lesions.parquet", "labels/labels.csv"]
    same += [f"scores/{row}.safetensors" for row in ("lesanet", "multiscale_cnn")]
    paths = [
        Path("plots/labels/counts.csv"),
        Path("metrics/annotation/lesanet.json"),
        *(Path("data/processed", n) for n in same),
    ]
    assert [path for path in paths if (tree / path).read_bytes() != (elsewhere / path).read_bytes()] == []


def test_of_mined_labels_no_mining_is_claimed_and_no_judge_is_trained(elsewhere: Path) -> None:
    relations, labels = (
        json.loads((elsewhere / f"metrics/{name}.json").read_text()) for name in ("relations", "labels")
    )
    assert relations == {"test": {}, "rows": {}, "differences": {}, "pairs": dict.fromkeys(relations["pairs"], 0)}
    assert not list((elsewhere / "data/models/relations").iterdir())
    assert "expanded" not in labels
    assert 0 < labels["given"]["expanded"]["f1"] <= 1
    page = (elsewhere / "data/report.html").read_text("utf-8")
    assert "were given, not mined here" in page
    assert "lesanet" in page


def test_a_changed_param_redoes_only_what_it_affects(tree: Path) -> None:
    text = (tree / "params.yaml").read_text("utf-8")
    try:
        values = yaml.safe_load(text)
        values["subtypers"]["resnet101"]["learning_rate"] = 0.02
        (tree / "params.yaml").write_text(yaml.safe_dump(values), "utf-8")
        said = run(tree, "dvc", "repro", "--dry")
    finally:
        (tree / "params.yaml").write_text(text, "utf-8")
    running = {line.split("'")[1] for line in said.splitlines() if line.startswith("Running stage")}
    # nothing is known of the features before they are made, so what hangs on them alone is not named yet
    assert running == {"train_subtyper@resnet101", "evaluate_subtyper@resnet101", "draw_subtyping", "write_report"}


@pytest.mark.slow
def test_an_experiment_in_a_copy_runs_the_copys_own_code(tree: Path) -> None:
    """Code that is edited, not installed, shows in a temporary run, and the workspace keeps its results."""
    before = metrics(tree, "clinical")
    path = tree / "src/lesionary/evaluation/files.py"
    text = path.read_text("utf-8")
    path.write_text(text.replace("round(value, 4)", "1.25"), "utf-8")
    try:
        run(tree, "dvc", "exp", "run", "--temp", "--name", "own-code", "-S", "evaluation.replicates=101")
        found = json.loads(run(tree, "dvc", "exp", "show", "--json"))
    finally:
        path.write_text(text, "utf-8")
    assert metrics(tree, "clinical") == before
    assert '"accuracy": 1.25' in json.dumps(found)
