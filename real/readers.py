"""Do our readers say what SimpleITK says? On every real series there is: voxels, distances, places in the patient.

Reads   source   a folder with sts/{dicom,nifti}, dicom/{jpeg2000_ct,seg_liver} and deeplesion/{Images_png,DL_info.csv}
Writes  page     docs/real-data/readers.md: a line a series, and what was set aside or corrected on the way
"""

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import SimpleITK

from lesionary.cohorts.contract.layout import Cohort, ImageKind
from lesionary.cohorts.images.hounsfield import AIR_HU
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.series import Found, find_series
from lesionary.cohorts.kept import Kept

FOLDERS = {
    "STS, DICOM": ("dicom", "sts/dicom"),
    "STS, NIfTI": ("nifti", "sts/nifti"),
    "CT in JPEG 2000": ("dicom", "dicom/jpeg2000_ct"),
    "CT under a SEG": ("dicom", "dicom/seg_liver"),
    "DeepLesion, PNG": ("deeplesion", "deeplesion"),
}
OFFSET_HU = 32_768  # of DeepLesion's PNG, whose files have no place in the patient and no distance of slices


OTHERS = """\
What is no image, or is compared elsewhere: RTSTRUCT of the sarcoma patients beside their masks
(`tests/real/test_sarcoma.py`), the SEG above on its CT (`tests/cohorts/indexing/regions/test_segmentation.py`), npz
(docs/real-data/adrenalmnist3d.md). Of enhanced CT, SR and pictures in folders of their classes no real file was at
hand: their readers are tested on files that highdicom, pydicom and Pillow wrote."""


@dataclass(frozen=True)
class Agreement:
    """How one series reads here and in SimpleITK; places are those of the eight corner voxels' middles."""

    size: tuple[int, int, int]
    padding: int
    """Voxels that are air (-1024 HU) here and something else there: outside the circle, SimpleITK keeps the filling."""
    voxels_differ: int
    """Others."""
    most_hu: float
    spacing_mm: float | None
    place_mm: float | None


def main(source: Path, page: Path) -> None:
    """Compare, write."""
    lines = [
        "| images | series | voxels (x, y, z) | padding, air here | others that differ | largest difference (HU) "
        "| of distances (mm) | of places (mm) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    notes: list[str] = []
    for name, (kind, folder) in FOLDERS.items():
        with tempfile.TemporaryDirectory() as work:
            cohort = bring(source / folder, kind, Path(work))
            found = find(cohort)
            for number, agreement in enumerate(compare(cohort, found), start=1):
                size = " x ".join(map(str, agreement.size))
                counts = [str(agreement.padding), str(agreement.voxels_differ)]
                told = [_number(value) for value in (agreement.most_hu, agreement.spacing_mm, agreement.place_mm)]
                lines.append(f"| {' | '.join([name, str(number), size, *counts, *told])} |")
        told_of = [f"{problem.reason} ({problem.cure})" for problem in found.set_aside.problems]
        told_of += [f"{change.what} ({change.rule})" for _, _, change in found.adjusted.changes]
        notes += [f"- {name}, {count} times: {note}" for note, count in Counter(told_of).items()]
    text = [
        "# Our readers beside SimpleITK",
        f"SimpleITK {SimpleITK.Version_VersionString()} reads every series anew, from the same files.",
        "\n".join(lines),
        "Set aside or corrected:",
        "\n".join(notes) or "Nothing.",
    ]
    text.append(OTHERS)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n\n".join(text) + "\n", "utf-8")
    print(f"wrote {page}: {len(lines) - 2} series")


def bring(source: Path, kind: str, work: Path) -> Cohort:
    """A cohort of what lies in `source`, without a table of lesions."""
    shutil.copytree(source, work / "images", copy_function=shutil.copyfile)
    if kind == "deeplesion":
        shutil.move(work / "images" / "DL_info.csv", work / "DL_info.csv")
    (work / "cohort.yaml").write_text(f"name: readers\nabout: copies\nimages: [{kind}]\n", "utf-8")
    (work / "pseudonym.key").write_text("readers\n", "utf-8")
    return Cohort.open(work)


def find(cohort: Cohort) -> Found:
    """Its series, nothing corrected."""
    return find_series(cohort, Kept(), max_gap_mm=0.0, tilt_deg=0.5, corrections=Corrections())


def compare(cohort: Cohort, found: Found) -> Iterator[Agreement]:
    """Every series read by both, one at a time."""
    for one in found.series.values():
        hu = one.read(cohort.files, range(one.geometry.size[2]))
        files = [str(cohort.files[number]) for number in one.files if number is not None]
        yield agree(one, hu, read_itk(files, one.kind))


def read_itk(files: list[str], kind: ImageKind) -> SimpleITK.Image:
    """The same files in SimpleITK, which sorts DICOM by itself."""
    if kind is ImageKind.NIFTI:
        return SimpleITK.ReadImage(files[0])
    if kind is ImageKind.DICOM:
        reader = SimpleITK.ImageFileReader()
        reader.SetFileName(files[0])
        reader.ReadImageInformation()
        uid = reader.GetMetaData("0020|000e").strip()
        files = list(SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(Path(files[0]).parent), uid))
    return SimpleITK.ReadImage(files)


def agree(series: Series, hu: np.ndarray, image: SimpleITK.Image) -> Agreement:
    """Compare voxels, and where both say that they lie."""
    theirs = np.asarray(SimpleITK.GetArrayViewFromImage(image), np.float64)
    geometry = series.geometry
    if series.kind is ImageKind.DEEPLESION:
        return Agreement(geometry.size, *_voxels(hu, theirs - OFFSET_HU), None, None)
    corners = np.array(list(product((0, 1), repeat=3))) * (np.array(geometry.size) - 1)
    places = geometry.to_patient(corners + 0.5)
    told = [image.TransformIndexToPhysicalPoint([int(v) for v in corner]) for corner in corners]
    return Agreement(
        geometry.size,
        *_voxels(hu, theirs),
        float(np.abs(np.array(geometry.spacing_mm) - image.GetSpacing()).max()),
        float(np.linalg.norm(places - told, axis=1).max()),
    )


def _voxels(hu: np.ndarray, theirs: np.ndarray) -> tuple[int, int, float]:
    """Voxels that count as padding here, others that differ, and the largest difference of those."""
    apart = np.abs(hu - theirs)
    padding = (apart > 0) & (hu == AIR_HU) & (theirs < AIR_HU)
    return int(padding.sum()), int(((apart > 0) & ~padding).sum()), float(np.where(padding, 0, apart).max())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2g}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("page", type=Path)
    main(**vars(parser.parse_args()))
