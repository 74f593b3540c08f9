"""Recognising the same images under another name, orientation or file format."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images.reading import Series


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
