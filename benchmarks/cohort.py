"""Indexing a cohort that grows: what is read, how long it takes, and how much memory it needs.

A cohort of small studies that lie elsewhere and are listed, indexed in processes of their own: with nothing kept, kept
at first, kept already, with ten studies more; and one of four times as many studies, on one worker and on two. Equal
bytes of the index are asserted wherever the cohort is the same, and that what was kept is not read again.

    python benchmarks/cohort.py [studies]
"""

from __future__ import annotations

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

from lesionary.cohorts.contract.layout import Cohort, files_below
from lesionary.cohorts.contract.manifest import write_manifest
from lesionary.cohorts.indexing.index import index_cohort

STUDIES = 300
ADDED = 10
TIMES = 4  # as many studies in the larger cohort
SLICES, SIDE = 4, 64


@dataclass(frozen=True)
class Run:
    """One indexing: seconds, images opened by this process, megabytes at most in one process, bytes of the index."""

    seconds: float
    opened: int
    mb: float
    digest: str


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
        data.StudyInstanceUID, data.SeriesInstanceUID = (generate_uid(entropy_srcs=[str(number), n]) for n in "ab")
        data.ImagePositionPatient, data.ImageOrientationPatient = [0, 0, 5 * z], [1, 0, 0, 0, 1, 0]
        data.PixelSpacing, data.SliceThickness = [1, 1], 5
        data.Rows = data.Columns = SIDE
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
        data.RescaleSlope, data.RescaleIntercept = 1, -1024
        data.PixelData = rng.integers(0, 2000, (SIDE, SIDE)).astype("<u2").tobytes()
        data.save_as(folder / f"{z}.dcm", enforce_file_format=True)


def write_cohort(folder: Path, export: Path, studies: range) -> Path:
    """A cohort that lists `studies`; those that the export lacks are written into it."""
    folder.mkdir(exist_ok=True)
    for number in studies:
        if not (export / f"{number:06d}").exists():
            write_study(export / f"{number:06d}", number)
    (folder / "cohort.yaml").write_text("name: benchmark\nabout: noise\nimages: [dicom]\n", "utf-8")
    (folder / "pseudonym.key").write_text("secret\n", "utf-8")
    (folder / "lesions.csv").write_text("lesion,patient,study,series\n", "utf-8")
    write_manifest(folder, files_below(export))
    return folder


def index(cohort: Path) -> Run:
    """Index in this process, which does nothing else."""
    opened: set[str] = set()
    sys.addaudithook(lambda event, told: opened.add(str(told[0])) if event == "open" else None)
    start = time.perf_counter()
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0.0, tilt_deg=0.5)
    seconds = time.perf_counter() - start
    images = sum(path.endswith(".dcm") for path in opened)
    tables = [found.series_table(), found.lesion_table()]
    digest = sha256(b"".join(table.serialize() for table in tables) + repr(found.set_aside).encode()).hexdigest()
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Run(seconds, images, most / 1024, digest)


def run(cohort: Path, *, workers: int = 1, keep: bool = True) -> Run:
    """The same in a new process: memory is counted from its start."""
    told = {"LESIONARY_WORKERS": str(workers), **({} if keep else {"LESIONARY_CACHE": ""})}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LESIONARY_")} | told
    done = subprocess.run(
        [sys.executable, __file__, "--index", str(cohort)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, opened, mb, digest = done.stdout.split()
    return Run(float(seconds), int(opened), float(mb), digest)


def main(studies: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cohort = write_cohort(folder / "cohort", folder / "export", range(studies))
        off, cold, warm = run(cohort, keep=False), run(cohort), run(cohort)
        assert off.digest == cold.digest == warm.digest
        assert (off.opened, cold.opened, warm.opened) == (studies * SLICES, studies * SLICES, 0)
        write_cohort(folder / "cohort", folder / "export", range(studies + ADDED))
        grown, anew = run(cohort), run(cohort, keep=False)
        assert grown.digest == anew.digest
        assert grown.opened == ADDED * SLICES
        write_cohort(folder / "larger", folder / "export", range(studies * TIMES))
        larger, two = (run(folder / "larger", workers=workers, keep=False) for workers in (1, 2))
        assert larger.digest == two.digest
    print(f"index of {studies} studies of {SLICES} slices, {SIDE} x {SIDE}")
    print(f"  nothing kept {off.seconds:.2f} s, {off.opened} images read")
    print(f"  {TIMES} times the studies, nothing kept {larger.seconds:.2f} s; on two workers {two.seconds:.2f} s, "
          f"ratio {larger.seconds / two.seconds:.2f}")  # fmt: skip
    print(f"  kept at first {cold.seconds:.2f} s; kept already {warm.seconds:.2f} s, {warm.opened} images read, "
          f"ratio {off.seconds / warm.seconds:.1f}")  # fmt: skip
    print(f"  {ADDED} studies more: {grown.seconds:.2f} s, {grown.opened} images read; nothing kept "
          f"{anew.seconds:.2f} s, ratio {anew.seconds / grown.seconds:.1f}")  # fmt: skip
    each = (larger.mb - off.mb) * 1024 / (studies * SLICES * (TIMES - 1))
    print(f"  memory at most: {off.mb:.0f} MB; {TIMES} times the studies {larger.mb:.0f} MB: {each:.1f} kB an image "
          f"more, whose pixels take {SIDE * SIDE * 2 / 1024:.0f} kB")  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--index"]:
        one = index(Path(sys.argv[2]))
        print(one.seconds, one.opened, one.mb, one.digest)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else STUDIES)
