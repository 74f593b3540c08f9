"""Cutting and resizing."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.imaging.geometry import Box
from lesionary.imaging.slices import cut, resize, shrink


def test_cutting_keeps_the_voxels_of_the_box() -> None:
    hu = np.arange(2 * 5 * 6, dtype=np.int16).reshape(2, 5, 6)
    np.testing.assert_array_equal(cut(hu, Box(1, 2, 0, 4, 5, 2)), hu[:, 2:5, 1:4])


def test_a_box_over_the_border_is_cut_at_the_border() -> None:
    hu = np.zeros((1, 5, 6), np.int16)
    assert cut(hu, Box(-1, -1, 0, 3, 9, 1)).shape == (1, 5, 3)


def test_a_thin_box_keeps_one_voxel() -> None:
    assert cut(np.zeros((1, 5, 6), np.int16), Box(2.1, 2.1, 0, 2.3, 2.4, 1)).shape == (1, 1, 1)


def test_resizing_to_the_same_side_changes_nothing() -> None:
    hu = np.random.default_rng(0).integers(-1000, 1000, (3, 16, 16)).astype(np.int16)
    np.testing.assert_array_equal(resize(hu, 16), hu)


def test_halving_a_side_blends_with_a_triangle() -> None:
    row = np.array([[0, 0, 0, 0, 80, 80, 80, 80]], np.int16)
    halved = resize(np.repeat(row, 8, axis=0)[None], 4)[0]
    # the filter is a triangle of two output pixels: output 1 has its centre at 3 and weights 1 3 3 1 (/8)
    np.testing.assert_array_equal(halved, np.repeat([[0, 10, 70, 80]], 4, axis=0))


def test_doubling_interpolates_between_centres() -> None:
    hu = np.array([[[0, 40], [0, 40]]], np.int16)
    np.testing.assert_array_equal(resize(hu, 4)[0, 0], [0, 10, 30, 40])


@pytest.mark.parametrize("count", [1, 300])
def test_shrinking_in_batches_is_shrinking_one_by_one(count: int) -> None:
    images = np.random.default_rng(0).random((count, 24, 24), np.float32)
    one_by_one = np.concatenate([shrink(image[None], 12) for image in images])
    np.testing.assert_allclose(shrink(images, 12), one_by_one, atol=1e-6)
