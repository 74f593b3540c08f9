"""Colours that charts and diagrams are filled with."""

from __future__ import annotations

import numpy as np

from lesionary.subfigures.drawing.dice import one_of
from lesionary.subfigures.drawing.sheet import Ink

CHARTS: tuple[tuple[Ink, ...], ...] = (
    ((0, 0, 0), (120, 120, 120), (190, 190, 190), (235, 235, 235)),
    ((0, 0, 0), (60, 60, 60), (150, 150, 150), (210, 210, 210)),
    ((68, 114, 196), (237, 125, 49), (165, 165, 165), (255, 192, 0)),
    ((31, 119, 180), (255, 127, 14), (44, 160, 44), (214, 39, 40)),
    ((200, 30, 30), (30, 60, 190), (30, 140, 60), (150, 60, 160)),
    ((0, 0, 128), (153, 51, 102), (255, 255, 204), (204, 255, 255)),  # a spreadsheet's before 2007
    ((228, 26, 28), (55, 126, 184), (77, 175, 74), (152, 78, 163)),
)
PALE: tuple[Ink, ...] = (
    (222, 235, 247),
    (255, 242, 204),
    (226, 240, 217),
    (252, 228, 214),
    (237, 237, 237),
    (255, 255, 255),
    (217, 225, 242),
)
STRONG: tuple[Ink, ...] = (
    (68, 114, 196),
    (237, 125, 49),
    (112, 173, 71),
    (255, 192, 0),
    (91, 155, 213),
    (165, 165, 165),
    (192, 80, 77),
    (128, 100, 162),
)


def chart_inks(rng: np.random.Generator) -> tuple[Ink, ...]:
    """Four inks that are used together."""
    return one_of(rng, CHARTS)
