"""The subtyping track over a cohort: the code of crop_slices and draw_folds, writing nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from lesionary.base.errors import CohortError, ItemError, LesionError
from lesionary.checking.places import Places
from lesionary.checking.problems import Problem, Severity
from lesionary.checking.tracks import Track, share
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import Index
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Box
from lesionary.params.images import SlicesParams
from lesionary.params.subtyping import FoldsParams, Protocol, SubtypingParams
from lesionary.subtyping.cropping import MAKERS, Task, recall, typed_lesions
from lesionary.subtyping.dividing import divide
from lesionary.subtyping.folds import studies_of, with_slices

BYTES_A_VOXEL = 2  # int16 HU


@dataclass(frozen=True)
class Divided:
    """Params of how studies are divided."""

    folds: FoldsParams
    protocol: Protocol

    @classmethod
    def load(cls, path: Path) -> Divided:
        """From params.yaml."""
        return cls(FoldsParams.load(path), SubtypingParams.load(path).protocol)


def check_subtyping(
    index: Index, places: Places, slices: SlicesParams, divided: Divided, *, pixels: bool = True
) -> Track:
    """What the track can use; without `pixels` no image is decoded, and boxes alone are counted."""
    track, cropped = Track("subtyping"), SetAside()
    table = index.lesion_table()
    lesions = typed_lesions(table, cropped)
    with track.timed("crop_slices") as step:
        kept = _cropped(index, lesions, slices, cropped) if pixels else [(one, _depth(one)) for one in lesions]
    count = sum(depth for _, depth in kept)
    step.bytes = count * slices.side_px**2 * BYTES_A_VOXEL
    if not pixels:
        step.seconds, step.how = None, "counted"
    track.problems += places.problems("crop_slices", cropped)
    if not kept:
        reason = "no lesion with a sub-type can be used"
        official = ImageKind.DEEPLESION in index.cohort.description.images
        cure = "fill the column subtype of lesions.csv, and see what was set aside"
        cure = "DeepLesion has no sub-types: it is for the annotation track" if official else cure
        track.problems.append(Problem(Severity.STOPS, "crop_slices", "cohort", "", reason, cure))
        return track
    used = [lesion for lesion, _ in kept]
    studies = pl.DataFrame(used, schema=table.schema)
    studies = studies.join(_makers(index), on="series", how="left", maintain_order="left")
    drawn, said = SetAside(), None
    with track.timed("draw_folds"):
        try:
            whole = with_slices(studies_of(studies), studies.select("study"), drawn)
            left = divide(whole, studies, table, divided.protocol, divided.folds, drawn)
        except CohortError as error:
            said = Problem(Severity.STOPS, "draw_folds", "cohort", "", error.reason, error.cure, place=error.place)
    track.problems += places.problems("draw_folds", drawn)
    if said:
        track.problems.append(said)
        return track
    track.possible = True
    mine = studies.filter(pl.col("study").is_in(left["study"].to_list()))
    depths = {lesion["lesion"]: depth for lesion, depth in kept}
    track.used = {
        "patients": left["patient"].n_unique(),
        "studies": len(left),
        "lesions": len(mine),
        "slices": sum(depths[name] for name in mine["lesion"]),
        **{f"studies of class {name}": n for name, n in left.group_by("subtype").len().sort("subtype").iter_rows()},
    }
    return track


def _cropped(
    index: Index, lesions: Sequence[dict[str, Any]], slices: SlicesParams, set_aside: SetAside
) -> list[tuple[dict[str, Any], int]]:
    """Lesions that can be cropped, each with how many slices it has."""
    rows = index.series_table().iter_rows(named=True)
    series = {row["series"]: Series.of_row(row) for row in rows}
    images = index.cohort.images
    tasks = [Task(one, *series[one["series"]].alone(images), slices.side_px, slices.margin_mm) for one in lesions]
    kept_here = Kept.of(index.cohort.folder, images, *MAKERS)
    kept = []
    for lesion, made in zip(lesions, share(partial(try_crop, kept_here), tasks, "cropping slices"), strict=True):
        with set_aside.guard(Kind.LESION, lesion["lesion"]):
            if isinstance(made, ItemError):
                raise LesionError(made.place, made.reason, made.cure)
            kept.append((lesion, made))
    return kept


def try_crop(kept: Kept, task: Task) -> int | ItemError:
    """How many slices a mass has once it is cropped; nothing else of it is handed between processes."""
    made = recall(kept, task)
    return made if isinstance(made, ItemError) else len(made.z)


def _depth(lesion: dict[str, Any]) -> int:
    return len(Box(*(lesion[name] for name in Box.__dataclass_fields__)).slices())


def _makers(index: Index) -> pl.DataFrame:
    return index.series_table().select("series", "manufacturer")
