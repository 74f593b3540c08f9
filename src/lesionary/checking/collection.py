"""The sub-figure track over pictures in folders of their classes: the code of read_subfigures, writing nothing."""

from __future__ import annotations

from collections import Counter
from itertools import count
from pathlib import Path

import polars as pl

from lesionary.base.errors import CohortError
from lesionary.checking.places import Places, told_once
from lesionary.checking.problems import Problem, Severity
from lesionary.checking.report import Report
from lesionary.checking.sorting import sorting_steps
from lesionary.checking.tracks import Track
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.params.sorting import SubfiguresParams
from lesionary.schemas.tables import DESCRIPTION
from lesionary.subfigures.counting import count_classes
from lesionary.subfigures.parts import Part
from lesionary.subfigures.reading.folders import list_classes, list_files, shown
from lesionary.subfigures.reading.images import check, use_images

CHANNELS = 3


def is_collection(folder: Path) -> bool:
    """Whether a folder holds pictures and no cohort: it is divided into train and test, and nothing describes it.

    One of the two will do: the check then tells that the other is missing.
    """
    divided = any((folder / part).is_dir() for part in (Part.TRAIN, Part.TEST))
    return divided and not (folder / DESCRIPTION).exists()


def check_collection(folder: Path, params: Path, *, pixels: bool = True) -> Report:
    """What the track can use; without `pixels` no picture is decoded, so copies and broken ones are not seen.

    `ParamsError` if params.yaml cannot be used.
    """
    settings, files = SubfiguresParams.load(params), list_files(folder)
    report, track, set_aside = Report(folder.resolve().name, pixels=pixels), Track("sub-figures"), SetAside()
    report.there = {"files": len(files), "bytes": sum(path.stat().st_size for path in files if path.is_file())}
    report.kinds = dict(Counter(shown(path.suffix.lower()) or "no ending" for path in files).most_common())
    try:
        with told_once():
            table = _read(folder, track, settings, set_aside) if pixels else _listed(folder, set_aside)
        track.used, track.possible = _used(table), True
    except CohortError as error:
        problem = Problem(Severity.STOPS, "read_subfigures", "cohort", "", error.reason, error.cure, place=error.place,
                          quotes=True)  # fmt: skip
        track.problems.append(problem)
    names = [shown(path.relative_to(folder).as_posix()) for path in files]
    track.problems += Places(names).problems("read_subfigures", set_aside)
    report.tracks, report.problems = [track], track.problems
    report.steps = [*track.steps, *(sorting_steps(track, params) if pixels else [])]
    return report


def _read(folder: Path, track: Track, settings: SubfiguresParams, set_aside: SetAside) -> pl.DataFrame:
    numbers = count()
    with track.timed("read_subfigures") as step:
        table = use_images(
            folder,
            lambda _pixels: (next(numbers),),
            set_aside,
            side_px=settings.side_px,
            validation=settings.validation,
            seed=settings.split_seed,
        )
    step.bytes = next(numbers) * CHANNELS * settings.side_px**2
    return table


def _listed(folder: Path, set_aside: SetAside) -> pl.DataFrame:
    """Class and part of every file that lies where a picture should."""
    listed = list_classes(folder, set_aside)
    check(listed, folder)
    return pl.DataFrame({"class": [one.name for one in listed], "part": [str(one.part) for one in listed]})


def _used(table: pl.DataFrame) -> dict[str, int]:
    counts = count_classes(table)
    parts = {f"{part} images": int(counts[str(part)].sum()) for part in Part}
    classes = counts.with_columns(all=pl.sum_horizontal(*(str(part) for part in Part)))
    return {
        **parts,
        "classes": len(counts),
        **{f"images of class {n}": c for n, c in classes["class", "all"].iter_rows()},
    }
