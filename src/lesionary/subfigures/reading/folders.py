"""A folder of images, one folder a class: `{train,test}/<class>/<file>`; the class of an image is its folder's name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lesionary.base.errors import ClassError, CohortError, FileError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.subfigures.parts import Part


@dataclass(frozen=True)
class Listed:
    """A file that lies where an image should; `number` is its place in the sorted listing of the folder."""

    number: int
    path: Path
    part: Part
    name: str
    """Of its class."""


def list_classes(folder: Path, set_aside: SetAside) -> list[Listed]:
    """Every file of every class, sorted by path; what lies elsewhere and classes without a file are set aside.

    `CohortError` where train or test is missing.
    """
    for part in (Part.TRAIN, Part.TEST):
        if not (folder / part).is_dir():
            cure = f"it must hold train and test, each with a folder a class, as {part}/GFIG"
            raise CohortError(str(folder), f"has no folder {part}", cure)
    found = []
    for number, path in enumerate(list_files(folder)):
        with set_aside.guard(Kind.FILE, str(number)):
            found.append(_place(number, path, folder))
    filled = {(one.part, one.name) for one in found}
    for part, name in _class_folders(folder):
        if (part, name) not in filled:
            error = ClassError(f"{part}/{name}", f"has no file in {part} that can be listed", "fill it or remove it")
            set_aside.add(Kind.CLASS, name, error)
    return found


def list_files(folder: Path) -> list[Path]:
    """Every file below `folder`, hidden ones left out, sorted by path."""
    found: list[Path] = []
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(root, name) for name in names if not name.startswith(".")]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _place(number: int, path: Path, folder: Path) -> Listed:
    parts = path.relative_to(folder).parts
    if len(parts) != 3 or parts[0] not in (Part.TRAIN, Part.TEST):
        cure = "an image lies directly in the folder of its class, as train/GFIG/1.png"
        raise FileError(shown(os.path.join(*parts)), "lies in no folder of a class", cure)
    return Listed(number, path, Part(parts[0]), shown(parts[1]))


def _class_folders(folder: Path) -> Iterator[tuple[Part, str]]:
    for part in (Part.TEST, Part.TRAIN):
        for path in sorted((folder / part).iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                yield part, shown(path.name)


def shown(name: str) -> str:
    r"""A file's name as it may be printed and stored: what has no glyph, or is no UTF-8, stands as an escape.

    >>> print(shown("plain é"), shown("two\nlines"), shown("\udcff\u202eright to left"))
    plain é two\nlines \udcff\u202eright to left
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)
