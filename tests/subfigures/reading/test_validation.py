"""Which training images validate."""

from __future__ import annotations

import numpy as np
import pytest

from lesionary.subfigures.reading.validation import draw_validation


@pytest.mark.parametrize(("images", "held"), [(1, 0), (4, 0), (5, 1), (14, 1), (15, 2), (100, 10)])
def test_a_tenth_of_a_class_validates_halves_rounded_up(images: int, held: int) -> None:
    assert draw_validation(["a"] * images, 0.1, seed=1).sum() == held


def test_the_last_image_of_a_class_stays_in_training() -> None:
    assert draw_validation(["a", "b", "b"], 0.49, seed=1).tolist()[0] is False
    assert draw_validation(["b", "b"], 0.49, seed=1).sum() == 1


def test_classes_are_held_out_apart_from_each_other() -> None:
    classes = [name for name, count in (("a", 30), ("b", 20), ("c", 1)) for _ in range(count)]
    rng = np.random.default_rng(2)
    mixed = list(rng.permutation(classes))
    held = draw_validation(mixed, 0.1, seed=3)
    assert {name: int(held[np.array(mixed) == name].sum()) for name in "abc"} == {"a": 3, "b": 2, "c": 0}


def test_another_seed_holds_out_others() -> None:
    draws = [draw_validation(["a"] * 50, 0.1, seed=seed) for seed in (1, 1, 2)]
    assert (draws[0] == draws[1]).all()
    assert (draws[0] != draws[2]).any()
