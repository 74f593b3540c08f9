"""A cohort that grows: what is read of it, how long that takes, and how much memory it needs.

Small studies that lie elsewhere and are listed, each with a lesion, indexed and cropped for both tracks in processes of
their own: with nothing kept, on one worker and on two; kept at first; kept already; with ten studies more. And a
quarter of them, to tell what memory grows by. Equal bytes of index and crops are asserted wherever the cohort is the
same, and that what was kept is not read again.

    python benchmarks/cohort.py [studies]
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from lesionary.annotation import cropping as patches
from lesionary.cohorts.contract.layout import Cohort, files_below
from lesionary.cohorts.contract.manifest import write_manifest
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.kept import Kept
from lesionary.subtyping import cropping as slices

STUDIES, ADDED, SHARE = 1200, 10, 4
SLICES, SIDE = 4, 64
BOX = {"x_min": 20, "y_min": 20, "z_min": 1, "x_max": 40, "y_max": 44, "z_max": 3}
PATCH = {"side_mm": 60.0, "spacing_mm": 1.0, "slice_gap_mm": 2.0}
MASS = {"side_px": 32, "margin_mm": 5.0}


@dataclass(frozen=True)
class Run:
    """Index and crops: their seconds, images opened by this process, megabytes at most, hash of all that came out."""

    index: float
    crops: float
    opened: int
    mb: float
    digest: str

    @property
    def seconds(self) -> float:
        """Of all."""
        return self.index + self.crops


def write_study(folder: Path, number: int) -> None:
    """One study of one series in a folder of its own."""
    rng = np.random.default_rng(number)
    folder.mkdir(parents=True)
    for z in range(SLICES):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(number), str(z)])
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        data.Modality, data.PatientID, data.InstanceNumber = "CT", f"patient {number}", z
        data.StudyInstanceUID, data.SeriesInstanceUID = of_study(number)
        data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 5 * z], [1, 0, 0, 0, 1, 0]
        data.PixelSpacing, data.SliceThickness = [1, 1], 5
        data.Rows = data.Columns = SIDE
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
        data.RescaleSlope, data.RescaleIntercept = 1, -1024
        data.PixelData = rng.integers(0, 2000, (SIDE, SIDE)).astype("<u2").tobytes()
        data.save_as(folder / f"{z}.dcm", enforce_file_format=True)


def of_study(number: int) -> tuple[str, str]:
    """Its StudyInstanceUID and its series'."""
    study, series = (str(generate_uid(entropy_srcs=[str(number), kind])) for kind in "ab")
    return study, series


def write_lesions(path: Path, studies: range) -> None:
    """A lesion a study."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("lesion", "patient", "study", "series", "subtype", *BOX))
        for number in studies:
            writer.writerow((number, f"patient {number}", *of_study(number), "AB"[number % 2], *BOX.values()))


def write_cohort(folder: Path, export: Path, studies: range) -> Path:
    """A cohort that lists `studies`; those that the export lacks are written into it."""
    folder.mkdir(exist_ok=True)
    for number in studies:
        if not (export / f"{number:06d}").exists():
            write_study(export / f"{number:06d}", number)
    (folder / "cohort.yaml").write_text("name: benchmark\nabout: noise\nimages: [dicom]\n", "utf-8")
    (folder / "pseudonym.key").write_text("secret\n", "utf-8")
    write_lesions(folder / "lesions.csv", studies)
    write_manifest(folder, files_below(export))
    return folder


def work(cohort: Path, out: Path) -> Run:
    """Index and crop in this process, which does nothing else."""
    opened: set[str] = set()
    sys.addaudithook(lambda event, told: opened.add(str(told[0])) if event == "open" else None)
    start = time.perf_counter()
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0.0, tilt_deg=0.5)
    tables = [found.series_table(), found.lesion_table()]
    middle = time.perf_counter()
    images, set_aside = found.cohort.images, SetAside()
    series = {row["series"]: Series.of_row(row) for row in tables[0].iter_rows(named=True)}
    lesions = [(one, *series[one["series"]].alone(images)) for one in tables[1].iter_rows(named=True)]
    tasks = [patches.Task(*one, **PATCH) for one in lesions]
    tables.append(patches.crop_lesions(tasks, out / "patches", set_aside, Kept.of(cohort, images, *patches.MAKERS)))
    masses = [slices.Task(*one, **MASS) for one in lesions]
    tables += slices.crop_lesions(masses, out / "slices", set_aside, Kept.of(cohort, images, *slices.MAKERS))
    end = time.perf_counter()
    assert len(tables[2]) == len(lesions), set_aside.problems
    count = sum(path.endswith(".dcm") for path in opened)
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    digest = sha256(repr(set_aside).encode())
    for table in tables:
        digest.update(table.serialize())
    for path in sorted(out.rglob("*.npy")):
        digest.update(path.read_bytes())
    return Run(middle - start, end - middle, count, most / 1024, digest.hexdigest())


def run(cohort: Path, *, workers: int = 1, keep: bool = True) -> Run:
    """The same in a new process: memory is counted from its start."""
    told = {"LESIONARY_WORKERS": str(workers), **({} if keep else {"LESIONARY_CACHE": ""})}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LESIONARY_")} | told
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [sys.executable, __file__, "--work", str(cohort), out],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    index, crops, opened, mb, digest = done.stdout.split()
    return Run(float(index), float(crops), int(opened), float(mb), digest)


def main(studies: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        part = run(write_cohort(folder / "part", folder / "export", range(studies // SHARE)), keep=False)
        cohort = write_cohort(folder / "cohort", folder / "export", range(studies))
        off, two = (run(cohort, workers=workers, keep=False) for workers in (1, 2))
        cold, warm = run(cohort), run(cohort)
        assert off.digest == two.digest == cold.digest == warm.digest
        assert (off.opened, cold.opened, warm.opened) == (studies * SLICES, studies * SLICES, 0)
        write_cohort(folder / "cohort", folder / "export", range(studies + ADDED))
        grown, anew = run(cohort), run(cohort, keep=False)
        assert grown.digest == anew.digest
        assert grown.opened == ADDED * SLICES
        kept = sum(path.stat().st_size for path in (cohort / ".cache").rglob("*") if path.is_file())
    print(f"{studies} studies of {SLICES} slices, {SIDE} x {SIDE}, and a lesion: index + crops")
    print(f"  nothing kept {_told(off)}, {off.opened} images read; on two workers {_told(two)}, "
          f"ratio {off.seconds / two.seconds:.2f}")  # fmt: skip
    print(f"  kept at first {_told(cold)}, {kept / 1e6:.0f} MB; kept already {_told(warm)}, {warm.opened} images read, "
          f"ratio {off.seconds / warm.seconds:.1f}")  # fmt: skip
    print(f"  {ADDED} studies more: {_told(grown)}, {grown.opened} images read; nothing kept {_told(anew)}, "
          f"ratio {anew.seconds / grown.seconds:.1f}")  # fmt: skip
    each = (off.mb - part.mb) * 1024 / (studies * SLICES * (1 - 1 / SHARE))
    print(f"  memory at most: {off.mb:.0f} MB, of {studies // SHARE} studies {part.mb:.0f} MB: {each:.1f} kB an image "
          f"more, whose pixels take {SIDE * SIDE * 2 / 1024:.0f} kB")  # fmt: skip


def _told(one: Run) -> str:
    return f"{one.index:.2f} + {one.crops:.2f} s"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        print(*vars(work(Path(sys.argv[2]), Path(sys.argv[3]))).values())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else STUDIES)
