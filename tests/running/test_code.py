from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import lesionary
from lesionary.running import code
from lesionary.running.code import code_hash


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, which is hashed in its place."""
    copy = tmp_path / "lesionary"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(str(lesionary.__file__)).parent, copy, ignore=ignore)
    monkeypatch.setattr(code, "PACKAGE", copy)
    return copy


def test_a_copy_elsewhere_is_the_same_code(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = code_hash()
    monkeypatch.undo()
    assert copied == code_hash()


def test_any_edit_below_a_part_changes_its_hash_and_one_elsewhere_does_not(package: Path) -> None:
    before = code_hash(["cohorts", "params/images.py"]), code_hash()
    (package / "site" / "page.py").write_text("", "utf-8")
    assert code_hash(["cohorts", "params/images.py"]) == before[0]
    assert code_hash() != before[1]
    with (package / "params" / "images.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert code_hash(["cohorts", "params/images.py"]) != before[0]


def test_byte_code_that_python_writes_is_no_edit(package: Path) -> None:
    before = code_hash()
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.cpython-311.pyc").write_bytes(b"x")
    assert code_hash() == before


def test_another_version_of_a_library_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_hash()
    monkeypatch.setattr(code, "version", lambda name: "99")
    assert code_hash() != before
