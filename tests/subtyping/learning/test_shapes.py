"""Measures of shapes whose answers are known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lesionary.subtyping.learning.shapes import MEASURES, THICKNESS, measures, thickness

CUBES = (1.0, 1.0, 1.0)


def box(z: int, y: int, x: int, margin: int = 2) -> np.ndarray:
    return np.pad(np.ones((z, y, x), bool), margin)


def named(inside: np.ndarray, spacing: tuple[float, float, float] = CUBES) -> dict[str, float]:
    whole, parts = measures(inside, spacing), thickness(inside, spacing)
    return dict(zip(MEASURES + THICKNESS, [*whole, *parts], strict=True))


def ball(radius: float) -> np.ndarray:
    grid = np.indices((2 * int(radius) + 5,) * 3) - (int(radius) + 2)
    return (grid**2).sum(axis=0) <= radius**2


def test_a_box_is_as_large_as_its_voxels() -> None:
    found = named(box(2, 4, 6), (0.5, 1.0, 3.0))
    assert found["volume_mm3"] == pytest.approx(2 * 4 * 6 * 1.5)
    assert [found[f"extent_{axis}_mm"] for axis in "xyz"] == [3, 4, 6]
    assert found["diameter_mm"] == pytest.approx(np.sqrt(3**2 + 4**2 + 6**2))
    assert found["convexity"] == found["filled_box"] == pytest.approx(1)
    assert found["largest_section_mm2"] == found["mean_section_mm2"] == 4 * 3
    assert [found[f"skewness_{n}"] for n in (1, 2, 3)] == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_ball_is_a_ball() -> None:
    found = named(ball(12))
    assert found["volume_mm3"] == pytest.approx(4 / 3 * np.pi * 12**3, rel=0.02)
    assert [found[f"axis_{n}_mm"] for n in (1, 2, 3)] == pytest.approx([24] * 3, rel=0.02)
    assert found["sphericity"] == pytest.approx(1, abs=0.12)  # steps of voxels add to the surface
    assert found["flatness"] == pytest.approx(1, abs=0.01)
    assert found["thickness_mm"] == pytest.approx(25, abs=1.5)
    assert found["bulge"] >= 1


def test_mirroring_changes_nothing_and_turning_only_what_follows_the_axes() -> None:
    rng = np.random.default_rng(3)
    blob = np.pad(rng.random((6, 7, 8)) > 0.4, 1)
    own = named(blob)
    along = {
        name
        for name in own
        if name.startswith(("extent", "section", "largest_section", "mean_section", "limb", "bulge"))
    }
    for axis in range(3):
        mirrored = measures(np.flip(blob, axis), CUBES)
        np.testing.assert_allclose(mirrored, measures(blob, CUBES), rtol=1e-5)
    turned = named(blob.transpose(2, 0, 1))
    for name in own.keys() - along:
        assert turned[name] == pytest.approx(own[name], rel=1e-5), name


def test_the_hull_is_that_of_every_corner() -> None:
    from scipy.spatial import ConvexHull

    blob = np.random.default_rng(5).random((4, 5, 6)) > 0.7
    corners = [np.add(voxel, step) for voxel in np.argwhere(blob) for step in product((0, 1), repeat=3)]
    found = named(blob)
    assert found["convexity"] == pytest.approx(blob.sum() / ConvexHull(np.array(corners)).volume)
    apart = max(np.linalg.norm(np.subtract(a, b)) for a in corners for b in corners)
    assert found["diameter_mm"] == pytest.approx(apart)


def test_where_it_lies_does_not_matter() -> None:
    shape = box(3, 4, 5, 0)
    moved = np.pad(shape, ((9, 2), (1, 8), (3, 3)))
    np.testing.assert_array_equal(measures(shape, CUBES), measures(moved, CUBES))
    np.testing.assert_array_equal(thickness(shape, CUBES), thickness(moved, CUBES))


def test_a_nodule_on_a_limb_bulges() -> None:
    limb = np.zeros((24, 24, 60), bool)
    limb[10:13, 10:13, 2:58] = True
    with_nodule = limb.copy()
    grid = np.indices(limb.shape) - np.array([11, 11, 40])[:, None, None, None]
    with_nodule |= (grid**2).sum(axis=0) <= 8**2
    plain, nodule = named(limb), named(with_nodule)
    assert plain["bulge"] == pytest.approx(1)
    assert nodule["bulge"] > 2.5
    assert nodule["limb_median_mm"] < nodule["thickness_mm"] / 4


def test_a_tunnel_and_a_second_part_are_counted() -> None:
    ring = box(3, 5, 5)
    ring[:, 4, 4] = False
    assert (named(box(3, 5, 5))["euler"], named(ring)["euler"]) == (1, 0)
    two = np.concatenate([box(2, 2, 2), box(2, 2, 2)])
    assert named(two)["euler"] == 2


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 5), (1, 1, 9)])
def test_a_single_slice_line_or_voxel_has_finite_measures(shape: tuple[int, int, int]) -> None:
    assert np.isfinite(list(named(box(*shape)).values())).all()


@pytest.mark.parametrize("measure", [measures, thickness])
def test_nothing_has_no_measures(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="without a voxel"):
        measure(np.zeros((3, 3, 3), bool), CUBES)
