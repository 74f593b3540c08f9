"""Headers of a cohort's DICOM files, read in parallel, and kept group by group.

A group is files of one folder that lie beside each other in the listing. Where a long run of files is divided depends
on the hashes of the files themselves: a file that is added leaves all groups as they were but its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from lesionary.base.errors import FileError, ItemError
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images import dicom, enhanced
from lesionary.cohorts.images.dicom import Class, Companion, Header
from lesionary.cohorts.kept import Kept
from lesionary.running.parallel import in_order

Told: TypeAlias = list[Header] | Companion | ItemError
"""Headers, a slice each; what else the file is; or why it cannot be used."""

_ENDS = ("00", "01", "02", "03")  # first letters of the hash of a group's last file: one of 64 has one of these
_LONGEST = 256  # files of a group, whatever their hashes
_ALIKE = (
    "series", "study", "patient", "row", "column", "spacing_mm", "size", "manufacturer", "frame_of_reference",
)  # fmt: skip
_BATCH = 64  # files read in one go: more than the errand between processes costs


@dataclass(frozen=True)
class Numbered:
    """A file and its number in the cohort's listing."""

    number: int
    image: Listed


def read_headers(files: Sequence[Numbered], kept: Kept) -> Iterator[tuple[int, Told]]:
    """What each file tells, in order; an error is handed on as a value."""
    seen: dict[str, Any] = {}
    for batch in in_order(partial(_read_batch, kept), list(batches(groups(files))), "reading headers"):
        for number, told in batch:
            yield number, [_sharing(header, seen) for header in told] if isinstance(told, list) else told


def _sharing(header: Header, seen: dict[str, Any]) -> Header:
    """The same, what all slices of a series say alike being one object: that halves the memory that headers take."""
    values = {name: getattr(header, name) for name in _ALIKE}
    # By how it is written: 0.0 and -0.0 are equal, and not the same.
    return replace(header, **{name: seen.setdefault(repr(value), value) for name, value in values.items()})


def groups(files: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """Runs of files that are kept together."""
    group: list[Numbered] = []
    for one in files:
        if group and _between(group, one):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _between(group: list[Numbered], one: Numbered) -> bool:
    last = group[-1].image
    apart = PurePosixPath(last.name).parent != PurePosixPath(one.image.name).parent
    return apart or last.sha256[:2] in _ENDS or len(group) == _LONGEST


def batches(found: Iterator[list[Numbered]]) -> Iterator[list[list[Numbered]]]:
    """Groups that are read in one go."""
    batch: list[list[Numbered]] = []
    for group in found:
        batch.append(group)
        if sum(map(len, batch)) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_batch(kept: Kept, batch: Sequence[Sequence[Numbered]]) -> list[tuple[int, Told]]:
    return [(one.number, told) for group in batch for one, told in zip(group, _read_group(kept, group), strict=True)]


def _read_group(kept: Kept, group: Sequence[Numbered]) -> list[Told]:
    images = [one.image for one in group]
    if (packed := kept.get("headers", images)) is not None:
        return [unpack(own, one) for own, one in zip(packed, group, strict=True)]
    found = [_read_one(one) for one in group]
    if not any(_may_pass(told) for told in found):
        kept.put([pack(told) for told in found], "headers", images)
    return found


def _may_pass(told: Told) -> bool:
    """Whether an error may be the disk's or the network's, and not the file's: such a one must not be remembered."""
    return isinstance(told, ItemError) and isinstance(told.__context__, OSError)


def _read_one(one: Numbered) -> Told:
    number, path = one.number, one.image.path
    try:
        found = dicom.read_header(number, path)
        if isinstance(found, Header):
            return [found]
        return enhanced.read_headers(number, path) if found.kind is Class.ENHANCED else found
    except ItemError as error:
        return error


def pack(told: Told) -> Any:
    """As JSON has it, without the file's number and place: the same file may come to stand elsewhere."""
    if isinstance(told, ItemError):
        return {"error": [told.reason, told.cure]}
    if isinstance(told, Companion):
        return {"kind": told.kind.value, "instance": told.instance}
    return [[getattr(header, field.name) for field in fields(Header)[1:]] for header in told]


def unpack(packed: Any, one: Numbered) -> Told:
    """What `pack` made, of the file as it stands now."""
    if isinstance(packed, list):
        return [Header(one.number, *map(_value, header)) for header in packed]
    if "error" in packed:
        return FileError(str(one.image.path), *packed["error"])
    return Companion(one.number, Class(packed["kind"]), packed["instance"])


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
