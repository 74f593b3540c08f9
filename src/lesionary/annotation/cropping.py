"""From an indexed cohort to the patches that annotation sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lesionary.annotation.columns import EDGES, PLACE
from lesionary.base.errors import ItemError, LesionError
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.images.undecodable import lost
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Box, Geometry
from lesionary.imaging.patches import Patch, cut_patch
from lesionary.imaging.shards import ShardWriter
from lesionary.running.parallel import in_order

MAKERS = ("annotation/cropping.py",)
"""What a kept patch is made by, beside what reads images."""
BUNDLE = 16
"""Lesions that a process crops in one go: to send a patch back takes about as long as to cut it."""


@dataclass(frozen=True)
class Task:
    """One lesion to crop."""

    lesion: dict[str, Any]
    series: Series
    images: Sequence[Listed]
    side_mm: float
    spacing_mm: float
    slice_gap_mm: float

    def depends(self) -> tuple[object, ...]:
        """What the patch depends on beside images and code."""
        where = box_of(self.lesion), self.lesion["key_slice"]
        return self.series.row(), *where, self.side_mm, self.spacing_mm, self.slice_gap_mm


def place(geometry: Geometry, box: Box) -> dict[str, float]:
    """`PLACE` of a lesion. Where it lies along z is left out: two scans need not begin at the same height.

    >>> place(Geometry((100, 100, 9), (0.5, 0.5, 5), (0, 0, 0), (1, 0, 0), (0, 1, 0)), Box(60, 40, 3, 80, 50, 4))
    {'x_mm': 10.0, 'y_mm': -2.5, 'width_mm': 10.0, 'height_mm': 5.0}
    """
    (columns, rows, _), (x_mm, y_mm, _) = geometry.size, geometry.spacing_mm
    centre = (box.x_min + box.x_max - columns) / 2 * x_mm, (box.y_min + box.y_max - rows) / 2 * y_mm
    return dict(zip(PLACE, (*centre, box.extent[0] * x_mm, box.extent[1] * y_mm), strict=True))


def box_of(lesion: dict[str, Any]) -> Box:
    """The box in the columns of a lesion's row."""
    return Box(*(lesion[name] for name in Box.__dataclass_fields__))


def crop(task: Task) -> Patch | ItemError:
    """Crop one lesion; an error is handed on as a value, so that it can cross processes."""
    try:
        return cut_patch(
            lambda slices: task.series.read([image.path for image in task.images], slices),
            task.series.geometry,
            box_of(task.lesion),
            task.lesion["key_slice"],
            side_mm=task.side_mm,
            spacing_mm=task.spacing_mm,
            slice_gap_mm=task.slice_gap_mm,
        )
    except ItemError as error:
        return error


def recall(kept: Kept, task: Task) -> Patch | ItemError:
    """As `crop`, without reading images of which the patch was kept."""
    depends = task.depends()
    if told := kept.get_arrays("patches", task.images, depends):
        x_min, y_min, x_max, y_max = told["box"].tolist()
        return Patch(told["hu"], (x_min, y_min, x_max, y_max))
    made = crop(task)
    if isinstance(made, Patch):
        kept.put_arrays({"hu": made.hu, "box": np.array(made.box)}, "patches", task.images, depends)
    return made


def crop_lesions(tasks: Sequence[Task], folder: Path, set_aside: SetAside, kept: Kept) -> pl.DataFrame:
    """Crop every lesion into shards under `folder`; a table whose row n is array n of the shards.

    Columns: lesion, patient, study, x_min, y_min, x_max, y_max (pixels of the patch), x_mm, y_mm, width_mm, height_mm.
    """
    rows: list[dict[str, Any]] = []
    with ShardWriter(folder) as shards:
        for task, made in zip(
            tasks, in_order(partial(recall, kept), tasks, "cropping patches", lost, BUNDLE), strict=True
        ):
            who = {name: task.lesion[name] for name in ("lesion", "patient", "study")}
            with set_aside.guard(Kind.LESION, who["lesion"]):
                if isinstance(made, ItemError):
                    raise LesionError(made.place, made.reason, made.cure)
                shards.append(made.hu[None])
                where = place(task.series.geometry, box_of(task.lesion))
                rows.append({**who, **dict(zip(EDGES, made.box, strict=True)), **where})
    schema = {**dict.fromkeys(("lesion", "patient", "study"), pl.String), **dict.fromkeys((*EDGES, *PLACE), pl.Float64)}
    return pl.DataFrame(rows, schema=schema)
