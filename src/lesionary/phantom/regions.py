"""The shape of each place where a lesion may lie in a drawn body."""

from __future__ import annotations

from functools import lru_cache

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.areas import Region, Regions
from lesionary.phantom.places import Place
from lesionary.phantom.regions_abdomen import abdomen_regions
from lesionary.phantom.regions_chest import chest_regions
from lesionary.phantom.regions_frame import frame_regions

__all__ = ["Region", "region", "regions"]


def region(anatomy: Anatomy, place: Place) -> Region | None:
    """Where `place` is in a body; None if this body has no such place."""
    return regions(anatomy)[place]


@lru_cache(maxsize=2)  # a body is asked for one place after the other
def regions(anatomy: Anatomy) -> Regions:
    """Every place of a body."""
    return chest_regions(anatomy) | abdomen_regions(anatomy) | frame_regions(anatomy)
