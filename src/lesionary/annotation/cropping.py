"""From an indexed cohort to the patches that annotation sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from lesionary.cohorts.reading import Series
from lesionary.cohorts.set_aside import Kind, SetAside
from lesionary.errors import ItemError, LesionError
from lesionary.imaging.geometry import Box
from lesionary.imaging.patches import Patch, cut_patch
from lesionary.imaging.shards import ShardWriter
from lesionary.parallel import in_order

EDGES = ("x_min", "y_min", "x_max", "y_max")


@dataclass(frozen=True)
class Task:
    """One lesion to crop."""

    lesion: dict[str, Any]
    series: Series
    files: Sequence[Path]
    side_mm: float
    spacing_mm: float
    slice_gap_mm: float


def crop(task: Task) -> Patch | ItemError:
    """Crop one lesion; an error is handed on as a value, so that it can cross processes."""
    try:
        return cut_patch(
            lambda slices: task.series.read(task.files, slices),
            task.series.geometry,
            Box(*(task.lesion[name] for name in Box.__dataclass_fields__)),
            task.lesion["key_slice"],
            side_mm=task.side_mm,
            spacing_mm=task.spacing_mm,
            slice_gap_mm=task.slice_gap_mm,
        )
    except ItemError as error:
        return error


def crop_lesions(tasks: Sequence[Task], folder: Path, set_aside: SetAside) -> pl.DataFrame:
    """Crop every lesion into shards under `folder`; a table whose row n is array n of the shards.

    Columns: lesion, patient, study, x_min, y_min, x_max, y_max (pixels of the patch).
    """
    rows: list[dict[str, Any]] = []
    with ShardWriter(folder) as shards:
        for task, made in zip(tasks, in_order(crop, tasks, "cropping patches"), strict=True):
            who = {name: task.lesion[name] for name in ("lesion", "patient", "study")}
            with set_aside.guard(Kind.LESION, who["lesion"]):
                if isinstance(made, ItemError):
                    raise LesionError(made.place, made.reason, made.cure)
                shards.append(made.hu[None])
                rows.append({**who, **dict(zip(EDGES, made.box, strict=True))})
    schema = {**dict.fromkeys(("lesion", "patient", "study"), pl.String), **dict.fromkeys(EDGES, pl.Float64)}
    return pl.DataFrame(rows, schema=schema)
