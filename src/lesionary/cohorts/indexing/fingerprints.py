"""Recognising the same images under another name, orientation or file format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lesionary.base.errors import ItemError
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.images.undecodable import lost
from lesionary.cohorts.kept import Kept
from lesionary.running.parallel import here, in_order

_ALONE = 50  # series up to which one process is done sooner than several have started


def fingerprints(series: Iterable[Series], images: Sequence[Listed], kept: Kept) -> Iterator[str | ItemError]:
    """The fingerprint of each series, in order, made in parallel; an error is handed on as a value."""
    tasks = [one.alone(images) for one in series]
    known = [kept.get("fingerprints", own, _depends(one)) for one, own in tasks]
    missing = [task for task, mark in zip(tasks, known, strict=True) if mark is None]
    make, text = partial(_make, kept), "comparing series"
    made = here(make, missing, text) if len(missing) <= _ALONE else in_order(make, missing, text, lost)
    for mark in known:
        yield next(made) if mark is None else mark


def _depends(series: Series) -> dict[str, Any]:
    return {name: value for name, value in series.row().items() if name != "manufacturer"}


def _make(kept: Kept, task: tuple[Series, list[Listed]]) -> str | ItemError:
    series, images = task
    try:
        mark = fingerprint(series, [image.path for image in images])
    except ItemError as error:
        return error
    kept.put(mark, "fingerprints", images, _depends(series))
    return mark


def fingerprint(series: Series, files: Sequence[Path]) -> str:
    """SHA-256 of how often each HU occurs in the middle of the series (its one or two central slices).

    Counting forgets where a voxel lies, so a copy that was flipped, transposed or written as another format has
    the same fingerprint; two real scans never do. Of an npz all voxels count as they lie: a plain copy is recognised.
    """
    depth = series.geometry.size[2]
    if series.kind is ImageKind.NPZ:  # a shape has two values: how often each occurs tells few shapes apart
        voxels = series.read(files, range(depth)).astype("<i2")
        return hashlib.sha256(str(voxels.shape).encode() + voxels.tobytes()).hexdigest()
    values, counts = np.unique(series.read(files, range((depth - 1) // 2, depth // 2 + 1)), return_counts=True)
    shape = np.sort(np.array(series.geometry.size))
    return hashlib.sha256(b"".join(a.astype("<i8").tobytes() for a in (shape, values, counts))).hexdigest()
