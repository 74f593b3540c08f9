from hashlib import sha256

import numpy as np
import pytest

from lesionary.subfigures.classes import figure_classes
from lesionary.subfigures.drawing.dice import SIDES_PX
from lesionary.subfigures.drawing.painters import PAINTERS, paint

CODES = tuple(figure_classes())


def test_every_class_has_a_painter_and_every_painter_a_class():
    assert list(PAINTERS) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_image_follows_from_seed_class_split_and_number_alone(code):
    image = paint(code, "train", 1, seed=3)
    again = paint(code, "train", 1, seed=3)
    assert (image.mode, image.size, image.tobytes()) == (again.mode, again.size, again.tobytes())
    others = [paint(code, "train", 2, seed=3), paint(code, "test", 1, seed=3), paint(code, "train", 1, seed=4)]
    assert image.tobytes() not in [other.tobytes() for other in others]


@pytest.mark.parametrize("code", CODES)
def test_images_have_the_sides_and_modes_that_they_promise_and_show_something(code):
    low, high = SIDES_PX
    for number in range(1, 7):
        image = paint(code, "test", number, seed=5)
        assert image.mode in ("L", "RGB")
        assert low <= min(image.size) <= max(image.size) <= high
        assert np.asarray(image.convert("L"), float).std() > 5


def test_no_two_images_are_the_same():
    seen = {
        sha256(paint(code, "train", number, seed=7).tobytes()).hexdigest(): code
        for code in CODES
        for number in (1, 2, 3)
    }
    assert len(seen) == 3 * len(CODES)


def darkness(code: str, numbers: int = 8) -> float:
    """Share of pixels that are nearly black."""
    shares = [(np.asarray(paint(code, "train", n, seed=9).convert("L")) < 40).mean() for n in range(numbers)]
    return float(np.mean(shares))


def colourfulness(code: str, numbers: int = 8) -> float:
    """Mean distance between the strongest and the weakest channel."""
    images = [np.asarray(paint(code, "train", n, seed=9).convert("RGB"), float) for n in range(numbers)]
    return float(np.mean([np.ptp(image, axis=-1).mean() for image in images]))


def test_fluorescence_glows_on_black_and_stained_tissue_does_not():
    assert darkness("DMFL") > 0.4
    assert darkness("DMLI") < 0.1


@pytest.mark.parametrize("code", ["DMEL", "DMTR", "DRCT", "DRMR", "DRXR", "GMAT"])
def test_what_is_grey_in_life_is_grey_here(code):
    assert colourfulness(code) < 2


@pytest.mark.parametrize("code", ["DMLI", "DVDM", "DVEN", "DVOR"])
def test_what_is_coloured_in_life_is_coloured_here(code):
    assert colourfulness(code) > 20
