"""The shape of each place where a lesion may lie in a drawn body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.body import Side
from lesionary.phantom.canvas import Shape, common, union
from lesionary.phantom.places import Place

NODES_MM = 3.0, 12.0  # from the wall of a vessel to the centres of the nodes along it


@dataclass(frozen=True)
class Region:
    """Where the centre of a lesion may lie, in the coordinates of organs or of the frame (`fixed`)."""

    shape: Shape
    fixed: bool
    """Painted with the frame: `shape` takes the coordinates of `Anatomy.fixed`."""
    along: bool
    """A line, sheet or station in which a centre lies; else an organ, in which it lies so deep."""
    z_mm: tuple[float, float]
    """Lowest and highest body height at which it exists."""


def region(anatomy: Anatomy, place: Place) -> Region | None:
    """Where `place` is in a body; None if this body has no such place."""
    return _regions(anatomy).get(place)


def beside(vessel: Shape, near_mm: float = NODES_MM[0], far_mm: float = NODES_MM[1]) -> Shape:
    """What lies between two distances from the wall of a vessel."""
    middle, half = np.float32((near_mm + far_mm) / 2), np.float32((far_mm - near_mm) / 2)
    return lambda x, y, z: np.asarray(np.abs(vessel(x, y, z) - middle) - half, np.float32)


def half(side: float, x_mm: float) -> Shape:
    """What lies beyond `x_mm`, to the left of it if `side` is positive."""
    return lambda x, y, z: np.asarray(np.float32(side) * (np.float32(x_mm) - x), np.float32)


def in_front_of(y_mm: float) -> Shape:
    """What lies in front of a coronal plane."""
    return lambda x, y, z: np.asarray(y - np.float32(y_mm), np.float32)


def _regions(anatomy: Anatomy) -> dict[Place, Region]:
    organs, frame = anatomy.layout, anatomy.frame_shapes
    head, body, tail = _pancreas(organs.pancreas)
    spine = in_front_of(26 * anatomy.body.scale[1])
    nodes = beside(frame.aorta)
    return {
        Place.LIVER: Region(organs.liver, False, False, (-70, 120)),
        Place.SPLEEN: Region(organs.spleen, False, False, (-40, 70)),
        Place.PANCREATIC_HEAD: Region(head, False, False, (-45, 0)),
        Place.PANCREATIC_BODY: Region(body, False, False, (-30, 0)),
        Place.PANCREATIC_TAIL: Region(tail, False, False, (-20, 15)),
        Place.LEFT_KIDNEY: Region(organs.kidneys[0].outer, False, False, (-100, 10)),
        Place.RIGHT_KIDNEY: Region(organs.kidneys[1].outer, False, False, (-110, 0)),
        Place.LEFT_ADRENAL_GLAND: Region(organs.adrenals[Side.LEFT], False, False, (-16, 14)),
        Place.RIGHT_ADRENAL_GLAND: Region(organs.adrenals[Side.RIGHT], False, False, (-16, 14)),
        Place.PARAAORTIC: Region(common(nodes, half(1, 9), spine), True, True, (-120, 60)),
        Place.PARACAVAL: Region(common(nodes, half(-1, 5), spine), True, True, (-120, 60)),
        Place.LUMBAR_VERTEBRA: Region(frame.bones[-1], True, False, (-150, 0)),
        Place.RIB: Region(frame.ribs, True, False, (-60, 300)),
        Place.PARASPINAL_MUSCLE: Region(union(*frame.muscles[2:4]), True, False, (-200, 300)),
        Place.SUBCUTANEOUS_FAT: Region(_subcutaneous(anatomy), True, False, (-400, 330)),
    }


def _pancreas(pancreas: Shape) -> tuple[Shape, Shape, Shape]:
    """Head, body and tail: right of the mesenteric vessels, in front of the spine, left of it."""
    head = common(pancreas, half(-1, -6))
    body = common(pancreas, half(1, -6), half(-1, 44))
    return head, body, common(pancreas, half(1, 44))


def _subcutaneous(anatomy: Anatomy) -> Shape:
    skin, half_mm = anatomy.frame_shapes.skin, np.float32(anatomy.body.fat_mm / 2)
    return lambda x, y, z: np.asarray(np.abs(skin(x, y, z) + half_mm + 1) - half_mm + 1, np.float32)
