"""Heart, great vessels, airways and oesophagus, and the neck above them. Reference millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Side
from lesionary.phantom.canvas import Canvas, Ellipsoid, Shape, Tube, common, grown, outside, union
from lesionary.phantom.lofts import Loft, Vessel, vessel
from lesionary.phantom.texture import Grain


@dataclass(frozen=True)
class Heart:
    """Chambers and what surrounds them."""

    pericardium: Ellipsoid
    myocardium: Shape
    chambers: tuple[Shape, ...]
    """Blood: left ventricle, right ventricle, right atrium, left atrium."""
    walls: tuple[tuple[Shape, float], ...]
    """Muscle around each chamber, painted before it, and its thickness."""


@dataclass(frozen=True)
class Mediastinum:
    """Between the lungs."""

    outline: Shape
    heart: Heart
    pulmonary: Shape
    """Trunk and arteries."""
    veins: Shape
    """Pulmonary."""
    cava: Shape
    """Superior, brachiocephalic and jugular veins."""
    azygos: Shape
    branches: Shape
    """Of the arch: brachiocephalic, carotid, subclavian, axillary arteries."""
    oesophagus: Tube
    trachea: Vessel
    bronchi: dict[Side, Vessel]
    thyroid: dict[Side, Shape]


OUTLINE = Loft((
    (-30, 0, 44, 66, 60), (20, 0, 36, 66, 58), (60, 6, 14, 60, 70), (100, 6, 6, 44, 78), (150, 0, 6, 32, 82),
    (190, 0, 8, 33, 76), (225, 1, 6, 33, 68),
    (255, 0, 2, 35, 66), (285, 0, 0, 38, 62), (310, 0, 0, 42, 58), (340, 0, 0, 60, 60),
))  # fmt: skip


def lay_mediastinum(rng: np.random.Generator) -> Mediastinum:
    """The mediastinum of one patient."""
    wide = float(rng.uniform(0.92, 1.1))  # heart
    heart = _heart(wide, float(rng.uniform(9, 12)), rng)
    pulmonary = union(
        vessel((14, -56, 152, 13), (26, -44, 182, 13), (20, -24, 196, 12)),
        vessel((20, -26, 194, 11), (-8, -8, 192, 10), (-40, 4, 186, 8.5), (-54, 10, 168, 6)),
        vessel((22, -26, 197, 11), (40, 4, 202, 9.5), (52, 16, 188, 8), (54, 20, 168, 6)),
    )
    veins = union(
        vessel((-52, -16, 178, 4.5), (-26, -6, 158, 6)), vessel((54, -18, 180, 4.5), (26, -6, 158, 6)),
        vessel((-54, 24, 138, 4.5), (-22, 10, 148, 6)), vessel((54, 24, 138, 4.5), (24, 10, 148, 6)),
    )  # fmt: skip
    cava = union(
        vessel((-34, -22, 152, 9.5), (-29, -20, 190, 9), (-27, -24, 240, 8.5)),
        vessel((52, -34, 282, 6), (14, -48, 258, 6), (-26, -28, 242, 7)),
        *(vessel((27, -26, 242, 7), (36, -24, 276, 6.5), (38, -10, 345, 6), side=side) for side in (-1.0,)),
        vessel((50, -34, 282, 6), (38, -14, 345, 6)),
        *(vessel((40, -32, 280, 5), (80, -30, 296, 5), (128, -4, 268, 4.5), side=side) for side in (-1.0, 1.0)),
    )
    branches = union(
        vessel((-8, -24, 240, 6.5), (-20, -14, 282, 6)),
        vessel((-20, -14, 282, 4), (-27, -2, 345, 3.6)),
        vessel((4, -6, 246, 4.2), (16, -6, 290, 3.8), (27, -2, 345, 3.6)),
        vessel((17, 12, 246, 5), (24, 4, 292, 4.6), (62, -12, 312, 4.4), (132, 2, 272, 3.8)),
        vessel((-20, -14, 282, 4.8), (-60, -12, 312, 4.4), (-132, 2, 272, 3.8)),
    )
    trachea = vessel((0, -10, 345, 8.5), (-1, -2, 290, 9), (-2, 10, 210, 9.5))
    bronchi = {
        Side.RIGHT: vessel((-4, 11, 208, 8), (-22, 13, 192, 7.5), (-42, 12, 176, 6), (-46, 16, 150, 5)),
        Side.LEFT: vessel((2, 11, 208, 7.5), (28, 14, 188, 6.5), (46, 16, 176, 5.5), (52, 20, 152, 4.5)),
    }
    size = float(rng.uniform(0.85, 1.25))
    thyroid: dict[Side, Shape] = {
        side: Ellipsoid((sign * 18, -10, 322), (8.5 * size, 11 * size, 21 * size), sign * 24)
        for side, sign in ((Side.LEFT, 1), (Side.RIGHT, -1))
    }
    return Mediastinum(
        outline=union(OUTLINE, heart.pericardium),
        heart=heart,
        pulmonary=pulmonary,
        veins=veins,
        cava=cava,
        azygos=union(
            vessel((-7, 26, 10, 3), (-8, 36, 120, 3.6), (-9, 36, 205, 4.2)),
            vessel((-9, 36, 205, 4.5), (-18, 14, 214, 4.5), (-27, -12, 210, 4.5)),
        ),
        branches=branches,
        oesophagus=Tube(((3, 8, 345), (4, 20, 280), (3, 30, 205), (6, 28, 150), (14, 18, 90), (24, 2, 58)), 7.5),
        trachea=trachea,
        bronchi=bronchi,
        thyroid=thyroid,
    )


def _heart(wide: float, wall: float, rng: np.random.Generator) -> Heart:
    pericardium = Ellipsoid((12, -33, 126), (74 * wide, 52, 62), -22)
    left = Ellipsoid((40, -34, 116), (40 * wide, 28, 42), -38)
    right = Ellipsoid((0, -58, 116), (46 * wide, 19, 42), 8)
    atria = (
        Ellipsoid((-40, -32, 128), (20, 27, 36), 10),
        Ellipsoid((2, 0, 152), (34 * wide, 17, 25), float(rng.normal(0, 4))),
    )
    chambers = (
        grown(left, -wall),
        grown(common(right, outside(grown(left, 1.0))), -3.0),
        grown(atria[0], -1.5),
        grown(atria[1], -1.5),
    )
    walls = ((atria[1], 1.5), (atria[0], 1.5), (common(right, outside(grown(left, 1.0))), 3.0), (left, wall))
    return Heart(pericardium, left, chambers, walls)


def paint_mediastinum(canvas: Canvas, inside: Mediastinum, hu: dict[str, float], grain: Grain, above: Shape) -> None:
    """Paint heart, vessels and airways; `above` is what lies above the diaphragm."""
    if canvas.highest_mm < 10:
        return
    fine, patches = grain.fine, grain.patches
    heart = inside.heart
    fat = hu["fat"] + 3 * fine + 6 * patches
    sac = common(heart.pericardium, above)
    canvas.paint(sac, hu["muscle"] - 30, (1.6, fat))
    for shape, wall in heart.walls:
        canvas.paint(common(shape, above), hu["myocardium"] + 4 * patches, (wall, hu["heart"] + 5 * patches))
    canvas.paint(inside.azygos, hu["cava"] - 25)
    canvas.paint(inside.veins, hu["pulmonary"])
    canvas.paint(inside.pulmonary, hu["pulmonary"] + 4 * patches)
    canvas.paint(inside.cava, hu["cava"] + 10 * patches)
    canvas.paint(inside.branches, hu["artery"])
    for lobe in inside.thyroid.values():
        canvas.paint(lobe, hu["thyroid"] + 10 * patches)
    gullet = inside.oesophagus
    canvas.paint(gullet, hu["oesophagus"] + 4 * patches, (3.6, hu["oesophagus"] - 60), (5.6, hu["gas"]))
    for airway in (inside.trachea, *inside.bronchi.values()):
        canvas.paint(grown(airway, 1.6), hu["bronchus"] + 15)
    for airway in (inside.trachea, *inside.bronchi.values()):
        canvas.paint(airway, hu["airway"])
