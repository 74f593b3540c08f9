"""Regions of the frame: wall, bones, muscles, and the stations along the great vessels."""

from __future__ import annotations

import numpy as np

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.areas import Regions, beside, clear_of, organ, station
from lesionary.phantom.body import Side
from lesionary.phantom.canvas import Shape, between, beyond, common, grown, in_front_of, outside, union
from lesionary.phantom.places import Place
from lesionary.phantom.vessels import FORK_MM

LOW_MM, HIGH_MM = -400.0, 330.0  # what a scan of the torso may show


def frame_regions(anatomy: Anatomy) -> Regions:
    """Every place that does not give way."""
    return {**_wall(anatomy), **_bones(anatomy), **_vessels(anatomy)}


def _wall(anatomy: Anatomy) -> Regions:
    frame, body = anatomy.frame_shapes, anatomy.body
    skin, girdles, wide = frame.skin, frame.girdles, 62 * body.scale[0]
    flank = common(
        beside(frame.cavity, 1.5, body.wall_mm - 1), lambda x, y, z: np.float32(wide) - np.abs(x), in_front_of(35)
    )
    bones: tuple[Shape, ...] = (*(bone.shape for bone in girdles.bones), frame.skeleton.ribs)
    chest = common(
        beside(frame.cavity, 10.5, 9 + body.wall_mm),
        grown(skin, -0.9 * body.fat_mm),
        clear_of(1.5, *bones),
        in_front_of(40),
    )
    fat_mm = 0.8 * body.fat_mm
    breasts: dict[Side, Shape] = {
        side: common(grown(breast, -6.0), clear_of(26, frame.cavity))
        for side, breast in zip(Side, skin.breasts, strict=False)
    }
    spaces = ((Place.LEFT_AXILLA, girdles.axilla[Side.LEFT]), (Place.RIGHT_AXILLA, girdles.axilla[Side.RIGHT]))
    above = (
        (Place.LEFT_SUPRACLAVICULAR, girdles.supraclavicular[Side.LEFT]),
        (Place.RIGHT_SUPRACLAVICULAR, girdles.supraclavicular[Side.RIGHT]),
    )
    free = common(
        outside(grown(frame.cavity, 2.0)), clear_of(1.5, *(bone.shape for bone in girdles.bones)), grown(skin, -6.0)
    )
    return {
        **{place: station(common(space, free), (200, 300), fixed=True) for place, space in spaces},
        **{place: station(common(space, free), (292, HIGH_MM), fixed=True) for place, space in above},
        Place.LEFT_BREAST: organ(breasts[Side.LEFT], fixed=True) if breasts else None,
        Place.RIGHT_BREAST: organ(breasts[Side.RIGHT], fixed=True) if breasts else None,
        Place.CHEST_WALL: station(chest, (150, 255), fixed=True),
        Place.ABDOMINAL_WALL: station(
            union(*(grown(part, -0.5) for part in frame.rectus), common(flank, between(-180, 30))),
            (-180, 60),
            fixed=True,
        ),
        Place.PSOAS: organ(union(*girdles.psoas.values()), (-300, -40), fixed=True),
        Place.PARASPINAL_MUSCLE: organ(
            common(union(*frame.skeleton.muscles), grown(skin, -4.0)), (-220, HIGH_MM), fixed=True
        ),
        Place.SUBCUTANEOUS_FAT: organ(
            common(beside(skin, -fat_mm, -2.5), clear_of(3 + body.wall_mm, frame.cavity)), (LOW_MM, 240), fixed=True
        ),
        Place.SKIN: station(beside(skin, -3.0, -0.5), (LOW_MM, HIGH_MM), fixed=True),
        Place.LEFT_THIGH: organ(girdles.thigh[Side.LEFT], (LOW_MM, -345), fixed=True),
        Place.RIGHT_THIGH: organ(girdles.thigh[Side.RIGHT], (LOW_MM, -345), fixed=True),
    }


def _bones(anatomy: Anatomy) -> Regions:
    skeleton, girdles = anatomy.frame_shapes.skeleton, anatomy.frame_shapes.girdles
    under_skin = grown(anatomy.frame_shapes.skin, -2.0)
    spine = common(skeleton.bodies, outside(skeleton.canal))
    return {
        Place.STERNUM: organ(union(*skeleton.sternum), fixed=True),
        Place.THORACIC_VERTEBRA: organ(common(spine, between(10, HIGH_MM)), (20, 320), fixed=True),
        Place.LUMBAR_VERTEBRA: organ(common(spine, between(-195, 10)), (-190, 0), fixed=True),
        Place.RIB: organ(skeleton.ribs, (-40, 300), fixed=True),
        Place.SACRUM: organ(common(girdles.sacrum, clear_of(0, skeleton.canal), under_skin), (-290, -195), fixed=True),
        Place.LEFT_PELVIC_BONE: organ(girdles.pelvis[Side.LEFT], (-345, -165), fixed=True),
        Place.RIGHT_PELVIC_BONE: organ(girdles.pelvis[Side.RIGHT], (-345, -165), fixed=True),
        Place.LEFT_FEMUR: organ(girdles.femur[Side.LEFT], (LOW_MM, -278), fixed=True),
        Place.RIGHT_FEMUR: organ(girdles.femur[Side.RIGHT], (LOW_MM, -278), fixed=True),
    }


def _vessels(anatomy: Anatomy) -> Regions:
    """Stations of lymph nodes along aorta and iliac vessels."""
    frame, scale = anatomy.frame_shapes, anatomy.body.scale
    vessels, girdles = frame.vessels, frame.girdles
    psoas, bones = tuple(girdles.psoas.values()), tuple(bone.shape for bone in girdles.bones)
    off_bones = clear_of(2.0, frame.column, *bones, *psoas)
    inside = grown(frame.cavity, 4.0)
    front = in_front_of(26 * scale[1])
    left_of_aorta = common(beside(frame.aorta), beyond(1, 9), front, off_bones)
    behind_crura = common(beside(frame.aorta, 2.5, 9), clear_of(3, frame.column), beyond(1, -24), beyond(-1, 24))
    result: Regions = {
        Place.PARAAORTIC: station(left_of_aorta, (FORK_MM, 10), fixed=True),
        Place.RETROCRURAL: station(behind_crura, (18, 62), fixed=True),
    }
    named = {
        Side.LEFT: (Place.LEFT_COMMON_ILIAC, Place.LEFT_EXTERNAL_ILIAC, Place.LEFT_GROIN),
        Side.RIGHT: (Place.RIGHT_COMMON_ILIAC, Place.RIGHT_EXTERNAL_ILIAC, Place.RIGHT_GROIN),
    }
    for side, (upper, lower, groin) in named.items():
        along = {
            name: beside(shape[side], 2.5, 9.0) for name, shape in (("c", vessels.common), ("e", vessels.external))
        }
        others = clear_of(2.0, *vessels.arteries, *vessels.veins)
        half = beyond(1 if side is Side.LEFT else -1, 0)
        result[upper] = station(common(along["c"], others, off_bones, inside, half), (-212, FORK_MM - 10), fixed=True)
        result[lower] = station(common(along["e"], others, off_bones, half), (-300, -220), fixed=True)
        result[groin] = station(common(girdles.groin[side], others, off_bones), (-385, -300), fixed=True)
    wall = common(
        union(*(beside(shape, 2.0, 9.0) for shape in vessels.internal.values())),
        clear_of(2, *vessels.arteries, *vessels.veins),
    )
    result[Place.PELVIC_WALL] = station(common(wall, off_bones, inside), (-285, -220), fixed=True)
    return result
