"""A folder of images, read: equal squares in shards, and a table of those that can be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.errors import ClassError, CohortError, FileError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.imaging.shards import ShardWriter
from lesionary.running.parallel import in_order
from lesionary.subfigures.parts import Part
from lesionary.subfigures.reading.copies import Kept, without_copies
from lesionary.subfigures.reading.decoding import Task, read
from lesionary.subfigures.reading.folders import Listed, list_classes
from lesionary.subfigures.reading.validation import draw_validation

Keep = Callable[[NDArray[np.uint8]], Iterable[int]]
"""Takes images (images, 3, side, side); the number of each."""
SCHEMA = {"n": pl.Int32, "file": pl.Int32, "class": pl.String, "part": pl.String}


def read_images(
    folder: Path, shards: Path, set_aside: SetAside, *, side_px: int, validation: float, seed: int
) -> pl.DataFrame:
    """Read every image below `folder` into `shards`; the table of those that are used, as `use_images` makes it."""
    with ShardWriter(shards) as store:
        return use_images(folder, store.append, set_aside, side_px=side_px, validation=validation, seed=seed)


def use_images(
    folder: Path, keep: Keep, set_aside: SetAside, *, side_px: int, validation: float, seed: int
) -> pl.DataFrame:
    """Read every image below `folder` and hand its pixels to `keep`; the table of those that are used.

    Columns: n (its place in the shards, which hold the copies that are set aside, too), file (its place in the sorted
    listing of `folder`, since its name may name somebody), class, part. `CohortError` where nothing could be trained or
    tested on what is left, or a class has test images alone.
    """
    listed = list_classes(folder, set_aside)
    decoded = _decode(listed, keep, side_px, set_aside)
    for part in (Part.TEST, Part.TRAIN):
        lost = _classes(listed, part) - _classes([one.file for one in decoded], part)
        for name in sorted(lost):
            error = ClassError(f"{part}/{name}", f"has no image in {part} that can be read", "mend or remove it")
            set_aside.add(Kind.CLASS, name, error)
    kept = without_copies(decoded, set_aside)
    check([one.file for one in kept], folder)
    training = [one for one in kept if one.file.part is Part.TRAIN]
    held = draw_validation([one.file.name for one in training], validation, seed)
    validates = {one.n for one, chosen in zip(training, held, strict=True) if chosen}
    rows = [
        {
            "n": one.n,
            "file": one.file.number,
            "class": one.file.name,
            "part": str(Part.VALIDATION if one.n in validates else one.file.part),
        }
        for one in kept
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def check(files: list[Listed], folder: Path) -> None:
    """Refuse what no network could learn from or be measured on: `CohortError`."""
    trained, tested = _classes(files, Part.TRAIN), _classes(files, Part.TEST)
    if len(trained) < 2:
        raise CohortError(
            str(folder / "train"), f"has {len(trained)} usable classes", "two are the least to tell apart"
        )
    if not tested:
        raise CohortError(str(folder / "test"), "has no usable image", "fill it")
    if alone := sorted(tested - trained):
        cure = "give each a training image, or take it out of test"
        raise CohortError(str(folder / "test"), f"only test has usable images of {', '.join(alone)}", cure)


def _decode(listed: list[Listed], keep: Keep, side_px: int, set_aside: SetAside) -> list[Kept]:
    tasks, kept = [Task(one.path, side_px) for one in listed], []
    for one, made in zip(listed, in_order(read, tasks, "reading images"), strict=True):
        with set_aside.guard(Kind.FILE, str(one.number)):
            if isinstance(made, FileError):
                raise made
            (n,) = keep(made.pixels[np.newaxis])
            kept.append(Kept(one, n, made.digest))
    return kept


def _classes(files: list[Listed], part: Part) -> set[str]:
    return {one.name for one in files if one.part is part}
