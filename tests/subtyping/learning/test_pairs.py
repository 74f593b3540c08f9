from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lesionary.base.errors import CohortError, ParamsError
from lesionary.subtyping.learning.pairs import PARTNERS, draw_pairs, pair_mix

CLASSES = np.array([0, 0, 0, 0, 0, 1, 1, 2, 2, 0])
STUDIES = np.array([7, 7, 7, 3, 3, 5, 5, 9, 5, 5])  # study 5 holds three classes
WAYS = list(product(PARTNERS, [True, False]))


def chances(image: int, partner: str, same_study: bool) -> np.ndarray:
    """The slow, obvious twin: the chance of every image to be the partner of `image`."""
    others = range(len(CLASSES))
    allowed = np.array([other != image and (same_study or STUDIES[other] != STUDIES[image]) for other in others])
    if partner == "uniform":
        return np.asarray(allowed / allowed.sum())
    chance = np.zeros(len(CLASSES))
    groups = [allowed & np.equal(CLASSES, label) for label in range(3)]
    groups = [group for group in groups if group.any()]
    for group in groups:
        chance += group / group.sum() / len(groups)
    return chance


@pytest.mark.parametrize(("partner", "same_study"), WAYS)
def test_partners_come_as_often_as_the_slow_twin_says(partner: str, same_study: bool) -> None:
    rng = np.random.default_rng(0)
    count = np.zeros((len(CLASSES), len(CLASSES)))
    for _ in range(4000):
        pairs = draw_pairs(CLASSES, STUDIES, rng, partner, same_study)
        count[pairs[:, 0], pairs[:, 1]] += 1
    expected = np.array([chances(image, partner, same_study) for image in range(len(CLASSES))])
    assert (count[expected == 0] == 0).all()
    np.testing.assert_allclose(count / 4000, expected, atol=0.04)  # five standard deviations


@pytest.mark.parametrize(("partner", "same_study"), WAYS)
def test_each_image_is_first_once_and_never_beside_itself(partner: str, same_study: bool) -> None:
    pairs = draw_pairs(CLASSES, STUDIES, np.random.default_rng(1), partner, same_study)
    assert sorted(pairs[:, 0]) == list(range(10))
    assert (pairs[:, 0] != pairs[:, 1]).all()


def test_the_order_is_shuffled_and_follows_from_the_generator() -> None:
    one, again, other = (draw_pairs(CLASSES, STUDIES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one[:, 0], other[:, 0])
    assert not np.array_equal(one[:, 0], np.arange(10))


def test_labels_need_not_be_consecutive() -> None:
    pairs = draw_pairs(CLASSES * 10 + 3, STUDIES, np.random.default_rng(1), "class-balanced", False)
    assert np.array_equal(pairs, draw_pairs(CLASSES, STUDIES, np.random.default_rng(1), "class-balanced", False))


def test_an_image_without_a_partner_is_refused() -> None:
    with pytest.raises(CohortError, match="no partner"):
        draw_pairs(np.array([0, 1]), np.array([4, 4]), np.random.default_rng(0), same_study=False)
    with pytest.raises(CohortError, match="no partner"):
        draw_pairs(np.array([0]), np.array([4]), np.random.default_rng(0))


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(ParamsError, match="'balanced' is no way"):
        draw_pairs(CLASSES, STUDIES, np.random.default_rng(0), "balanced")


def test_the_mix_counts_pairs_by_class() -> None:
    pairs = np.array([[0, 5], [5, 0], [1, 2], [7, 8], [8, 6]])
    assert pair_mix(pairs, CLASSES).tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 1]]


def test_uniform_pairs_follow_class_frequency_and_balanced_ones_do_not() -> None:
    classes = np.repeat(np.arange(5), [1707, 245, 1047, 350, 716])  # slices of the paper's Table 1
    rng = np.random.default_rng(0)
    uniform = pair_mix(draw_pairs(classes, classes, rng), classes)
    balanced = pair_mix(draw_pairs(classes, classes, rng, "class-balanced"), classes)
    assert uniform.sum() == balanced.sum() == 4065
    np.testing.assert_allclose(np.trace(uniform) / 4065, 0.285, atol=0.025)
    np.testing.assert_allclose(uniform.sum(axis=0) / 4065, np.bincount(classes) / 4065, atol=0.03)
    np.testing.assert_allclose(balanced.sum(axis=0) / 4065, 0.2, atol=0.03)
