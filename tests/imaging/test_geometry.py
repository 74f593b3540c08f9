"""The geometric convention."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.imaging.geometry import Box, Geometry

OBLIQUE = Geometry((10, 20, 30), (0.5, 0.7, 2.0), (3.0, -4.0, 5.0), (0.6, 0.8, 0.0), (-0.8, 0.6, 0.0))


def test_the_centre_of_the_first_voxel_lies_at_the_origin() -> None:
    np.testing.assert_allclose(OBLIQUE.to_patient(np.array([[0.5, 0.5, 0.5]])), [OBLIQUE.origin_mm])


def test_one_voxel_along_y_is_one_spacing_along_the_column_direction() -> None:
    step = OBLIQUE.to_patient(np.array([[0.5, 1.5, 0.5]])) - OBLIQUE.origin_mm
    np.testing.assert_allclose(step, [[-0.56, 0.42, 0.0]])


@pytest.mark.parametrize("mirrored", [False, True])
def test_points_return_from_the_patient(mirrored: bool) -> None:
    geometry = Geometry(*vars(OBLIQUE).values()) if not mirrored else Geometry(*[*vars(OBLIQUE).values()][:5], True)
    points = np.random.default_rng(0).uniform(-5, 40, (50, 3))
    np.testing.assert_allclose(geometry.to_voxel(geometry.to_patient(points)), points)


@pytest.mark.parametrize(
    ("low", "high", "slices"),
    [(1, 4, [1, 2, 3]), (1.4, 3.4, [1, 2]), (1.6, 3.6, [2, 3]), (1.2, 1.5, [1]), (1.6, 2.4, [2])],
)
def test_a_box_covers_the_slices_it_fills_by_more_than_half(low: float, high: float, slices: list[int]) -> None:
    assert list(Box(0, 0, low, 1, 1, high).slices()) == slices


def test_the_box_of_a_mask_holds_every_set_voxel_and_no_more() -> None:
    mask = np.zeros((5, 6, 7), bool)
    mask[1, 2, 3] = mask[3, 4, 5] = True
    assert Box.of_mask(mask) == Box(3, 2, 1, 6, 5, 4)


def test_a_box_may_stick_out_by_the_tolerance_alone() -> None:
    assert Box(-1, 0, 0, 10, 20, 30).inside((10, 20, 30))
    assert not Box(-1.1, 0, 0, 10, 20, 30).inside((10, 20, 30))
    assert not Box(0, 0, 0, 10, 20, 31.5).inside((10, 20, 30))
    assert not Box(0, 0, -0.9, 10, 20, 0).inside((10, 20, 30))  # beside the first slice: it has none
    assert not Box(0, 0, 30, 10, 20, 30.9).inside((10, 20, 30))
