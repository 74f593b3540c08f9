"""A typo or a wrong type stops a stage at its first line, and says how to go on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from lesionary.base.errors import ParamsError
from lesionary.base.sections import Section, read_params
from lesionary.params.annotation import AnnotatorParams
from lesionary.params.phantom import PhantomParams
from lesionary.params.reports import JudgeParams, RelationsParams
from lesionary.params.sorting import SorterParams
from lesionary.params.subtyping import FoldsParams, Kernel, SubtyperParams, SvmParams, Unit

ROOT = Path(__file__).resolve().parents[1]
PARAMS = ROOT / "params.yaml"
ROWS = (SubtyperParams, AnnotatorParams, JudgeParams, SorterParams)
PRESETS = sorted((ROOT / "presets").iterdir())


def written(folder: Path, text: str) -> Path:
    file = folder / "params.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def common(**changed: Any) -> dict[str, Any]:
    return {**read_params(PARAMS)["subtyping"]["training"], "network": "dmrn", "depth": 101, **changed}


def test_a_misspelt_key_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    file = written(tmp_path, "folds: {seed: 1, coutn: 5, by: patient}")
    with pytest.raises(ParamsError, match=r"folds\.coutn: no such key \(did you mean 'count'\?\)"):
        FoldsParams.load(file)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"folds\.by: is missing"):
        FoldsParams.load(written(tmp_path, "folds: {seed: 1, count: 5}"))


def test_a_missing_section_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="folds: None cannot be used"):
        FoldsParams.load(written(tmp_path, "svm: {}"))


@pytest.mark.parametrize("value", ["five", "5.5", '"5"', "true", "1"])
def test_a_value_of_another_type_or_out_of_range_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(ParamsError, match=r"folds\.count: .* cannot be used"):
        FoldsParams.load(written(tmp_path, f"folds: {{seed: 1, count: {value}, by: patient}}"))


def test_a_number_that_yaml_reads_as_text_is_refused() -> None:
    """YAML 1.1 takes 1e-3 for a string, YAML 1.2 (DVC) for a number."""
    values = common(**yaml.safe_load("learning_rate: 1e-3"))
    with pytest.raises(ParamsError, match=r"learning_rate: '1e-3' cannot be used"):
        SubtyperParams.check(values, "row")


def test_strings_become_members_of_their_closed_set() -> None:
    assert FoldsParams.check({"seed": 1, "count": 5, "by": "study"}, "folds").by is Unit.STUDY
    with pytest.raises(ParamsError, match=r"folds\.by: 'ward' cannot be used: .*'patient', 'study' or 'scanner'"):
        FoldsParams.check({"seed": 1, "count": 5, "by": "ward"}, "folds")


def test_params_are_frozen() -> None:
    params = PhantomParams.load(PARAMS)
    with pytest.raises(ValidationError, match="frozen"):
        params.seed = 2  # type: ignore[misc]


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="not a mapping"):
        FoldsParams.load(written(tmp_path, "- folds"))


def test_a_row_overrides_what_rows_share(tmp_path: Path) -> None:
    params = read_params(PARAMS)
    params["subtypers"]["short"] = {"network": "resnet", "depth": 18, "epochs": 1}
    file = written(tmp_path, yaml.safe_dump(params))
    assert SubtyperParams.load_row("short", file).epochs == 1
    assert SubtyperParams.load_row("short", file).batch == params["subtyping"]["training"]["batch"]


def test_an_unknown_row_is_named_with_the_nearest_one() -> None:
    with pytest.raises(ParamsError, match=r"dmnr: no such row .*dmrn"):
        SubtyperParams.load_row("dmnr", PARAMS)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"window_hu": [240.0, -160.0]}, "is empty"),
        ({"depth": 19}, "depth 19 is none of dmrn: 18, 34"),
        ({"network": "arl", "depth": 18}, "none of arl: 50, 101, 152"),
        ({"similarity": "concatenated"}, "set scales to 1"),
        ({"learning_rate": []}, "at least 1 item"),
        ({"weights": "IMAGENET1K_V1", "width": 8}, "fit width 64 only"),
        ({"encoder": "regnet"}, "depth 101 is none of regnet: 53, 65"),
        ({"network": "resnet", "mining": "hard"}, "mining goes with network dmrn and similarity contrastive alone"),
        ({"similarity": "concatenated", "scales": 1, "cross_entropy": 0.5}, "cross_entropy goes with network dmrn"),
        ({"network": "regnet", "depth": 53, "encoder": "regnet"}, "encoder regnet goes with network dmrn"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ParamsError, match=reason):
        SubtyperParams.check(common(**changed), "row")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"weights": "IMAGENET1K_V1"}, "fit width 64 only"),
        ({"objective": "warp", "seeds": 2}, "cannot be averaged"),
        ({"backbone": "resnet19"}, "backbone: 'resnet19' cannot be used"),
        ({"seeds": 0}, "seeds: 0 cannot be used"),
    ],
)
def test_settings_of_an_annotator_that_contradict_each_other_are_refused(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ParamsError, match=reason):
        AnnotatorParams.check(read_params(PARAMS)["annotation"]["training"] | changed, "row")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"depth": 19}, "depth 19 is none of dmrn: 18, 34"),
        ({"network": "googlenet+alexnet", "depth": 22}, r"none of googlenet\+alexnet: None"),
        ({"weights": "IMAGENET1K_V1"}, "fit width 64 only"),
        (
            {"network": "googlenet+alexnet", "depth": None, "weights": "both.safetensors", "width": 64},
            "one file cannot hold the weights of two networks",
        ),
        ({"svm_c": [1.0, 0.0]}, "svm_c.*greater than 0"),
        ({"network": "googlenet"}, "network: 'googlenet' cannot be used"),
    ],
)
def test_settings_of_a_sorter_that_contradict_each_other_are_refused(changed: dict[str, Any], reason: str) -> None:
    training = read_params(PARAMS)["subfigures"]["training"]
    with pytest.raises(ParamsError, match=reason):
        SorterParams.check(training | {"network": "dmrn", "depth": 101} | changed, "row")


def overrides(preset: Path) -> dict[str, Any]:
    """What a line of `-S key=value` sets."""
    words = preset.read_text(encoding="utf-8").split()
    assert words[::2] == ["-S"] * (len(words) // 2)
    return {key: yaml.safe_load(value) for key, value in (word.split("=", 1) for word in words[1::2])}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.name)
def test_a_preset_is_one_line_without_sweeps(preset: Path) -> None:
    """The shell splits it at spaces; a comma outside brackets would be a sweep over values."""
    line = preset.read_text(encoding="utf-8")
    assert line.count("\n") == 1
    assert "," not in re.sub(r"\[[^]]*\]", "", line)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.name)
def test_a_preset_sets_keys_that_exist_to_values_that_are_possible(preset: Path, tmp_path: Path) -> None:
    params = read_params(PARAMS)
    for key, value in overrides(preset).items():
        *parents, last = key.split(".")
        section = params
        for parent in parents:
            section = section[parent]
        assert last in section, key
        section[last] = value
    file = written(tmp_path, yaml.safe_dump(params))
    for section_class in Section.__subclasses__():
        if hasattr(section_class, "key") and section_class not in ROWS:
            section_class.load(file)
    for section_class in ROWS:
        for row in params[section_class.key]:
            section_class.load_row(row, file)


def test_the_tables_preset_names_every_row() -> None:
    params = read_params(PARAMS)
    rows = overrides(ROOT / "presets" / "tables")
    shapes = {row for row, own in params["subtypers"].items() if own["network"] == "shape"}  # the phantom is none
    assert rows["rows.subtyping"] == [row for row in params["subtypers"] if row not in shapes]
    assert rows["rows.subfigures"] == list(params["sorters"])
    assert rows["rows.annotation"] == list(params["annotators"])
    assert rows["rows.relations"] == list(params["judges"])


def test_a_judge_cannot_override_what_concerns_all_of_them(tmp_path: Path) -> None:
    params = read_params(PARAMS)
    params["judges"]["mine"] = {"pipeline": "en"}
    with pytest.raises(ParamsError, match=r"judges\.mine\.pipeline: no such key"):
        JudgeParams.load_row("mine", written(tmp_path, yaml.safe_dump(params)))


def test_a_judge_overrides_what_judges_share() -> None:
    common, row = RelationsParams.load(PARAMS), JudgeParams.load_row("without_positions", PARAMS)
    assert (row.positions, row.filters) == (False, common.filters)


def test_heads_that_do_not_divide_the_filters_are_refused(tmp_path: Path) -> None:
    params = read_params(PARAMS)
    params["relations"]["filters"] = 151
    with pytest.raises(ParamsError, match=r"judges\.attention: .*5 heads cannot share 151 filters"):
        JudgeParams.load_row("attention", written(tmp_path, yaml.safe_dump(params)))


def test_only_a_judge_that_is_built_can_be_applied() -> None:
    params = RelationsParams.load(PARAMS)
    assert params.applied(("rules", "cnn")) == "cnn"
    with pytest.raises(ParamsError, match=r"relations\.apply: 'cnn' is not among rows\.relations, which are rules"):
        params.applied(("rules",))


@pytest.mark.parametrize(("given", "choices"), [(0.1, (0.1,)), ([0.1, 0.01], (0.1, 0.01))])
def test_one_value_is_a_list_of_one(given: object, choices: tuple[float, ...]) -> None:
    assert SubtyperParams.check(common(learning_rate=given), "row").learning_rate == choices


def test_an_svm_of_one_row_may_differ_from_the_others() -> None:
    values = {"kernel": "linear", "c": 1.0, "calibration_folds": 5, "rows": {"hand_crafted": {"kernel": "rbf"}}}
    params = SvmParams.check(values, "svm")
    assert params.of_row("hand_crafted").kernel is Kernel.RBF
    assert params.of_row("hand_crafted").c == params.c
    assert params.of_row("dmrn").kernel is Kernel.LINEAR
    wrong = SvmParams.check({**values, "rows": {"dmrn": {"kernal": "rbf"}}}, "svm")
    with pytest.raises(ParamsError, match=r"svm\.rows\.dmrn\.kernal: no such key .*'kernel'"):
        wrong.of_row("dmrn")
