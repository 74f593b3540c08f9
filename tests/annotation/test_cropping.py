from __future__ import annotations

import pytest

from lesionary.annotation.cropping import PLACE, place
from lesionary.imaging.geometry import Box, Geometry


def test_a_lesion_in_the_middle_of_its_image_lies_at_zero() -> None:
    geometry = Geometry((512, 256, 30), (0.8, 0.8, 5.0), (-100.0, 30.0, 7.0), (1, 0, 0), (0, 1, 0))
    found = place(geometry, Box(251, 123, 4, 261, 133, 5))
    assert tuple(found) == PLACE
    assert list(found.values()) == pytest.approx([0, 0, 8, 8])


def test_a_place_does_not_depend_on_where_the_image_lies_or_how_finely_it_is_sampled() -> None:
    coarse = Geometry((100, 100, 9), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), (1, 0, 0), (0, 1, 0))
    fine = Geometry((200, 200, 40), (0.5, 0.5, 1.0), (70.0, -3.0, 900.0), (1, 0, 0), (0, 1, 0))
    one = place(coarse, Box(60, 10, 2, 70, 30, 3))
    assert place(fine, Box(120, 20, 11, 140, 60, 12)) == pytest.approx(one)
    assert (one["x_mm"], one["y_mm"]) == (15, -30)
