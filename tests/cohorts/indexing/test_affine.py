"""Which affine of a NIfTI file counts, and in what orientations volumes are stored."""

from __future__ import annotations

from itertools import permutations, product
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from ct import volume, write_cohort

from lesionary.base.errors import FileError, SeriesError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.images.hounsfield import AIR_HU
from lesionary.cohorts.images.nifti import read_affine, read_hu
from lesionary.cohorts.indexing.affine import place_nifti
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.params.images import Affines, Tilted

SPACINGS = np.diag([0.8, 0.9, 2.5])


def write(path: Path, affine: np.ndarray, qform: np.ndarray | None = None, codes: tuple[int, int] = (1, 0)) -> Path:
    image = nib.Nifti1Image(volume("anna").transpose(2, 1, 0), affine)
    image.set_sform(affine, codes[0])
    image.set_qform(affine if qform is None else qform, codes[1])
    nib.save(image, path)
    return path


def affine(axes: np.ndarray = SPACINGS) -> np.ndarray:
    whole = np.eye(4)
    whole[:3, :3], whole[:3, 3] = axes, (10, -20, 30)
    return whole


@pytest.mark.parametrize(
    ("order", "signs"), [(o, s) for o in permutations(range(3)) for s in product((1, -1), repeat=3)]
)
def test_every_voxel_of_any_orientation_is_where_its_affine_says(
    tmp_path: Path, order: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    stored = affine((np.eye(3) * signs)[:, order] @ SPACINGS)
    geometry, shift, changes = place_nifti(write(tmp_path / "a.nii", stored), tilt_deg=0.5, corrections=Corrections())
    assert (shift, changes) == (None, [])
    for index in ((0, 0, 0), (11, 3, 5)):
        world = (stored @ (*index, 1))[:3] * (-1, -1, 1)  # RAS to LPS
        np.testing.assert_allclose(geometry.to_voxel(world[None])[0] - 0.5, index, atol=1e-4)


def test_the_sform_counts_and_the_qform_where_there_is_none(tmp_path: Path) -> None:
    other = affine()
    other[0, 3] = 99
    for codes, wanted in (((1, 0), 10), ((0, 1), 99), ((2, 0), 10)):
        found, changes = read_affine(write(tmp_path / "a.nii", affine(), other, codes), Affines.SET_ASIDE)
        assert (found[0, 3], changes) == (wanted, [])


def test_two_affines_that_differ_are_set_aside_unless_one_is_chosen(tmp_path: Path) -> None:
    other = affine()
    other[0, 3] = 15
    path = write(tmp_path / "a.nii", affine(), other, (1, 1))
    with pytest.raises(
        FileError, match=r"its sform and qform differ by up to 5.0 mm \(find out which is right and set"
    ):
        read_affine(path, Affines.SET_ASIDE)
    for choice, wanted in ((Affines.SFORM, 10), (Affines.QFORM, 15)):
        found, (change,) = read_affine(path, choice)
        assert found[0, 3] == wanted
        assert change.what == f"sform and qform differ by up to 5.0 mm: the {choice.value} counts"


def test_without_any_affine_voxel_sizes_count_and_that_is_listed(tmp_path: Path) -> None:
    found, (change,) = read_affine(write(tmp_path / "a.nii", affine(), None, (0, 0)), Affines.SET_ASIDE)
    np.testing.assert_allclose(np.abs(found[:3, :3]), SPACINGS, atol=1e-6)
    assert change.what.startswith("neither sform nor qform is set")


def test_an_index_lists_what_was_decided(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["bert"], images="dicom, nifti")
    write(cohort / "images" / "a.nii", affine(), None, (0, 0))
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    ((kind, subject, change),) = found.adjusted.changes
    assert (kind.value, subject, change.rule) == ("file", "0", "none")


def test_a_tilted_stack_is_set_aside_or_set_upright(tmp_path: Path) -> None:
    axes = np.diag([1.0, 1.0, 2.5])
    axes[1, 2] = 1.0  # each slice lies 1 mm further along y (RAS)
    path = write(tmp_path / "a.nii", affine(axes))
    with pytest.raises(SeriesError, match=r"its gantry is tilted by 21.8 degrees"):
        place_nifti(path, tilt_deg=0.5, corrections=Corrections())
    cohort = write_cohort(tmp_path / "cohort", ["bert"], images="dicom, nifti")
    path = write(cohort / "images" / "a.nii", affine(axes))
    found = index_cohort(
        Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5, corrections=Corrections(tilted=Tilted.UPRIGHT)
    )
    series = found.series["a.nii"]
    hu = series.read(found.cohort.files, range(6))
    assert series.geometry.size == (12, 17, 6)
    for index in ((0, 0, 0), (4, 7, 3), (11, 11, 5)):
        world = (affine(axes) @ (*index, 1))[:3] * (-1, -1, 1)
        x, y, z = np.rint(series.geometry.to_voxel(world[None])[0] - 0.5).astype(int)
        assert hu[z, y, x] == volume("anna")[index[::-1]]
    assert (hu == AIR_HU).sum() >= 6 * 5 * 12


def test_skewed_pixels_are_refused(tmp_path: Path) -> None:
    axes = SPACINGS.copy()
    axes[0, 1] = 0.2
    with pytest.raises(FileError, match="its rows and columns stand askew"):
        place_nifti(write(tmp_path / "a.nii", affine(axes)), tilt_deg=90, corrections=Corrections())


def test_slices_stored_along_the_wrong_axis_are_refused_by_their_pixels(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"its pixels measure 0.800 x 5.000 mm \(store its slices along the third axis"):
        place_nifti(
            write(tmp_path / "a.nii", affine(np.diag([0.8, 5.0, 0.8]))), tilt_deg=0.5, corrections=Corrections()
        )


def test_lengths_in_metres_are_refused(tmp_path: Path) -> None:
    image = nib.Nifti1Image(volume("anna").transpose(2, 1, 0), affine())
    image.header.set_xyzt_units("meter")
    nib.save(image, tmp_path / "a.nii")
    with pytest.raises(FileError, match="its lengths are in meters"):
        read_affine(tmp_path / "a.nii", Affines.SET_ASIDE)


def test_stored_values_are_rescaled(tmp_path: Path) -> None:
    image = nib.Nifti1Image((volume("anna").transpose(2, 1, 0) + 1024).astype(np.int16), affine())
    image.header.set_slope_inter(2, -1024)
    nib.save(image, tmp_path / "a.nii")
    stored = nib.load(tmp_path / "a.nii")
    np.testing.assert_array_equal(read_hu(tmp_path / "a.nii", range(6)).transpose(2, 1, 0), np.rint(stored.get_fdata()))
