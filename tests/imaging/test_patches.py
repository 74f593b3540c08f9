"""Patches around lesions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from lesionary.imaging.geometry import Box, Geometry
from lesionary.imaging.patches import Patch, channels, cut_patch

VOLUME = np.random.default_rng(0).integers(-500, 500, (7, 50, 60)).astype(np.int16)


def geometry(spacing_mm: tuple[float, float, float]) -> Geometry:
    return Geometry((60, 50, 7), spacing_mm, (0, 0, 0), (1, 0, 0), (0, 1, 0))


def read(slices: range) -> np.ndarray:
    return VOLUME[slices.start : slices.stop]


def patch(box: Box, spacing_mm: tuple[float, float, float] = (1, 1, 2), key_slice: int = 3, side: float = 20) -> Patch:
    return cut_patch(read, geometry(spacing_mm), box, key_slice, side_mm=side, spacing_mm=1, slice_gap_mm=2)


def test_at_the_patchs_own_spacing_voxels_are_kept() -> None:
    made = patch(Box(24, 20, 3, 34, 28, 4))
    np.testing.assert_array_equal(made.hu, VOLUME[2:5, 14:34, 19:39])
    assert made.box == (5, 6, 15, 14)


def test_beyond_the_border_the_border_is_replicated() -> None:
    made = patch(Box(0, 0, 3, 4, 4, 4))
    np.testing.assert_array_equal(made.hu[1, 8:, 8:], VOLUME[3, :12, :12])
    np.testing.assert_array_equal(made.hu[1, :8, 8:], np.repeat(VOLUME[3, :1, :12], 8, axis=0))
    np.testing.assert_array_equal(made.hu[1, 8:, :8], np.repeat(VOLUME[3, :12, :1], 8, axis=1))
    assert made.box == (8, 8, 12, 12)


def test_slices_between_slices_are_interpolated() -> None:
    found = channels(read, geometry((1, 1, 5.0)), 3, 2.0)
    np.testing.assert_allclose(found[0], 0.6 * VOLUME[3] + 0.4 * VOLUME[2], atol=1e-9)
    np.testing.assert_array_equal(found[1], VOLUME[3])
    np.testing.assert_allclose(found[2], 0.6 * VOLUME[3] + 0.4 * VOLUME[4], atol=1e-9)


@pytest.mark.parametrize("spacing", [0.0, -1.0])
def test_without_a_known_distance_the_key_slice_stands_three_times(spacing: float) -> None:
    found = channels(read, geometry((1, 1, spacing)), 3, 2.0)
    np.testing.assert_array_equal(found, np.stack([VOLUME[3]] * 3))


@pytest.mark.parametrize(("key_slice", "neighbours"), [(0, (0, 0, 1)), (6, (5, 6, 6))])
def test_beyond_the_stack_its_last_slice_stands_in(key_slice: int, neighbours: tuple[int, ...]) -> None:
    np.testing.assert_array_equal(channels(read, geometry((1, 1, 2)), key_slice, 2.0), VOLUME[list(neighbours)])


def test_a_fine_image_is_sampled_at_pixel_centres() -> None:
    """At half the spacing every new pixel lies between two old ones along each axis."""
    made = patch(Box(20, 20, 3, 30, 30, 4), spacing_mm=(0.5, 0.5, 2), side=4)
    plane = VOLUME[3].astype(float)
    blocks = plane.reshape(25, 2, 30, 2).mean(axis=(1, 3))
    np.testing.assert_array_equal(made.hu[1], np.rint(blocks[10:14, 10:14]))
    assert made.box == (0, 0, 5, 5)


@pytest.mark.parametrize("spacing", [0.5, 0.7421875, 1.0, 1.3])
@pytest.mark.parametrize("centre", [(30, 30), (2, 57), (-20, 100)])
def test_a_window_of_pixels_gives_what_whole_planes_give(spacing: float, centre: tuple[int, int]) -> None:
    hu = np.random.default_rng(0).integers(-1000, 1000, (5, 60, 64)).astype(np.int16)
    geometry = Geometry((64, 60, 5), (spacing, spacing, 3.0), (0, 0, 0), (1, 0, 0), (0, 1, 0))
    x, y = centre
    box = Box(x - 3, y - 3, 1, x + 3, y + 3, 4)
    patch = cut_patch(lambda z: hu[z.start : z.stop], geometry, box, 2, side_mm=24, spacing_mm=0.8, slice_gap_mm=2)
    side, scale = 30, spacing / 0.8
    rows = (np.arange(side) + round(y * scale) - side // 2 + 0.5) / scale - 0.5
    columns = (np.arange(side) + round(x * scale) - side // 2 + 0.5) / scale - 0.5
    at = np.meshgrid([2 - 2 / 3, 2, 2 + 2 / 3], rows, columns, indexing="ij")
    wanted = map_coordinates(hu.astype(float), at, order=1, mode="nearest")
    np.testing.assert_allclose(patch.hu, wanted, atol=0.5001, rtol=0)
