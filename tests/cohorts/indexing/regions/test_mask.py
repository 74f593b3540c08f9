"""Masks beside NIfTI images."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ct import BOX, lesion, volume, write_cohort, write_lesions

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import Index, index_cohort
from lesionary.cohorts.indexing.regions.region import boxes_of
from lesionary.imaging.geometry import Box
from lesionary.params.images import Masked


def index(cohort: Path, masked: Masked = Masked.VALUES) -> Index:
    return index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5, corrections=Corrections(masked=masked))


def values() -> np.ndarray:
    """Three voxels of 1 and, apart, one; a block of 4."""
    voxels = np.zeros((6, 12, 12), np.uint8)
    voxels[0, 0, 0], voxels[1, 1, 1:3], voxels[5, 11, 11] = 1, 1, 1
    voxels[2:4, 6:8, 6:9] = 4
    return voxels


def make(tmp_path: Path, mask: np.ndarray, affine: np.ndarray | None = None, names: tuple[str, ...] = ("1",)) -> Path:
    cohort = write_cohort(tmp_path / "cohort", ["anna"], images="dicom, nifti")
    (cohort / "images" / "b").mkdir()
    nib.save(nib.Nifti1Image(volume("bert").transpose(2, 1, 0), np.eye(4)), cohort / "images" / "b" / "ct.nii.gz")
    place = np.eye(4) if affine is None else affine
    nib.save(nib.Nifti1Image(mask.transpose(2, 1, 0), place), cohort / "images" / "b" / "ct_mask.nii.gz")
    other = {"patient": "b", "study": "b", "series": "b/ct.nii.gz", **dict.fromkeys(BOX, "")}
    write_lesions(cohort, [lesion("anna"), *(lesion("b", lesion=name, **other) for name in names)])
    return cohort


def test_each_value_is_a_lesion(tmp_path: Path) -> None:
    found = index(make(tmp_path, values(), names=("1", "4")))
    assert [box for _, box, _ in found.lesions[1:]] == [Box(0, 0, 0, 12, 12, 6), Box(6, 6, 2, 9, 8, 4)]


def test_each_component_is_a_lesion_where_params_say_so_the_largest_first(tmp_path: Path) -> None:
    found = index(make(tmp_path, values(), names=("1.1", "1.2", "4.1")), Masked.COMPONENTS)
    wanted = [Box(0, 0, 0, 3, 2, 2), Box(11, 11, 5, 12, 12, 6), Box(6, 6, 2, 9, 8, 4)]
    assert [box for _, box, _ in found.lesions[1:]] == wanted


def test_the_only_value_needs_no_name(tmp_path: Path) -> None:
    found = index(make(tmp_path, (values() == 4).astype(np.uint8), names=("tumour",)))
    assert found.lesions[1][1] == Box(6, 6, 2, 9, 8, 4)


def test_without_a_table_the_folder_is_the_patient(tmp_path: Path) -> None:
    cohort = make(tmp_path, values())
    (cohort / "lesions.csv").unlink()
    assert [(row.patient, row.study) for row, _, _ in index(cohort).lesions] == [("b", "b/ct.nii.gz")] * 2


def test_files_that_lie_in_no_folder_are_patients_of_their_own(tmp_path: Path) -> None:
    cohort = make(tmp_path, values())
    for name in ("ct.nii.gz", "ct_mask.nii.gz"):
        (cohort / "images" / "b" / name).rename(cohort / "images" / name)
    (cohort / "lesions.csv").unlink()
    assert {row.patient for row, _, _ in index(cohort).lesions} == {"ct.nii.gz"}


def test_boxes_agree_with_a_search_voxel_by_voxel() -> None:
    voxels = np.random.default_rng(3).integers(0, 3, (4, 5, 6)) * np.random.default_rng(4).integers(0, 2, (4, 5, 6))
    found = boxes_of(voxels, Masked.VALUES)
    for value in np.unique(voxels[voxels > 0]):
        assert found[int(value),] == Box.of_mask(voxels == value)
    parts = boxes_of(voxels, Masked.COMPONENTS)
    for value in np.unique(voxels[voxels > 0]):
        assert sorted(map(str, (box for key, box in parts.items() if key[0] == value))) == sorted(
            str(Box.of_mask(part)) for part in flooded(voxels == value)
        )


def flooded(mask: np.ndarray) -> list[np.ndarray]:
    """Connected parts of a mask, found by walking from voxel to voxel."""
    left, parts = set(map(tuple, np.argwhere(mask))), []
    while left:
        part, edge = np.zeros_like(mask), [left.pop()]
        while edge:
            at = edge.pop()
            part[at] = True
            near = {other for other in left if max(abs(a - b) for a, b in zip(at, other, strict=True)) <= 1}
            left -= near
            edge += near
        parts.append(part)
    return parts


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        (np.zeros((6, 12, 12), np.uint8), "its mask is empty"),
        (np.ones((5, 12, 12), np.uint8), "its mask has shape (12, 12, 5), not the image's"),
        (np.full((6, 12, 12), 0.5, np.float32), "its mask has fractions"),
        (np.full((6, 12, 12), np.nan, np.float32), "its mask has values from nan to nan"),
        (np.full((6, 12, 12), -3, np.int16), "its mask has values from -3 to -3"),
    ],
)
def test_a_mask_that_is_none_is_set_aside(tmp_path: Path, mask: np.ndarray, reason: str) -> None:
    first, second = index(make(tmp_path, mask)).set_aside.problems
    assert (first.kind.value, first.reason) == ("file", reason)
    assert second.reason == "has neither a box nor a usable mask beside it"


def test_a_mask_that_lies_elsewhere_is_set_aside(tmp_path: Path) -> None:
    affine = np.eye(4)
    affine[2, 3] = 7.5
    first = index(make(tmp_path, values(), affine)).set_aside.problems[0]
    assert first.reason == "its mask lies 7.5 mm beside the image"
