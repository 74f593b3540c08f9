"""SimpleITK, which shares no code with our readers, agrees with them on what tests make."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from ct import edit, uid, volume, write_cohort

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import index_cohort


def turned(angles_deg: tuple[float, float]) -> np.ndarray:
    """Row, column and normal of a plane that was turned about x, then about z."""
    about_x, about_z = np.radians(angles_deg)
    turn_x = np.array([[1, 0, 0], [0, np.cos(about_x), -np.sin(about_x)], [0, np.sin(about_x), np.cos(about_x)]])
    turn_z = np.array([[np.cos(about_z), -np.sin(about_z), 0], [np.sin(about_z), np.cos(about_z), 0], [0, 0, 1]])
    return (turn_z @ turn_x).T


@pytest.mark.parametrize("angles_deg", [(0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (25.0, -40.0)])
def test_any_direction_of_slices_and_oblong_pixels(tmp_path: Path, angles_deg: tuple[float, float]) -> None:
    cohort = write_cohort(tmp_path / "cohort", ["anna"])
    row, column, normal = turned(angles_deg)
    for z in range(6):
        position = np.array([12.5, -40, 300]) + z * 2.5 * normal
        path = next((cohort / "images" / "anna").glob(f"*-{z}.dcm"))
        place = {"ImagePositionPatient": position.round(6).tolist(), "PixelSpacing": [0.9, 0.6]}
        edit(path, ImageOrientationPatient=[*row.round(9), *column.round(9)], **place)
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    assert not found.set_aside.problems
    series = found.series[uid("anna", "series")]
    files = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(cohort / "images" / "anna"))
    image = SimpleITK.ReadImage(files)
    hu = series.read(found.cohort.files, range(6))
    np.testing.assert_array_equal(hu, volume("anna"))
    np.testing.assert_array_equal(hu, SimpleITK.GetArrayFromImage(image))
    np.testing.assert_allclose(series.geometry.spacing_mm, image.GetSpacing(), atol=1e-4)
    for corner in product((0, 11), (0, 11), (0, 5)):
        told = image.TransformIndexToPhysicalPoint(corner)
        np.testing.assert_allclose(series.geometry.to_patient(np.array([corner]) + 0.5)[0], told, atol=1e-3)
