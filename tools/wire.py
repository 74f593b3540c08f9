"""Write into dvc.yaml which modules each stage imports.

    python tools/wire.py            rewrite the `deps` of every stage
    python tools/wire.py --check    print what differs, change nothing, exit 1

DVC does not follow imports. A stage therefore lists, file by file: its script, every module of the package that it
imports, directly or not, and the data files beside those modules, which they name by a literal
`files("lesionary.part") / "name.yaml"`. A folder of which it needs most files stands for them: DVC's time to see that
nothing has changed goes by entries, and an edit of one of the others costs a run that ends where it began. Then come
the stage's data, in the order in which they were written.
Only these lines are touched. `__init__.py` files are left out: they hold a docstring and nothing else (a test says so).
"""

from __future__ import annotations

import argparse
import ast
import difflib
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import grimp
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "lesionary"
MOST = 0.6
"""Of a folder's files that a stage must need for the folder to stand for them."""
RESOURCES = ("files", "resources.files", "importlib.resources.files")


class Wiring:
    """Which files of `root` a stage runs."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root

    @cached_property
    def graph(self) -> grimp.ImportGraph:
        """Who imports whom inside the package, but for imports that only a type checker sees."""
        return grimp.build_graph(PACKAGE, cache_dir=None, exclude_type_checking_imports=True)

    def needs(self, stage: str) -> list[str]:
        """Script, modules and package data of `stage`, as `deps` lists them."""
        script = f"stages/{stage}.py"
        if not (self.root / script).is_file():
            raise SystemExit(f"dvc.yaml: stage {stage} has no script {script} (a stage and its script share a name)")
        paths = [self.path(module) for module in self.modules(script)]
        modules = [path for path in paths if not path.endswith("/__init__.py")]
        data = {name for path in modules for name in data_files((self.root / path).read_text(encoding="utf-8"), path)}
        return [script, *sorted(self.whole({*modules, *data}))]

    def whole(self, files: set[str]) -> set[str]:
        """`files`, but one entry, the topmost such folder, for all below a folder of which most are needed."""
        folders = {folder for file in files for folder in above(file) if folder.startswith(f"src/{PACKAGE}/")}
        most = {folder for folder in folders if len(inside := self.inside(folder)) * MOST <= len(inside & files)}
        return {next((folder for folder in above(file) if folder in most), file) for file in files}

    def inside(self, folder: str) -> set[str]:
        """Every file in and below a folder of the package that a stage could need."""
        paths = (path for path in (self.root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {str(path.relative_to(self.root)) for path in paths if path.name not in ("__init__.py", "py.typed")}

    def modules(self, script: str) -> set[str]:
        """Modules that `script` imports, directly or not."""
        direct = imported((self.root / script).read_text(encoding="utf-8")) & self.graph.modules
        return direct.union(*(self.graph.find_upstream_modules(module) for module in direct))

    def path(self, module: str) -> str:
        """Where `module` lies, from the root."""
        path = f"src/{module.replace('.', '/')}"
        return f"{path}/__init__.py" if (self.root / path).is_dir() else f"{path}.py"


def above(file: str) -> list[str]:
    """Every folder in which `file` lies, the topmost first.

    >>> above("src/lesionary/errors.py")
    ['src', 'src/lesionary']
    """
    parts = file.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def imported(source: str) -> set[str]:
    """Names that may be modules in the import statements of `source`.

    >>> sorted(imported("import a.b\\nfrom a.c import d"))
    ['a.b', 'a.c', 'a.c.d']
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return names


def data_files(source: str, place: str) -> set[str]:
    """Files that `source` names as `files("lesionary.part") / "name.yaml"`.

    >>> data_files('text = (files("lesionary.phantom") / "masses.yaml").read_text()', "")
    {'src/lesionary/phantom/masses.yaml'}
    """
    nodes = list(ast.walk(ast.parse(source)))
    found: dict[ast.Call, str] = {}
    for node in nodes:
        match node:
            case ast.BinOp(
                left=ast.Call(args=[ast.Constant(value=str() as package)]) as call,
                op=ast.Div(),
                right=ast.Constant(value=str() as name),
            ):
                found[call] = f"src/{package.replace('.', '/')}/{name}"
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) in RESOURCES]
    for call in calls:
        if call not in found:
            raise SystemExit(f'{place}:{call.lineno}: which file is read? Write files("lesionary.part") / "name.yaml"')
    return {found[call] for call in calls}


def stages(text: str) -> dict[str, Any]:
    """Every stage of a dvc.yaml; the template of one that is written with `foreach`."""
    return {name: stage.get("do", stage) for name, stage in YAML().load(text)["stages"].items()}


def is_code(dep: str) -> bool:
    """Whether a dep is wired here, rather than data of the stage."""
    return dep.startswith(("stages/", "src/"))


def rewire(text: str, needs: Callable[[str], list[str]]) -> str:
    """`text` of a dvc.yaml with what every stage needs written into its `deps`.

    >>> text = "stages:\\n  a:\\n    deps:\\n      - src/old.py\\n      - data  # why"
    >>> print(rewire(text, lambda stage: [f"stages/{stage}.py"]))
    stages:
      a:
        deps:
          - stages/a.py
          - data  # why
    """
    lines = text.splitlines()
    bodies = stages(text)
    for name, body in sorted(bodies.items(), key=lambda item: -int(item[1].lc.line)):  # from below: line numbers hold
        if "deps" not in body:
            raise SystemExit(f"dvc.yaml: stage {name} has no deps (give it an empty list, `deps: []`)")
        first, column = body.lc.key("deps")
        written, end = _written(lines, body["deps"], first)
        if not written:
            lines[first] = lines[first][:column] + "deps:"
        indent = next((_indent(entry[-1]) for entry in written.values()), column + 2)
        order = [*needs(name), *(dep for dep in body["deps"] if not is_code(dep))]
        entries = [written.get(dep, [f"{' ' * indent}- {dep}"]) for dep in order]
        lines[first + 1 : end] = [line for entry in entries for line in entry]
    return "\n".join(lines) + "\n" * text.endswith("\n")


def _written(lines: list[str], deps: Any, first: int) -> tuple[dict[str, list[str]], int]:
    """Lines of each dep, its comments above it included, and the line after the last."""
    if not deps:
        return {}, first + 1
    if deps.fa.flow_style():
        raise SystemExit(f"dvc.yaml:{first + 1}: write one dep a line")
    written, start = {}, first + 1
    for number, dep in enumerate(deps):
        end = deps.lc.item(number)[0] + 1
        written[dep] = lines[start:end]
        start = end
    return written, start


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def main(check: bool) -> int:
    """Rewrite dvc.yaml, or with `check` only say what would change."""
    file = ROOT / "dvc.yaml"
    if not file.is_file():
        raise SystemExit("dvc.yaml is missing")
    before = file.read_text(encoding="utf-8")
    after = rewire(before, Wiring().needs)
    if check:
        changes = difflib.unified_diff(before.splitlines(), after.splitlines(), "dvc.yaml", "wired", lineterm="", n=1)
        for line in changes:
            print(line)
        return int(before != after)
    file.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="print what differs and exit 1")
    sys.exit(main(**vars(parser.parse_args())))
