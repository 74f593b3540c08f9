"""Hand-crafted features."""

from __future__ import annotations

import numpy as np

from lesionary.subtyping.learning.handcrafted import PATTERNS, features, gradients, patterns


def image(side: int = 224, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((side, side)).astype(np.float32)


def test_a_slice_of_224_pixels_has_the_papers_531_and_1296_features() -> None:
    assert patterns(image()).shape == (531,)
    assert gradients(image()).shape == (1296,)
    assert features(image()[None]).shape == (1, 1827)


def test_patterns_are_shares_of_each_cell() -> None:
    cells = patterns(image()).reshape(9, PATTERNS)
    np.testing.assert_allclose(cells.sum(axis=1), 1)
    assert (cells >= 0).all()


def test_pixels_whose_neighbours_alternate_are_one_code_however_they_do() -> None:
    """The slow twin, pixel by pixel: of eight points on the circle more than two steps between dark and bright."""
    levels = np.round(image() * 255)
    alternate = 0
    for y in range(16, 80):  # the first cell: nine of 64 pixels leave a margin of 16
        for x in range(16, 80):
            turns = 2 * np.pi * np.arange(8) / 8
            points = [bilinear(levels, y - np.sin(turn), x + np.cos(turn)) >= levels[y, x] for turn in turns]
            alternate += sum(one != other for one, other in zip(points, points[1:] + points[:1], strict=True)) > 2
    assert patterns(image())[PATTERNS - 1] == alternate / 64**2


def bilinear(levels: np.ndarray, y: float, x: float) -> float:
    y, x = round(y, 5), round(x, 5)
    top, left = int(np.floor(y)), int(np.floor(x))
    down, right = y - top, x - left
    square = levels[top : top + 2, left : left + 2]
    rows, columns = np.array([1 - down, down]), np.array([1 - right, right])
    return float(rows[: len(square)] @ square @ columns[: square.shape[1]])


def test_a_flat_cell_has_one_pattern_and_no_gradient() -> None:
    flat = np.full((224, 224), 0.5, np.float32)
    cells = patterns(flat).reshape(9, PATTERNS)
    assert ((cells == 1).sum(axis=1) == 1).all()
    assert not gradients(flat).any()


def test_patterns_are_told_apart_by_rotation_as_the_paper_counts_them() -> None:
    edge = np.zeros((224, 224), np.float32)
    edge[:, np.arange(224) % 8 < 4] = 1
    assert not np.allclose(patterns(edge), patterns(np.rot90(edge).copy()))


def test_batched_is_one_by_one() -> None:
    images = np.stack([image(seed=n) for n in range(3)])
    np.testing.assert_array_equal(features(images), np.concatenate([features(one[None]) for one in images]))
