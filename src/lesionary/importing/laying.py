"""What every cohort of series has: a key, its images as a list or as copies, and cohort.yaml."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import ImageKind, read_description
from lesionary.cohorts.contract.manifest import MANIFEST
from lesionary.importing.copying import plan_copies
from lesionary.importing.listing import find_images, list_images
from lesionary.importing.plan import KEY, Plan
from lesionary.schemas.tables import DESCRIPTION, Finding

ALONE = {ImageKind.DEEPLESION, ImageKind.NPZ}
"""Kinds whose own tables say what the lesions are: no other kind of image has room beside them."""


def find_key(plan: Plan) -> bytes:
    """The cohort's key, or a new one; `CohortError` if it is there and empty."""
    path = plan.request.cohort / KEY
    key = path.read_bytes().strip() if path.is_file() else b""
    if not key:
        if path.exists():
            raise CohortError(str(path), "is empty", "restore it, or remove it: names downstream then change")
        key = secrets.token_hex().encode()
        plan.contents[KEY] = key + b"\n"
        plan.said.append(f"{KEY}: made; keep it, and give it to nobody")
    return key


def find_readable(plan: Plan, wanted: Callable[[Path], bool] | None = None) -> tuple[list[Path], list[Path]]:
    """Files of the source that are `wanted` (see `find_images`), and the others; what may not be read is left out by
    name."""
    source = plan.request.source
    images, others = find_images(source, wanted)
    unread = {path for path in (*images, *others) if not os.access(path, os.R_OK) or os.path.isdir(path)}
    plan.refused += [
        Finding(path.relative_to(source).as_posix(), None, "", _why_unread(path)) for path in sorted(unread)
    ]
    return [path for path in images if path not in unread], [path for path in others if path not in unread]


def _why_unread(path: Path) -> str:
    if os.path.isdir(path):
        return "may not be looked into, nor what lies in it: get the right to read it, and import again"
    if os.path.lexists(path) and not os.path.exists(path):
        return "is a link that leads nowhere: mend it, or remove it"
    return "may not be read: get the right to read it, and import again"


def lay_images(plan: Plan, images: Sequence[Path], home: Path, key: bytes) -> None:
    """List `images`, or copy them as they lie below `home`; `CohortError` if the cohort does the other already.

    A file whose name is no UTF-8 is left out: no table can hold it.
    """
    request = plan.request
    if (request.cohort / ("images" if not request.copy else MANIFEST)).exists():
        reason = "lists its images, copies were asked for" if request.copy else "holds copies, a list was asked for"
        raise CohortError(str(request.cohort), reason, "import it with --copy as at first, or never")
    named = [image for image in images if _is_utf8(str(image))]
    plan.refused += [
        Finding(image.name, None, "", "its name is no UTF-8: rename it") for image in images if not _is_utf8(str(image))
    ]
    if request.copy:
        add_copies(plan, [(image, image.relative_to(home)) for image in named], request.cohort / "images")
    else:
        _list(plan, named, key)


def add_copies(plan: Plan, images: Iterable[tuple[Path, Path]], folder: Path) -> None:
    """Copy each image to its path below `folder`, where it is not there yet."""
    plan.copies = plan_copies(images, folder)
    plan.said.append(f"images: {len(plan.copies.wanted)} to copy, {plan.copies.alike} there already")
    plan.refused += [Finding(name, None, "", "is there with other bytes: left as it is")
                     for name in plan.copies.differing]  # fmt: skip


def _list(plan: Plan, images: Sequence[Path], key: bytes) -> None:
    request = plan.request
    listing = list_images(request.cohort, images, request.memory, key, rehash=request.rehash, drop=request.drop_missing)
    plan.listing = listing
    plan.refused += [
        Finding(name, None, "", "could not be read: it was moved meanwhile, or its disk failed: import again")
        for name in listing.unread
    ]
    plan.said.append(
        f"{MANIFEST}: {len(listing.rows)} images, {len(listing.added)} of them new, "
        f"{len(listing.changed)} changed, {len(listing.gone)} gone; {listing.hashed} read"
    )
    for what, files in (("new", listing.added), ("changed", listing.changed), ("gone", listing.gone)):
        plan.said += [f"  {what}: {folder} ({count} files)" for folder, count in sorted(_folders(files).items())]


def describe(plan: Plan, kinds: Sequence[ImageKind], about: str, **more: Any) -> None:
    """cohort.yaml, where there is none yet; `CohortError` if the one that is there leaves no room for `kinds`."""
    path = plan.request.cohort / DESCRIPTION
    if not path.is_file():
        values = {"name": plan.request.cohort.name, "about": plan.request.about or about}
        values |= {"images": [kind.value for kind in kinds]} | more
        plan.contents[DESCRIPTION] = yaml.safe_dump(values, sort_keys=False, allow_unicode=True).encode()
        plan.said.append(f"{DESCRIPTION}: made")
        return
    named = set(read_description(path).images)
    if named != set(kinds) and ALONE & {*named, *kinds}:
        there, new = ([kind.value for kind in sorted(some)] for some in (named, kinds))
        reason = f"names images: {there}, beside which {new} have no room"
        raise CohortError(str(path), reason, "import them into a cohort of their own")
    if lacking := [kind.value for kind in kinds if kind not in named]:
        plan.said.append(f"{DESCRIPTION}: there, but lacks images: {lacking}: add it")


def check_apart(source: Path, cohort: Path) -> None:
    """`CohortError` if one folder holds the other: a second import would take the cohort for an export."""
    if cohort.is_relative_to(source) or source.is_relative_to(cohort):
        raise CohortError(str(source), "holds the cohort, or lies in it", "keep the export and the cohort apart")


def _is_utf8(name: str) -> bool:
    """A byte of a file's name that is no UTF-8 is half a surrogate pair in Python."""
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _folders(names: Iterable[str]) -> Counter[str]:
    return Counter(name.rpartition("/")[0] for name in names)
