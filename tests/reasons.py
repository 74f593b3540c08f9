"""Every reason that code may give for not using something of a cohort, read from the source, as a pattern.

A reason is the second argument of an error of one item or of a cohort, or the fifth of a problem of a check: text, text
with values in it, or a name for one of these in the same function, which calls of the function may give.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
CHECK = "lesionary.checking.checking"
AT = {f"{name}Error": 1 for name in ("Cohort", "File", "Series", "Lesion", "Class", "Report")} | {"Problem": 4}
"""Where the reason stands among a call's arguments; an error that a function is handed is called `error`."""
AT |= {"error": 1}


def reasons() -> dict[str, str]:
    """Patterns of whole reasons of all code that a check runs, and where each stands."""
    graph = grimp.build_graph("lesionary", cache_dir=None, exclude_type_checking_imports=True)
    found: dict[str, str] = {}
    for module in sorted({CHECK, *graph.find_upstream_modules(CHECK)}):
        path = ROOT / "src" / Path(*module.split(".")).with_suffix(".py")
        if path.is_file():
            for line, pattern in patterns(ast.parse(path.read_text("utf-8"))):
                found.setdefault(pattern, f"{module}:{line}")
    return found


def patterns(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and pattern of each reason in a module; what is a mere value (of another error) is none."""
    for function in _functions(module):
        for call in _calls(function):
            at = AT.get(ast.unparse(call.func))
            if at is not None and len(call.args) > at:
                for text in _texts(call.args[at], function, module):
                    if re.sub(r"\.\*|\W", "", text):
                        yield call.lineno, text


def _texts(node: ast.expr, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.JoinedStr(values=parts):
            yield "".join(re.escape(str(one.value)) if isinstance(one, ast.Constant) else ".*" for one in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, function, module)
            yield from _texts(other, function, module)
        case ast.Name(id=name) if name in (given := [one.arg for one in function.args.args]):
            for caller in _functions(module):
                for call in _calls(caller):
                    if ast.unparse(call.func) == function.name and len(call.args) > given.index(name):
                        yield from _texts(call.args[given.index(name)], caller, module)
        case ast.Name(id=name):
            for value in (*_assigned(name, ast.walk(function)), *_assigned(name, module.body)):
                yield from _texts(value, function, module)


def _assigned(name: str, nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """What stands for a name: `a = x`, `a, b = x, y`, `for a in (x, y)`."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = zip(targets, values, strict=True)
                yield from (value for target, value in pairs if isinstance(target, ast.Name) and target.id == name)
            case ast.For(target=ast.Name(id=target), iter=ast.Tuple(elts=values)) if target == name:
                yield from values


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))
