"""NIfTI as stored."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ct import lesion, volume, write_cohort, write_lesions

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.images.nifti import read_hu
from lesionary.cohorts.indexing.affine import place_nifti
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.fingerprints import fingerprint
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.imaging.geometry import Geometry


def read_geometry(path: Path) -> Geometry:
    return place_nifti(path, tilt_deg=0.5, corrections=Corrections())[0]


def save(path: Path, array_zyx: np.ndarray, affine: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(array_zyx.transpose(2, 1, 0), affine), path)


def test_axes_count_as_stored_and_points_return(tmp_path: Path) -> None:
    affine = np.array([[-0.8, 0, 0, 10.0], [0, -0.7, 0, 20.0], [0, 0, 3.0, -5.0], [0, 0, 0, 1]])
    save(tmp_path / "a.nii.gz", volume("anna"), affine)
    geometry = read_geometry(tmp_path / "a.nii.gz")
    assert geometry.size == (12, 12, 6)
    assert not geometry.mirrored
    np.testing.assert_allclose(geometry.origin_mm, (-10, -20, -5))
    points = np.array([[1.5, 2.5, 3.5]])
    ras = affine[:3, :3] @ (points[0] - 0.5) + affine[:3, 3]
    np.testing.assert_allclose(geometry.to_patient(points)[0], ras * [-1, -1, 1])
    np.testing.assert_allclose(geometry.to_voxel(geometry.to_patient(points)), points)
    np.testing.assert_array_equal(read_hu(tmp_path / "a.nii.gz", range(1, 3)), volume("anna")[1:3])


def test_a_left_handed_image_is_marked_mirrored(tmp_path: Path) -> None:
    save(tmp_path / "a.nii.gz", volume("anna"), np.diag([1.0, -1.0, 2.0, 1.0]))
    geometry = read_geometry(tmp_path / "a.nii.gz")
    assert geometry.mirrored
    points = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_allclose(geometry.to_voxel(geometry.to_patient(points)), points)


@pytest.mark.parametrize("flip", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_nifti_copy_of_a_dicom_patient_is_refused_however_flipped(tmp_path: Path, flip: tuple[int, ...]) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["anna"], images="dicom, nifti")
    save(cohort / "images" / "b" / "CT_image.nii.gz", np.flip(volume("anna"), flip).copy(), np.eye(4))
    mask = np.zeros((6, 12, 12), np.uint8)
    mask[1:3, 2:5, 3:7] = 1
    save(cohort / "images" / "b" / "CT_mask.nii.gz", mask, np.eye(4))
    other = {"patient": "b", "study": "b", "series": "b/CT_image.nii.gz"}
    write_lesions(cohort, [lesion("anna"), lesion("b", **other, **dict.fromkeys(("x_min", "y_min", "z_min"), ""))])
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    assert "the same voxels as series" in found.set_aside.problems[0].reason


def test_the_box_comes_from_the_mask_beside_the_image(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["anna"], images="dicom, nifti")
    save(cohort / "images" / "b" / "CT_image.nii.gz", volume("bert"), np.eye(4))
    mask = np.zeros((6, 12, 12), np.uint8)
    mask[1:3, 2:5, 3:7] = 1
    save(cohort / "images" / "b" / "CT_mask.nii.gz", mask, np.eye(4))
    empty = dict.fromkeys(("x_min", "y_min", "z_min", "x_max", "y_max", "z_max"), "")
    write_lesions(cohort, [lesion("b", patient="b", study="b", series="b/CT_image.nii.gz", **empty)])
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    assert not found.set_aside.problems
    box = found.lesions[0][1]
    assert (box.x_min, box.x_max, box.y_min, box.y_max, box.z_min, box.z_max) == (3, 7, 2, 5, 1, 3)


def test_other_voxels_have_another_fingerprint(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["anna", "bert"])
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    first, second = (fingerprint(series, found.cohort.files) for series in found.series.values())
    assert first != second


def test_one_volume_with_an_axis_for_time_is_a_volume(tmp_path: Path) -> None:
    affine = np.array([[-0.8, 0, 0, 10.0], [0, -0.7, 0, 20.0], [0, 0, 3.0, -5.0], [0, 0, 0, 1]])
    save(tmp_path / "three.nii.gz", volume("anna"), affine)
    nib.save(nib.Nifti1Image(volume("anna").transpose(2, 1, 0)[..., None], affine), tmp_path / "four.nii.gz")
    assert read_geometry(tmp_path / "four.nii.gz") == read_geometry(tmp_path / "three.nii.gz")
    np.testing.assert_array_equal(read_hu(tmp_path / "four.nii.gz", range(2, 5)), volume("anna")[2:5])


def test_one_volume_with_an_axis_for_time_keeps_its_scaling(tmp_path: Path) -> None:
    image = nib.Nifti1Image(volume("anna").transpose(2, 1, 0)[..., None].astype(float), np.eye(4))
    image.set_data_dtype(np.int16)  # nibabel stores a slope and an intercept then
    nib.save(image, tmp_path / "four.nii")
    np.testing.assert_array_equal(read_hu(tmp_path / "four.nii", range(6)), volume("anna"))


def test_several_volumes_in_a_file_are_refused(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["anna"], images="dicom, nifti")
    phases = np.stack([volume("bert"), volume("carl")], axis=-1).transpose(2, 1, 0, 3)
    nib.save(nib.Nifti1Image(phases, np.eye(4)), cohort / "images" / "b.nii.gz")
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    assert [problem.reason for problem in found.set_aside.problems] == ["holds 2 volumes (points in time, or channels)"]
    assert len(found.series) == 1
