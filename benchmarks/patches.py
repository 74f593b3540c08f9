"""Patches cut from series on disk, beside SimpleITK in the same run.

SimpleITK reads the series and resamples the same grid, once as one writes it and once given the same few slices; both
have to give the same patch within one HU. Then the same patches with one and two processes, and what memory each way
takes.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import SimpleITK
from decoding import PIXEL_MM, SLICE_MM, image, milliseconds, write
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lesionary.annotation.cropping import BUNDLE, Task, crop
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.series import find_series
from lesionary.cohorts.kept import Kept
from lesionary.imaging.patches import Patch
from lesionary.running.parallel import in_order
from lesionary.running.workers import VARIABLE

SERIES, DEPTH, LESIONS = 3, 60, 2
PATCH = {"side_mm": 120.0, "spacing_mm": 1.0, "slice_gap_mm": 2.0}
MANY = 4000
"""Patches that processes share, so that starting them weighs little."""


def lesions() -> list[dict[str, float]]:
    """Boxes and key slices of a series' lesions, one between voxels."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(LESIONS):
        x, y, z = *rng.uniform(180, 300, 2), int(rng.integers(10, DEPTH - 10))
        box = {"x_min": x, "y_min": y, "z_min": z - 2, "x_max": x + 40.0, "y_max": y + 30.0, "z_max": z + 3}
        found.append({**box, "key_slice": z})
    return found


def ours(folder: Path) -> list[Patch]:
    """Every lesion of every series below a folder: found, checked, cropped."""
    return [_made(crop(task)) for task in tasks(folder)]


def tasks(folder: Path) -> list[Task]:
    """What `crop_patches` would crop."""
    cohort = Cohort.open(folder)
    found = find_series(cohort, Kept(), max_gap_mm=0.0, tilt_deg=0.5, corrections=Corrections())
    assert len(found.series) == SERIES, found.set_aside.problems
    by_patient = sorted(found.series.values(), key=lambda one: one.patient)
    return [Task(lesion, *one.alone(cohort.images), **PATCH) for one in by_patient for lesion in lesions()]


def _made(patch: object) -> Patch:
    assert isinstance(patch, Patch), patch
    return patch


def itk(folder: Path, *, few: bool = False) -> Iterator[NDArray[np.floating]]:
    """The same patches by SimpleITK; with `few`, of the slices around each lesion alone."""
    for number in range(SERIES):
        names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder / "images" / str(number)))
        whole = None if few else SimpleITK.ReadImage(names)
        for lesion in lesions():
            z = int(lesion["key_slice"])
            yield cut(whole or SimpleITK.ReadImage(names[z - 1 : z + 2]), lesion, 1 if few else z)


def cut(series: SimpleITK.Image, lesion: dict[str, float], z: float) -> NDArray[np.floating]:
    """A lesion's grid, resampled."""
    side = round(PATCH["side_mm"] / PATCH["spacing_mm"])
    scale = PIXEL_MM / PATCH["spacing_mm"]
    corner = [
        (round((lesion[f"{axis}_min"] + lesion[f"{axis}_max"]) / 2 * scale) - side // 2 + 0.5) / scale - 0.5
        for axis in "xy"
    ]
    index = (*corner, z - PATCH["slice_gap_mm"] / SLICE_MM)
    resample = SimpleITK.ResampleImageFilter()
    resample.SetInterpolator(SimpleITK.sitkLinear)
    resample.SetSize((side, side, 3))
    resample.SetOutputSpacing((PATCH["spacing_mm"], PATCH["spacing_mm"], PATCH["slice_gap_mm"]))
    resample.SetOutputOrigin(series.TransformContinuousIndexToPhysicalPoint(index))
    resample.SetOutputPixelType(SimpleITK.sitkFloat32)
    return SimpleITK.GetArrayFromImage(resample.Execute(series))


def report_patches(folder: Path) -> None:
    """Ours beside SimpleITK, and by processes."""
    for mine, theirs, few in zip(ours(folder), itk(folder), itk(folder, few=True), strict=True):
        assert np.abs(mine.hu - theirs).max() <= 1
        assert np.abs(mine.hu - few).max() <= 1
    count = SERIES * LESIONS
    took = milliseconds(lambda: ours(folder), lambda: list(itk(folder)), lambda: list(itk(folder, few=True)))
    mine, theirs, few = (one / count for one in took)
    print(
        f"patches from {SERIES} series of {DEPTH} slices, {LESIONS} lesions each, headers and checks included: "
        f"{mine:.0f} ms a patch, SimpleITK {theirs:.0f}, ratio {theirs / mine:.1f}; SimpleITK given the slices "
        f"{few:.0f}, ratio {few / mine:.1f}"
    )
    ready = tasks(folder)
    mine, few = milliseconds(lambda: [crop(task) for task in ready], lambda: [_few(task) for task in ready])
    print(
        f"patches of an indexed cohort: {mine / count:.1f} ms a patch, SimpleITK given the slices {few / count:.1f}, "
        f"ratio {few / mine:.1f}"
    )


def _few(task: Task) -> NDArray[np.floating]:
    z = task.lesion["key_slice"]
    return cut(
        SimpleITK.ReadImage([str(path) for path in in_place(task.series, task.images)[z - 1 : z + 2]]), task.lesion, 1
    )


def in_place(series: Series, images: Sequence[Listed]) -> list[Path]:
    """Files by growing z."""
    return [images[number].path for number in series.files if number is not None]


def report_scaling(folder: Path) -> None:
    """The same patches by one process and by two."""
    ready = tasks(folder)
    many = (ready * (MANY // len(ready) + 1))[:MANY]
    took = []
    for workers in (1, 2):
        os.environ[VARIABLE] = str(workers)
        made = in_order(crop, many, "cropping", bundle=BUNDLE)
        _made(next(made))  # starting processes is paid once a stage
        start = time.perf_counter()
        for patch in made:
            _made(patch)
        took.append(time.perf_counter() - start)
    one, two = took
    print(f"{MANY} patches: {one:.1f} s by one process, {two:.1f} s by two once they run, {one / two:.2f} times")


def report_memory(folder: Path) -> None:
    """The most memory of a process that does each, above what it takes to import."""
    told = {name: _peak(name, folder) for name in ("nothing", "ours", "SimpleITK")}
    most = {name: value - told["nothing"] for name, value in told.items()}
    print(f"memory of patches above the imports: ours {most['ours']} MB, SimpleITK {most['SimpleITK']} MB")


def _peak(name: str, folder: Path) -> int:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_measure, args=(name, folder, there))
    process.start()
    kilobytes: int = here.recv()
    process.join()
    return kilobytes // 1000


def _measure(name: str, folder: Path, connection: Connection) -> None:
    if name == "ours":
        ours(folder)
    elif name == "SimpleITK":
        for _ in itk(folder):
            pass
    status = Path("/proc/self/status").read_text("ascii")  # what rusage tells begins with the parent's
    connection.send(int(status.partition("VmHWM:")[2].split()[0]))


def main() -> None:
    os.environ[VARIABLE] = "1"
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        folder = Path(name)
        for series in range(SERIES):
            hu = image(np.random.default_rng(2 + series))
            for z in range(DEPTH):  # a slice is the one below, moved: smooth along z, as a body is
                write(folder / "images" / str(series) / f"{z:03d}.dcm", np.roll(hu, z, 0), series, z)
        (folder / "cohort.yaml").write_text("name: decoding\nabout: written by a benchmark\nimages: [dicom]\n", "utf-8")
        (folder / "pseudonym.key").write_text("decoding\n", "utf-8")
        report_patches(folder)
        report_memory(folder)
        report_scaling(folder)


if __name__ == "__main__":
    main()
