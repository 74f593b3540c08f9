"""The organs of the pelvis of women and men, in reference millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Side
from lesionary.phantom.bowel import Hollow, paint_hollow
from lesionary.phantom.canvas import Canvas, Ellipsoid, Point, Shape, Tube, grown, union
from lesionary.phantom.texture import Grain


@dataclass(frozen=True)
class Pelvis:
    """What one body has of it."""

    bladder: Ellipsoid
    rectum: Hollow
    uterus: Shape | None
    cavum: Shape | None
    """The endometrium in its middle."""
    cervix: Shape | None
    ovaries: dict[Side, Ellipsoid]
    prostate: Shape | None
    vesicles: Shape | None


def lay_pelvis(sex: str, rng: np.random.Generator) -> Pelvis:
    """The pelvis of one patient."""

    def about(centre: Point, radii: Point, spread: float = 3.0) -> Ellipsoid:
        x, y, z = np.add(centre, rng.normal(0, spread, 3))
        rx, ry, rz = np.multiply(radii, rng.uniform(0.85, 1.15, 3))
        return Ellipsoid((x, y, z), (rx, ry, rz), float(rng.normal(0, 6)))

    full = float(rng.uniform(0.75, 1.2))  # the bladder
    bladder = about((0, -24, -292 + 20 * full), (42 * full, 30 * full, 32 * full), 2)
    radius = float(rng.uniform(14, 18))
    rectum = Tube(((2, 42, -250), (0, 52, -285), (0, 46, -318), (0, 44, -352)), radius)
    hollow = Hollow(rectum, 3.6, "faeces", 46 - float(rng.uniform(-4, 14)))
    if sex == "M":
        size = float(rng.uniform(0.85, 1.35))
        vesicles = union(*(Ellipsoid((side * 20, 22, -292), (21, 6, 8), side * -12) for side in (1, -1)))
        return Pelvis(
            bladder, hollow, None, None, None, {}, about((0, 4, -324), (24 * size, 18 * size, 19 * size), 1.5), vesicles
        )
    size, lean = float(rng.uniform(0.75, 1.15)), float(rng.normal(0, 8))
    top, neck = (lean, -4.0 + rng.normal(0, 5), -242.0), (0.0, 14.0, -282.0)
    uterus = union(Ellipsoid(top, (30 * size, 22 * size, 25 * size)), Tube((top, neck), 15 * size))
    ovaries = {
        side: about((sign * 50, 10, -246), (16, 12, 16), 5) for side, sign in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0))
    }
    cavum = Tube((top, (lean / 2, 6.0, -266.0)), 3.4)
    return Pelvis(bladder, hollow, uterus, cavum, Ellipsoid((0, 16, -294), (17, 14, 19)), ovaries, None, None)


def paint_pelvis(canvas: Canvas, pelvis: Pelvis, hu: dict[str, float], grain: Grain) -> None:
    """Paint rectum and bladder, then what lies between them."""
    patches, fine = grain.patches, grain.fine
    paint_hollow(canvas, pelvis.rectum, hu, 12 * patches + 10 * fine)
    canvas.paint(grown(pelvis.bladder, 2.5), hu["bowel_wall"] - 20, (2.5, hu["urine"]))
    for ovary in pelvis.ovaries.values():  # with follicles
        canvas.paint(ovary, hu["ovary"] - 28 * np.clip(2 * patches - 0.6, 0, 1))
    if pelvis.uterus is not None and pelvis.cavum is not None and pelvis.cervix is not None:
        canvas.paint(pelvis.cervix, hu["cervix"] + 5 * patches)
        canvas.paint(pelvis.uterus, hu["uterus"] + 8 * patches)
        canvas.paint(pelvis.cavum, hu["uterus"] - 38)
    if pelvis.prostate is not None and pelvis.vesicles is not None:
        canvas.paint(pelvis.vesicles, hu["seminal"] + 6 * patches)
        canvas.paint(pelvis.prostate, hu["prostate"] + 9 * patches)
