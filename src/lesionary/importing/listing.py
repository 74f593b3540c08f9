"""The images of an export: which there are, and images.csv, in which what has not changed is not read again.

Whether a file has changed is told by its size and its time of writing. These are remembered beside the hash, outside of
the cohort and under keyed names: times differ from copy to copy and are nothing that a result may depend on.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from lesionary.cohorts.contract.layout import files_below
from lesionary.cohorts.contract.manifest import COLUMNS, MANIFEST, Listed, read_manifest
from lesionary.cohorts.inventory import is_dicom, kind_by_name
from lesionary.running.parallel import in_order

TAKEN = ("DICOM", "NIfTI", "NIfTI mask")
_BUNDLE = 64  # files hashed in one go
_MEMORY = {"file": pl.String, "bytes": pl.Int64, "written_ns": pl.Int64, "sha256": pl.String}


@dataclass
class Listing:
    """What images.csv is to hold, and how that differs from what it held."""

    rows: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Size and hash by name."""
    remembered: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """Size, time of writing and hash by keyed name."""
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Listed, but not there any more."""
    unread: list[str] = field(default_factory=list)
    """Could be found, and not read: a disk, a network, or somebody who moves files meanwhile."""
    hashed: int = 0
    paths: dict[str, Path] = field(default_factory=dict)
    """Where the images lie that are there."""


def find_images(source: Path, wanted: Callable[[Path], bool] | None = None) -> tuple[list[Path], list[Path]]:
    """Files below a folder that are `wanted` (DICOM and NIfTI, unless told), and the others; sorted, hidden ones left
    out."""
    wanted = wanted or is_image
    found = [(path, wanted(path)) for path in sorted(files_below(source))]
    return [path for path, take in found if take], [path for path, take in found if not take]


def is_image(path: Path) -> bool:
    """Whether a file is taken: DICOM by its first bytes, a DICOMDIR apart, and NIfTI by its name."""
    kind = kind_by_name(path.name)
    return kind in TAKEN if kind else path.name.upper() != "DICOMDIR" and is_dicom(Listed(path.name, path))


def list_images(
    cohort: Path, images: Iterable[Path], memory: Path, key: bytes, *, rehash: bool = False, drop: bool = False
) -> Listing:
    """images.csv with `images` beside what it lists already; `drop` leaves out what is not there any more."""
    listing = Listing()
    before = _listed(cohort)
    known = _remembered(memory)
    found = listing.paths = {Path(os.path.relpath(image, cohort)).as_posix(): image for image in images}
    wanted: list[tuple[str, Path]] = []
    for name, path in found.items():
        secret = _keyed(key, name)
        last = known.get(secret)
        if last and not rehash and last[:2] == _told(path):
            _note(listing, before, name, secret, last)
        else:
            wanted.append((name, path))
    listing.hashed = len(wanted)
    for (name, _), now in zip(wanted, _hashes(wanted), strict=True):
        if now is None:
            listing.unread.append(name)
            listing.paths.pop(name)
        else:
            _note(listing, before, name, _keyed(key, name), now)
    for name, row in before.items():
        if name not in listing.rows:
            if not (there := os.path.isfile(cohort / name)):
                listing.gone.append(name)
            if there or not drop:
                listing.rows[name] = row
                listing.paths |= {name: cohort / name} if there else {}
                if last := known.get(secret := _keyed(key, name)):
                    listing.remembered[secret] = last
    return listing


def write_listing(cohort: Path, memory: Path, listing: Listing) -> None:
    """Write images.csv, sorted by name as `cohorts.manifest` writes it, and what is remembered."""
    rows = [(name, *row) for name, row in sorted(listing.rows.items())]
    _replace(cohort / MANIFEST, pl.DataFrame(rows, COLUMNS, orient="row"))
    memory.parent.mkdir(parents=True, exist_ok=True)
    remembered = [(name, *row) for name, row in sorted(listing.remembered.items())]
    _replace(memory, pl.DataFrame(remembered, _MEMORY, orient="row"))


def _note(
    listing: Listing, before: dict[str, tuple[int, str]], name: str, secret: str, now: tuple[int, int, str]
) -> None:
    size, _, digest = now
    listing.rows[name] = (size, digest)
    listing.remembered[secret] = now
    if name not in before:
        listing.added.append(name)
    elif before[name] != (size, digest):
        listing.changed.append(name)


def _listed(cohort: Path) -> dict[str, tuple[int, str]]:
    """What images.csv lists; `CohortError` if it cannot be read."""
    if not (cohort / MANIFEST).is_file():
        return {}
    return {one.name: (one.size or 0, one.sha256) for one in read_manifest(cohort / MANIFEST)}


def _remembered(memory: Path) -> dict[str, tuple[int, int, str]]:
    if not memory.is_file():
        return {}
    try:
        table = pl.read_csv(memory, schema_overrides=_MEMORY).select(*_MEMORY)
    except pl.exceptions.PolarsError:  # it may be deleted at any time, so it may be broken
        return {}
    return {name: (size, written, digest) for name, size, written, digest in table.iter_rows()}


def _keyed(key: bytes, name: str) -> str:
    return hmac.new(key, f"IMAGE\0{name}".encode(errors="surrogateescape"), hashlib.sha256).hexdigest()[:24]


def _told(path: Path) -> tuple[int, int] | None:
    """Size and time of writing; None where they cannot be had."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_size, told.st_mtime_ns


def _hashes(wanted: Sequence[tuple[str, Path]]) -> list[tuple[int, int, str] | None]:
    return list(in_order(_hash, wanted, "hashing images", bundle=_BUNDLE))


def _hash(wanted: tuple[str, Path]) -> tuple[int, int, str] | None:
    """Size, time of writing and hash; None where the file cannot be read."""
    try:
        with wanted[1].open("rb") as stream:
            told, digest = os.fstat(stream.fileno()), hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
    return told.st_size, told.st_mtime_ns, digest


def _replace(path: Path, table: pl.DataFrame) -> None:
    """Write a table whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    table.write_csv(part)
    os.replace(part, path)
