"""From an indexed cohort to the slices of its masses, and what a clinician would measure on each mass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.errors import ItemError, LesionError
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.images.undecodable import lost
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Box
from lesionary.imaging.shards import ShardWriter
from lesionary.imaging.slices import cut, resize
from lesionary.running.parallel import in_order

MAKERS = ("subtyping/cropping.py",)
"""What a kept crop is made by, beside what reads images."""
ROI_SHARE = 2 / 3
"""Share of the box's axes that the region of interest of `mean_hu` spans: inside the mass, off its rim."""


@dataclass(frozen=True)
class Task:
    """One mass to crop."""

    lesion: dict[str, Any]
    series: Series
    images: Sequence[Listed]
    side_px: int
    margin_mm: float

    @property
    def box(self) -> Box:
        """Of the mass, in voxels."""
        return Box(*(self.lesion[name] for name in Box.__dataclass_fields__))

    def depends(self) -> tuple[object, ...]:
        """What the crop depends on beside images and code."""
        return self.series.row(), self.box, self.side_px, self.margin_mm


@dataclass(frozen=True)
class Crop:
    """The slices of one mass: HU squares `images[z, y, x]`, their z, and its measures."""

    images: NDArray[np.int16]
    z: range
    mean_hu: float
    size_mm: tuple[float, float, float]


def typed_lesions(lesions: pl.DataFrame, set_aside: SetAside) -> list[dict[str, Any]]:
    """Lesions with a sub-type, one sub-type a study; the others are set aside."""
    kinds = dict(
        lesions.filter(pl.col("subtype").is_not_null()).group_by("study").agg(pl.col("subtype").n_unique()).iter_rows()
    )
    untyped = lesions.filter(pl.col("subtype").is_null())["lesion"].to_list()
    error = LesionError("lesions", "has no sub-type", "fill the column subtype of lesions.csv")
    set_aside.add_all(Kind.LESION, untyped, error)
    kept = []
    for lesion in lesions.filter(pl.col("subtype").is_not_null()).iter_rows(named=True):
        with set_aside.guard(Kind.LESION, lesion["lesion"]):
            place = f"lesion {lesion['lesion']}"
            if kinds[lesion["study"]] > 1:
                reason = f"its study has lesions of {kinds[lesion['study']]} sub-types"
                raise LesionError(place, reason, "a study is given one sub-type; keep the lesions of one")
            kept.append(lesion)
    return kept


def crop(task: Task) -> Crop | ItemError:
    """Crop one mass; an error is handed on as a value, so that it can cross processes."""
    try:
        geometry = task.series.geometry
        box = task.box
        depth = geometry.size[2]
        slices = range(max(0, box.slices().start), min(depth, box.slices().stop))
        hu = task.series.read([image.path for image in task.images], slices)
        margin = [task.margin_mm / mm for mm in geometry.spacing_mm[:2]]
        images = resize(cut(hu, box.grown((*margin, 0))), task.side_px)
        x, y, z = (n * mm for n, mm in zip(box.extent, geometry.spacing_mm, strict=True))
        return Crop(images, slices, mean_hu(hu, box, slices), (x, y, z))
    except ItemError as error:
        return error


def mean_hu(hu: NDArray[np.int16], box: Box, slices: range) -> float:
    """Mean HU in the ellipsoid that spans `ROI_SHARE` of the box's axes; `hu[z, y, x]` holds `slices` of the series."""
    axes = []
    starts, counts = (slices.start, 0, 0), hu.shape
    for start, count, low, high in zip(
        starts, counts, (box.z_min, box.y_min, box.x_min), (box.z_max, box.y_max, box.x_max), strict=True
    ):
        centres = np.arange(start, start + count) + 0.5
        axes.append(((centres - (low + high) / 2) / ((high - low) / 2 * ROI_SHARE)) ** 2)
    inside = axes[0][:, None, None] + axes[1][None, :, None] + axes[2][None, None, :] <= 1
    return float(hu[inside].mean()) if inside.any() else float(cut(hu, box).mean())


def recall(kept: Kept, task: Task) -> Crop | ItemError:
    """As `crop`, without reading images of which the crop was kept."""
    depends = task.depends()
    if told := kept.get_arrays("slices", task.images, depends):
        start, stop = told["z"].tolist()
        mean, x, y, z = told["measures"].tolist()
        return Crop(told["images"], range(start, stop), mean, (x, y, z))
    made = crop(task)
    if isinstance(made, Crop):
        measures = np.array([made.mean_hu, *made.size_mm])
        arrays = {"images": made.images, "z": np.array([made.z.start, made.z.stop]), "measures": measures}
        kept.put_arrays(arrays, "slices", task.images, depends)
    return made


def crop_lesions(
    tasks: Sequence[Task], folder: Path, set_aside: SetAside, kept: Kept
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Crop every mass into shards under `folder`; a table of slices and one of lesions.

    slices: lesion, study, patient, subtype, z; row n is array n of the shards.
    lesions: lesion, study, patient, subtype, manufacturer, slices, mean_hu, size_x_mm, size_y_mm, size_z_mm.
    """
    slice_rows: list[dict[str, Any]] = []
    lesion_rows: list[dict[str, Any]] = []
    with ShardWriter(folder) as shards:
        for task, made in zip(tasks, in_order(partial(recall, kept), tasks, "cropping slices", lost), strict=True):
            who = {name: task.lesion[name] for name in ("lesion", "study", "patient", "subtype")}
            with set_aside.guard(Kind.LESION, who["lesion"]):
                if isinstance(made, ItemError):
                    raise LesionError(made.place, made.reason, made.cure)
                shards.append(made.images)
                slice_rows += [{**who, "z": z} for z in made.z]
                x, y, z = made.size_mm
                measures = {"slices": len(made.z), "mean_hu": made.mean_hu}
                sizes = {"size_x_mm": x, "size_y_mm": y, "size_z_mm": z}
                lesion_rows.append({**who, "manufacturer": task.series.manufacturer, **measures, **sizes})
    names = dict.fromkeys(("lesion", "study", "patient", "subtype"), pl.String)
    measured = dict.fromkeys(("mean_hu", "size_x_mm", "size_y_mm", "size_z_mm"), pl.Float64)
    return (
        pl.DataFrame(slice_rows, schema={**names, "z": pl.Int32}),
        pl.DataFrame(lesion_rows, schema={**names, "manufacturer": pl.String, "slices": pl.Int32, **measured}),
    )
