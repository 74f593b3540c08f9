"""A folder of DICOM files copied, cleaned, to a new one.

    images/<patient>/<series>/000001.dcm   pseudonyms under the key; numbers by InstanceNumber, in one series
    done.csv                               attribute, action (PS3.15's letters), count
    refused.csv                            file (its place in the sorted listing of the source), reason

The same source and key give the same bytes, whatever the number of workers.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import polars as pl

from lesionary.base.errors import CohortError, FileError
from lesionary.cohorts.contract.layout import files_below
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.deidentifying.copying import Copied, Task, copy
from lesionary.deidentifying.keyed import Keyed
from lesionary.deidentifying.profile import Action
from lesionary.deidentifying.surveying import Surveyed, survey
from lesionary.running.parallel import in_order

_BUNDLE = 16  # files in one go
_DONE, _REFUSED = "done.csv", "refused.csv"
_Item = TypeVar("_Item")


@dataclass
class Done:
    """What was done."""

    copied: int = 0
    actions: Counter[tuple[str, Action]] = field(default_factory=Counter)
    refused: list[tuple[int, FileError]] = field(default_factory=list)
    """By number of the file."""
    recognisable: int = 0
    """Files copied whose header says that a face could be made of them."""
    names: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, what it was called, what it is called now: whoever has this can undo everything."""
    sources: dict[str, Path] = field(default_factory=dict)
    """A file of each series that was copied, by the series' own name."""


def deidentify_folder(
    source: Path, target: Path, key_file: Path, *, shift_dates: bool = False, names: Path | None = None
) -> Done:
    """Copy what can be cleaned; `CohortError`, and nothing written, if source, target or key cannot be used."""
    key = _read_key(key_file)
    _check_places(source, target, key_file, names)
    done = copy_cleaned(source, target, key, shift_dates=shift_dates)
    if names:
        _write_names(names, done)
    return done


def copy_cleaned(source: Path, target: Path, key: bytes, *, shift_dates: bool = False) -> Done:
    """Copy what can be cleaned of `source` to `target`, where nothing of the like may be yet."""
    paths = sorted(files_below(source))
    if not paths:
        raise CohortError(str(source), "holds no files", "name the folder of the export")
    found = list(in_order(survey, list(enumerate(paths)), "reading headers", bundle=_BUNDLE))
    done = Done()
    usable = []
    for number, told in enumerate(found):
        if isinstance(told, FileError):
            done.refused.append((number, told))
        else:
            usable.append(told)
    tasks = _tasks(usable, paths, target, Keyed(key), done)
    target.mkdir(parents=True, exist_ok=True)
    copying = in_order(partial(copy, key, shift_dates), tasks, "cleaning files", bundle=_BUNDLE)
    for task, copied in zip(tasks, copying, strict=True):
        if isinstance(copied, FileError):
            done.refused.append((task.file, copied))
        else:
            _note(done, copied, task.source, found[task.file], Keyed(key))
    done.refused.sort(key=lambda one: one[0])
    _write_tables(target, done)
    return done


def _tasks(usable: Sequence[Surveyed], paths: Sequence[Path], target: Path, keyed: Keyed, done: Done) -> list[Task]:
    """Where each copy goes; an image that is there twice is refused the second time."""
    seen: dict[str, Surveyed] = {}
    for one in usable:
        if one.instance in seen:
            reason = "has the SOPInstanceUID of another file"
            done.refused.append((one.file, FileError(str(paths[one.file]), reason, "keep one of them")))
        else:
            seen[one.instance] = one
    last = max((one.number or 0 for one in usable), default=0) + 1
    ordered = sorted(
        seen.values(), key=lambda one: (last if one.number is None else one.number, keyed.uid(one.instance))
    )
    numbers: Counter[tuple[str, str]] = Counter()
    tasks = []
    for one in ordered:
        place = (keyed.patient(one.owner), pseudonym(keyed.key, Entity.SERIES, one.series))
        numbers[place] += 1
        path = target.joinpath("images", *place, f"{numbers[place]:06d}.dcm")
        tasks.append(Task(one.file, paths[one.file], path, one.patient, one.owner))
    return tasks


def _note(done: Done, copied: Copied, source: Path, told: Surveyed | FileError, keyed: Keyed) -> None:
    assert isinstance(told, Surveyed)
    done.copied += 1
    done.actions += copied.done
    done.recognisable += told.recognisable
    done.sources.setdefault(told.series, source)
    if told.patient:
        done.names.add(("patient", told.patient, keyed.patient(told.patient)))
    done.names |= {(kind, uid, keyed.uid(uid)) for kind, uid in (("study", told.study), ("series", told.series)) if uid}
    done.names |= {("lesion", label, keyed.label(label)) for label in copied.labels}


def _read_key(path: Path) -> bytes:
    key = path.read_bytes().strip() if path.is_file() else b""
    if not key:
        make = f"make one and keep it: python -c 'import secrets; print(secrets.token_hex())' > {path}"
        raise CohortError(str(path), "is missing or empty", make)
    return key


def _check_places(source: Path, target: Path, key_file: Path, names: Path | None) -> None:
    if not source.is_dir():
        raise CohortError(str(source), "is no folder", "name the folder of the files to be copied")
    ours, theirs = target.resolve(), source.resolve()
    if ours.is_relative_to(theirs) or theirs.is_relative_to(ours):
        raise CohortError(str(target), "holds the source, or lies in it", "name a folder elsewhere")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CohortError(str(target), "is not empty", "name a new folder: what is in it already may not be clean")
    if names and names.exists():
        raise CohortError(str(names), "is there already", "name a new file")
    for secret in filter(None, (key_file, names)):
        if secret.resolve().is_relative_to(ours):
            raise CohortError(str(secret), "would lie in the folder that is handed on", "keep it elsewhere")


def _write_tables(target: Path, done: Done) -> None:
    rows = sorted((name, action.value, count) for (name, action), count in done.actions.items())
    pl.DataFrame(rows, {"attribute": pl.String, "action": pl.String, "count": pl.Int64}, orient="row").write_csv(
        target / _DONE
    )
    refused = [(number, error.reason) for number, error in done.refused]
    pl.DataFrame(refused, {"file": pl.Int64, "reason": pl.String}, orient="row").write_csv(target / _REFUSED)


def _write_names(path: Path, done: Done) -> None:
    """For its owner alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "was", "is"))
        writer.writerows(sorted(done.names))
