"""The commands: what they are asked, and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest
from ct import write_lesions, write_series
from guests import write_deeplesion, write_npz
from image_folders import painted
from own_cohort import params, rows, write_own
from typer.testing import CliRunner, Result

from lesionary.cli.main import app


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def check(cohort: Path, folder: Path, *options: str) -> Result:
    return invoke("check", cohort, "--params", params(folder), "--out", folder / "out", *options)


def test_exit_status_tells_how_good_a_cohort_is(tmp_path: Path) -> None:
    cohort = write_own(tmp_path / "own")
    assert check(cohort, tmp_path).exit_code == 0
    table = rows()
    table[0]["x_min"] = "left"
    write_lesions(cohort, table)
    assert check(cohort, tmp_path, "--headers").exit_code == 1
    (cohort / "pseudonym.key").unlink()
    assert check(cohort, tmp_path).exit_code == 2
    assert check(tmp_path / "nowhere", tmp_path).exit_code == 2


def test_what_stages_say_of_items_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cohort = write_own(tmp_path / "own")
    table = rows()
    table[0]["x_min"] = "left"
    write_lesions(cohort, table)
    run = check(cohort, tmp_path, "--headers")
    assert run.output.count("column x_min is no number") == 1


def test_a_misspelt_param_ends_in_one_line(tmp_path: Path) -> None:
    run = invoke("check", tmp_path, "--params", params(tmp_path, index={"max_gap": 1}), "--out", tmp_path / "out")
    assert run.exit_code == 2
    assert "did you mean 'max_gap_mm'?" in run.output


def test_import_then_check_is_all_it_takes(tmp_path: Path) -> None:
    for name in ("anna", "bert", "carl", "dora"):
        write_series(tmp_path / "export" / name, name)
    table = "Patient,Type,x_min,y_min,z_min,x_max,y_max,z_max\n"
    for number, name in enumerate(("anna", "bert", "carl", "dora", "zoe")):
        table += f"{name},{'AB'[number % 2]},2,3,1,8,9,4\n"
    (tmp_path / "masses.csv").write_text(table, "utf-8")
    (tmp_path / "columns.yaml").write_text("lesions: {patient: Patient, subtype: Type}\n", "utf-8")
    arguments = ("import", tmp_path / "export", tmp_path / "own", "--lesions", tmp_path / "masses.csv",
                 "--columns", tmp_path / "columns.yaml", "--memory", tmp_path / "memory.csv")  # fmt: skip
    dry = invoke(*arguments, "--dry-run")
    assert (dry.exit_code, (tmp_path / "own").exists()) == (1, False)
    run = invoke(*arguments)
    assert run.exit_code == 1
    assert "left out: masses.csv: names patient, which no CT series of the images has: line 6" in run.output
    assert check(tmp_path / "own", tmp_path).exit_code == 0


def test_a_value_that_no_table_may_have_is_left_out_with_its_cure(tmp_path: Path) -> None:
    write_series(tmp_path / "export", "anna")
    table = "patient,subtype,x_min,y_min,z_min,x_max,y_max,z_max\nanna,A,nan,3,1,8,9,4\n"
    (tmp_path / "masses.csv").write_text(table, "utf-8")
    run = invoke("import", tmp_path / "export", tmp_path / "own", "--lesions", tmp_path / "masses.csv",
                 "--memory", tmp_path / "memory.csv")  # fmt: skip
    told = "left out: masses.csv, column x_min: is not finite (write a voxel coordinate): line 2 (reads 'nan')"
    assert told in " ".join(run.output.split())


def test_a_mapping_of_a_column_that_is_none_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "columns.yaml").write_text("lesions: {subtypes: Type}\n", "utf-8")
    run = invoke("import", tmp_path / "export", tmp_path / "own", "--columns", tmp_path / "columns.yaml")
    assert run.exit_code == 2
    assert "did you mean 'subtype'?" in run.output


def test_schemas_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    assert invoke("schema", tmp_path).exit_code == 0
    assert (tmp_path / "lesions.json").is_file()


def test_what_the_source_is_decides_what_becomes_of_it(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    write_npz(tmp_path / "mine.npz")
    painted(tmp_path, {"pics": {"a": 20, "b": 20}})
    memory = ("--memory", tmp_path / "memory.csv")
    assert invoke("import", tmp_path / "deep", tmp_path / "raw/deep", *memory).exit_code == 0
    assert invoke("import", tmp_path / "mine.npz", tmp_path / "raw/npz", *memory).exit_code == 2
    told = ("--classes", "normal, mass", "--spacing-mm", "1.5", "--about", "ours")
    assert invoke("import", tmp_path / "mine.npz", tmp_path / "raw/npz", *memory, *told).exit_code == 0
    assert invoke("import", tmp_path / "pics", tmp_path / "raw/pics", "--test-share", "0.5").exit_code == 0
    described = {name: (tmp_path / "raw" / name / "cohort.yaml").read_text("utf-8") for name in ("deep", "npz")}
    assert "- deeplesion" in described["deep"]
    assert "- normal\n  - mass\n  spacing_mm: 1.5" in described["npz"]
    assert sorted(path.name for path in (tmp_path / "raw/pics").iterdir()) == ["test", "train"]


def test_a_file_in_the_place_of_a_folder_is_told_in_a_line(tmp_path: Path) -> None:
    write_series(tmp_path / "export" / "anna", "anna")
    cohort, file = write_own(tmp_path / "own"), tmp_path / "file.txt"
    file.write_text("here", "utf-8")
    commands = (
        ("import", tmp_path / "export", file), ("import", tmp_path / "export", file / "cohort"), ("schema", file),
        ("check", cohort, "--params", params(tmp_path), "--out", file), ("check", file, "--out", tmp_path / "out"),
    )  # fmt: skip
    for command in commands:
        said = invoke(*command)
        assert said.exit_code == 2
        assert said.output.startswith(f"error: {file}: is ")
    assert not (tmp_path / "out").exists()
    assert file.read_text("utf-8") == "here"
