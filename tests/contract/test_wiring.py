"""What dvc.yaml declares is what a stage uses: its imports, its params, its command line."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import wire
from dvc.repo import Repo

import lesionary.params
from lesionary.base.sections import Row, Section, read_params
from lesionary.params.annotation import AnnotatorParams
from lesionary.params.reports import JudgeParams
from lesionary.params.sorting import SorterParams
from lesionary.params.subtyping import SubtyperParams

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "stages").glob("*.py"))
ROW = "subtypers.*"
ROWS = (SubtyperParams, AnnotatorParams, JudgeParams, SorterParams)
SHARED = {
    "subtypers": "subtyping.training",
    "annotators": "annotation.training",
    "judges": "relations",
    "sorters": "subfigures.training",
}
"""What the rows of a table have in common."""


@pytest.fixture(scope="module")
def dvc_yaml() -> str:
    file = ROOT / "dvc.yaml"
    if not file.is_file():
        pytest.fail("dvc.yaml is missing: it says how the scripts in stages/ make one pipeline")
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def stages(dvc_yaml: str) -> dict[str, Any]:
    return wire.stages(dvc_yaml)


def paths(entries: Any) -> list[str]:
    """Deps, outs, metrics or plots without their options."""
    return [path for entry in entries or [] for path in ([entry] if isinstance(entry, str) else entry)]


def anywhere(key: str) -> str:
    """`subtypers.${item.row}` as `subtypers.*`."""
    return re.sub(r"\$\{item[^}]*\}", "*", key)


@dataclass
class Load:
    """One section that a script loads."""

    keys: set[str]
    """All that the call reads."""
    used: set[str] | None = field(default=None)
    """The keys below that are all the script goes on to use, if that can be seen."""


def sections(tree: ast.Module) -> dict[str, type[Section]]:
    """Section classes that a module imports, by their name in it."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lesionary"):
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                value = getattr(module, alias.name, None)
                if inspect.isclass(value) and issubclass(value, Section):
                    found[alias.asname or alias.name] = value
    return found


def loads(source: str, *, iterated: bool = True) -> list[Load]:
    """Every `XParams.load()` and `SubtyperParams.load_row(...)` in a script."""
    tree = ast.parse(source)
    known = sections(tree)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="load_row")) if name in known:
                table = known[name].key
                found.append(Load({SHARED[table], f"{table}.*" if iterated else table}))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="load")) if name in known:
                key = known[name].key
                used = attributes(node, tree, parents)
                found.append(Load({key}, used and {f"{key}.{attribute}" for attribute in used}))
    return found


def attributes(call: ast.Call, tree: ast.Module, parents: dict[ast.AST, ast.AST]) -> set[str] | None:
    """Attributes read off what `call` returns; None where it is also used as a whole."""
    match parents[call]:
        case ast.Attribute(attr=attribute):
            return {attribute}
        case ast.Assign(targets=[ast.Name(id=variable)]):
            uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == variable]
            above = [parents[use] for use in uses if isinstance(use.ctx, ast.Load)]
            read = {node.attr for node in above if isinstance(node, ast.Attribute)}
            return read if all(isinstance(node, ast.Attribute) for node in above) else None
    return None


def quarrels(declared: set[str], loaded: list[Load], templated: set[str]) -> list[str]:
    """What is wrong with the params that a stage declares."""
    wrong, rest = [], set(declared)
    for load in loaded:
        accepted = [keys for keys in (load.keys, load.used) if keys and keys <= declared]
        if not accepted:
            wrong.append(f"{sorted(load.keys)} is loaded and not declared")
        rest -= set().union(*accepted)
    return wrong + [f"{key} is declared and not used" for key in sorted(rest - templated)]


def test_every_stage_lists_the_modules_it_imports(dvc_yaml: str) -> None:
    wired = wire.rewire(dvc_yaml, wire.Wiring(ROOT).needs)
    for stage, body in wire.stages(wired).items():
        assert list(wire.stages(dvc_yaml)[stage]["deps"]) == list(body["deps"]), f"{stage}: run `make wire`"
    assert dvc_yaml == wired, "run `make wire`"


def test_dvc_lock_holds_the_stages_that_there_are_and_no_other() -> None:
    """DVC keeps what a renamed stage left there, and reads it at every start."""
    with Repo(str(ROOT)) as repo:
        known = {stage.name for stage in repo.index.stages}
    locked = read_params(ROOT / "dvc.lock")["stages"]
    assert sorted(locked) == sorted(known)


def test_every_stage_declares_the_params_it_loads(stages: dict[str, Any]) -> None:
    wrong = {}
    for stage, body in stages.items():
        source = (ROOT / "stages" / f"{stage}.py").read_text(encoding="utf-8")
        iterated = "${item" in body["cmd"]
        declared = {anywhere(key) for key in body.get("params", [])}
        templated = {anywhere(key) for key in re.findall(r"\$\{([^}]+)\}", body["cmd"])}
        wrong[stage] = quarrels(declared, loads(source, iterated=iterated), templated)
    assert not {stage: told for stage, told in wrong.items() if told}


def test_a_key_below_a_section_may_be_declared_where_the_script_uses_only_that() -> None:
    source = (
        "from lesionary.params.subtyping import FoldsParams\nfolds = FoldsParams.load()\nprint(folds.count, folds.seed)"
    )
    found = loads(source)
    assert quarrels({"folds"}, found, set()) == []
    assert quarrels({"folds.count", "folds.seed"}, found, set()) == []
    assert quarrels({"folds.count"}, found, set()) == [
        "['folds'] is loaded and not declared",
        "folds.count is declared and not used",
    ]
    assert quarrels({"folds", "svm"}, found, set()) == ["svm is declared and not used"]
    assert quarrels({"folds", "svm"}, found, {"svm"}) == []


def test_a_section_that_is_handed_on_is_declared_whole() -> None:
    source = "from lesionary.params.subtyping import FoldsParams as F\nf = F.load()\ndraw(f)\nprint(f.count)"
    assert quarrels({"folds.count"}, loads(source), set())


def test_a_row_is_its_own_entry_over_the_common_settings() -> None:
    source = "from lesionary.params.subtyping import SubtyperParams as S\nprint(S.load_row('dmrn'))"
    assert loads(source)[0].keys == {"subtyping.training", ROW}
    assert loads(source, iterated=False)[0].keys == {"subtyping.training", "subtypers"}


def test_only_stages_load_params() -> None:
    """A section that the library loaded would be used without being declared. A check is no part of a stage."""
    wrong = [path for path in (ROOT / "stages").glob("*.py") if "lesionary.checking" in path.read_text("utf-8")]
    for module in sorted((ROOT / "src").rglob("*.py")):
        source = module.read_text(encoding="utf-8")
        if module.parent.name == "checking":
            continue
        if module != Path(inspect.getfile(Section)) and "lesionary.params" in source and loads(source):
            wrong.append(module.relative_to(ROOT))
    assert not wrong


def test_every_path_of_a_command_is_declared_and_every_declared_path_is_in_it(stages: dict[str, Any]) -> None:
    """A folder in which declared outputs lie stands for them."""
    for stage, body in stages.items():
        inputs = {dep for dep in paths(body["deps"]) if not wire.is_code(dep)}
        outputs = {path for kind in ("outs", "metrics", "plots") for path in paths(body.get(kind))}
        given = {
            word for word in shlex.split(body["cmd"]) if ("/" in word or word in inputs) and not wire.is_code(word)
        }
        folders = {path for path in given - inputs if any(out.startswith(f"{path}/") for out in outputs)}
        inside = {out for out in outputs for folder in folders if out.startswith(f"{folder}/")}
        assert sorted(given - folders) == sorted(inputs | outputs - inside), stage


def test_every_stage_runs_the_script_of_its_name(stages: dict[str, Any]) -> None:
    for stage, body in stages.items():
        assert shlex.split(body["cmd"])[:2] == ["${python}", f"stages/{stage}.py"]


def test_every_script_is_a_stage(stages: dict[str, Any]) -> None:
    assert sorted(stages) == SCRIPTS


def test_every_stage_is_described_in_whole_sentences(stages: dict[str, Any]) -> None:
    for stage, body in stages.items():
        desc = " ".join(body.get("desc", "").split())
        assert re.fullmatch(r"[A-Z].{20,}\.", desc), f"{stage}: {desc!r}"


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_stage_imports_a_stage(script: str) -> None:
    names = wire.imported((ROOT / "stages" / f"{script}.py").read_text(encoding="utf-8"))
    assert not {name for name in names if name.split(".")[0] in {"stages", *SCRIPTS}}


def test_every_key_of_params_yaml_has_a_section_and_every_section_loads() -> None:
    file = ROOT / "params.yaml"
    for module in pkgutil.iter_modules(lesionary.params.__path__):
        importlib.import_module(f"lesionary.params.{module.name}")
    every = (*Section.__subclasses__(), *Row.__subclasses__())
    known = {section.key: section for section in every if hasattr(section, "key")}
    assert sorted(known) == sorted(read_params(file))
    for section in known.values():
        if section not in ROWS:
            section.load(file)
    for section in ROWS:
        for row in read_params(file)[section.key]:
            section.load_row(row, file)


def test_every_row_that_is_built_has_an_entry() -> None:
    params = read_params(ROOT / "params.yaml")
    assert set(params["rows"]["subtyping"]) <= set(params["subtypers"])
    assert set(params["rows"]["subfigures"]) <= set(params["sorters"])
