"""Body parts that follow from where exactly in its place a lesion lies."""

from __future__ import annotations

from dataclasses import replace

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.canvas import Point
from lesionary.phantom.kinds import Description
from lesionary.phantom.places import Place
from lesionary.phantom.regions import region

RIGHT = (Place.RIGHT_UPPER_LOBE, Place.RIGHT_MIDDLE_LOBE, Place.RIGHT_LOWER_LOBE)
LEFT = (Place.LEFT_UPPER_LOBE, Place.LINGULA, Place.LEFT_LOWER_LOBE)
APEX = 0.91  # of a lung's height: about what lies above the clavicle's shadow
BASE = 0.12  # what lies on the diaphragm
FRONT = -0.45  # of half the body's depth: the wall in front of the flanks


def with_height(description: Description, place: Place, centre_mm: Point, anatomy: Anatomy) -> Description:
    """A description with what its place alone does not say: apex or base of the lung, front of the abdominal wall."""
    more: tuple[str, ...] = ()
    lung = RIGHT if place in RIGHT else LEFT if place in LEFT else ()
    if lung:
        share = _height_in(lung, centre_mm[2], anatomy)
        more = ("lung apex",) if share > APEX else ("lung base",) if share < BASE else ()
    elif place is Place.ABDOMINAL_WALL and centre_mm[1] < FRONT * anatomy.body.half_depth_mm:
        more = ("anterior abdominal wall",)
    return replace(description, parts=(*description.parts, *more))


def _height_in(lobes: tuple[Place, ...], z_mm: float, anatomy: Anatomy) -> float:
    heights = [where.z_mm for lobe in lobes if (where := region(anatomy, lobe)) is not None]
    low, high = min(z for z, _ in heights), max(z for _, z in heights)
    return (z_mm - low) / (high - low)
