"""What a place of a body is made of: a shape, and where a lesion may lie in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lesionary.phantom.canvas import Heights, Shape, heights
from lesionary.phantom.places import Place
from lesionary.phantom.texture import Image

if TYPE_CHECKING:
    from lesionary.phantom.anatomy import Anatomy

NODES_MM = 3.0, 12.0  # from the wall of a vessel to the centres of the nodes along it
MARGIN_MM = 3.0  # by how much organs and frame may be displaced against each other


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


Regions = dict[Place, Region | None]


def organ(shape: Shape, z_mm: Heights | None = None, *, fixed: bool = False) -> Region:
    """A region that lesions grow in."""
    return Region(shape, fixed, False, z_mm or heights(shape))


def station(shape: Shape, z_mm: Heights | None = None, *, fixed: bool = False) -> Region:
    """A region that lesions lie in or along."""
    return Region(shape, fixed, True, z_mm or heights(shape))


def beside(vessel: Shape, near_mm: float = NODES_MM[0], far_mm: float = NODES_MM[1]) -> Shape:
    """What lies between two distances from the surface of something (negative: inside it)."""
    middle, half = np.float32((near_mm + far_mm) / 2), np.float32((far_mm - near_mm) / 2)
    return lambda x, y, z: np.asarray(np.abs(vessel(x, y, z) - middle) - half, np.float32)


def clear_of(mm: float, *others: Shape) -> Shape:
    """What lies more than `mm` outside of others."""

    def away(x: Image, y: Image, z: Image) -> Image:
        distance = np.full(np.broadcast_shapes(x.shape, z.shape), -99.0, np.float32)
        for other in others:
            low, high = heights(other)
            if low - mm < z.max() and high + mm > z.min():
                distance = np.maximum(distance, np.float32(mm) - other(x, y, z))
        return distance

    return away


def as_organs_see(shape: Shape, anatomy: Anatomy) -> Shape:
    """A shape of the frame in the coordinates of organs, within `MARGIN_MM`."""
    sx, sy = (np.float32(each) for each in anatomy.body.scale)
    return lambda x, y, z: shape(x * sx, y * sy, z)


def inside_wall(anatomy: Anatomy, mm: float = MARGIN_MM) -> Shape:
    """What lies at least `mm` inside the wall of the body, in the coordinates of organs."""
    cavity = as_organs_see(anatomy.frame_shapes.cavity, anatomy)
    return lambda x, y, z: cavity(x, y, z) + np.float32(mm)
