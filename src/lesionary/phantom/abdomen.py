"""Where the organs of the abdomen lie, in the millimetres of a reference body (half axes 165 and 115).

x grows to the patient's left, y to the back, z to the head; the adrenals lie at z = 0, the vertebral body around
(0, 42). Every patient's organs are moved and stretched a little. What reaches into the chest is cut off by the lungs
and the fat of the mediastinum, which are painted later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import ADRENAL_MM, Side
from lesionary.phantom.bowel import Bowel, lay_bowel, paint_bowel
from lesionary.phantom.canvas import Canvas, Ellipsoid, Point, Shape, Sheet, Tube, common, grown, outside, union
from lesionary.phantom.lofts import Loft, Vessel
from lesionary.phantom.texture import Grain, Image


@dataclass(frozen=True)
class Kidney:
    """Parenchyma around the fat of its sinus."""

    outer: Ellipsoid
    sinus: Ellipsoid


@dataclass(frozen=True)
class Organs:
    """Those that give way to a mass."""

    liver: Shape
    hilum: Shape
    """The portal triad where it enters the liver, and the fat around it."""
    gallbladder: Shape | None
    spleen: Shape
    kidneys: tuple[Kidney, ...]
    pancreas: Shape
    adrenals: dict[Side, Shape]
    bowel: Bowel
    ivc: Shape
    portal: Shape
    """Splenic, superior mesenteric and portal vein."""
    hepatic: tuple[Shape, ...]
    """Hepatic veins, up to the vena cava."""
    renal: Shape
    """Renal veins."""
    arteries: Shape
    """Coeliac trunk and superior mesenteric artery."""


def lay_abdomen(rng: np.random.Generator) -> Organs:
    """The organs of one patient."""

    def about(centre: Point, radii: Point, tilt: float = 0.0, spread: float = 4.0) -> Ellipsoid:
        x, y, z = np.add(centre, rng.normal(0, spread, 3) * (1, 1, 2.5))
        rx, ry, rz = np.multiply(radii, rng.uniform(0.88, 1.12, 3))
        return Ellipsoid((x, y, z), (rx, ry, rz), tilt + rng.normal(0, 5))

    # What the liver leaves free behind it: vena cava, adrenal and kidney.
    hollow_of_kidney = about((-40, 60, -40), (48, 45, 82), spread=2)
    cava_bed = Ellipsoid((-24, 16, 0), (17, 14, 60))
    lobes = union(about((-84, 2, 28), (60, 84, 96), 6), about((-18, -52, 46), (78, 34, 58), 10))
    hilum = Tube(((-20.0, -16.0, 12.0), (-34.0, -20.0, 26.0), (-50.0, -17.0, 34.0)), 11.0)
    liver = common(lobes, outside(hollow_of_kidney), outside(cava_bed), outside(hilum))
    gallbladder = about((-52, -42, -32), (14, 20, 26)) if rng.random() < 0.8 else None
    kidneys = tuple(_kidney(about((x, 45, z), (27, 25, 57), tilt)) for x, z, tilt in ((64, -46, 30), (-62, -56, -30)))
    tail = rng.normal(0, 5)
    duct = (
        (-26.0, -12.0, -34.0),
        (-20.0, -18.0, -24.0),
        (2.0, -24.0, -16.0),
        (32.0, -18.0, -10.0),
        (60.0, 0.0, -4.0),
        (88.0, 14 + tail, 4.0),
    )
    vein = ((-14.0, -16.0, 2.0), (8.0, -14.0, -8.0), (34.0, -7.0, -6.0), (62.0, 9.0, 0.0), (92.0, 20 + tail, 6.0))
    into_liver = ((-14.0, -16.0, 2.0), (-34.0, -20.0, 26.0), (-66.0, -14.0, 40.0), (-92.0, 2.0, 44.0))
    return Organs(
        liver=liver,
        hilum=hilum,
        gallbladder=gallbladder,
        spleen=common(about((110, 34, 14), (30, 50, 54), -14), outside(about((78, 30, 0), (30, 40, 80)))),
        kidneys=kidneys,
        pancreas=union(Tube(duct, float(rng.uniform(8, 12))), about((-24, -14, -34), (15, 13, 20), spread=2)),
        adrenals={side: _adrenal(side) for side in Side},
        bowel=lay_bowel(rng),
        ivc=_cava(rng),
        portal=union(
            Tube(vein, 4.5), Tube(into_liver, 6.0), Tube(((-34.0, -20.0, 26.0), (-10.0, -44.0, 38.0)), 4.5),
            Tube(((-10.0, -17.0, -6.0), (-8.0, -22.0, -60.0), (-2.0, -28.0, -130.0)), 5.2),
        ),
        hepatic=tuple(
            Vessel((((-25.0, 0.0, 82.0, 5.0)), (x, y, z, 2.2)))
            for x, y, z in ((-110.0, 10.0, 50.0), (-66.0, -44.0, 48.0), (12.0, -50.0, 56.0))
        ),
        renal=union(
            Tube(((58.0, 38.0, -46.0), (26.0, 6.0, -38.0), (-16.0, 2.0, -34.0)), 4.6),
            Tube(((-56.0, 38.0, -56.0), (-26.0, 18.0, -46.0)), 4.8),
        ),
        arteries=union(
            Tube(((7.0, 4.0, 2.0), (5.0, -9.0, -16.0), (2.0, -18.0, -60.0), (8.0, -28.0, -130.0)), 3.6),
            Tube(((7.0, 4.0, 16.0), (4.0, -12.0, 17.0), (-26.0, -20.0, 15.0)), 3.0),
            Tube(((4.0, -12.0, 17.0), (40.0, -4.0, 8.0), (84.0, 20.0, 12.0)), 2.6),
        ),
    )  # fmt: skip


def _cava(rng: np.random.Generator) -> Loft:
    """Vena cava: from the iliac veins, right of the aorta, through the back of the liver to the right atrium."""
    wide, flat = rng.uniform(0.88, 1.12, 2)
    rows = (
        (-164, -17, 16, 11, 7.5), (-110, -19, 14, 12, 8.5), (-40, -22, 14, 13, 9.5), (20, -25, 14, 13, 9.5),
        (80, -27, 6, 13, 12), (112, -34, -12, 14, 14),
    )  # fmt: skip
    return Loft(tuple((z, x, y, rx * wide, ry * flat) for z, x, y, rx, ry in rows), -15)


def _kidney(outer: Ellipsoid) -> Kidney:
    x, y, z = outer.centre_mm
    rx, ry, rz = outer.radii_mm
    inward = -np.sign(x)
    sinus = Ellipsoid((x + inward * 0.45 * rx, y - 0.12 * ry, z), (0.62 * rx, 0.36 * ry, 0.5 * rz), outer.tilt_deg)
    return Kidney(outer, sinus)


def _adrenal(side: Side) -> Shape:
    """An inverted Y: a body in front and two limbs behind."""
    x, y, _ = ADRENAL_MM[side]
    out = 1.0 if side is Side.LEFT else -1.0
    height = (-16.0, 14.0)
    limbs = union(
        Sheet((x - 2 * out, y - 11), (x, y - 2), 2.6, height),
        Sheet((x, y - 2), (x - 4 * out, y + 12), 1.7, height),
        Sheet((x, y - 2), (x + 9 * out, y + 10), 1.7, height),
    )
    return limbs


def paint_abdomen(canvas: Canvas, organs: Organs, hu: dict[str, float], grain: Grain, portal: float) -> None:
    """Paint bowel first, then the solid organs, whose vessels lie in and on them."""
    fine, patches, strand = grain.fine, grain.patches, grain.strand
    canvas.hu += np.clip(1.4 - strand / 0.055, 0, 1) * (hu["ivc"] - 20 - canvas.hu)  # mesenteric vessels
    paint_bowel(canvas, organs.bowel, hu, grain)
    canvas.paint(organs.pancreas, hu["pancreas"] + 9 * fine - 60 * np.clip(patches - 0.9, 0, 1))
    vessels = np.clip(1.5 - strand / 0.17, 0, 1) * (hu["liver_vessel"] - hu["liver"])
    canvas.paint(organs.liver, hu["liver"] + 3 * fine + 2 * patches + vessels)
    for vein in organs.hepatic:
        canvas.paint(common(vein, organs.liver), hu["liver_vessel"])
    canvas.paint(organs.portal, hu["portal_vein"])
    canvas.paint(organs.arteries, hu["aorta"])
    if organs.gallbladder is not None:
        canvas.paint(grown(organs.gallbladder, 1.5), hu["bowel_wall"], (1.5, hu["bile"]))
    mottle = (1 - portal) * 24 * patches  # the spleen enhances unevenly at first
    canvas.paint(organs.spleen, hu["spleen"] + 3 * fine + mottle)
    for kidney in organs.kidneys:
        _paint_kidney(canvas, kidney, hu, patches)
    canvas.paint(organs.renal, hu["ivc"] + 15)
    canvas.paint(organs.ivc, hu["ivc"] + 4 * patches)
    for shape in organs.adrenals.values():
        canvas.paint(shape, hu["adrenal"])


def _paint_kidney(canvas: Canvas, kidney: Kidney, hu: dict[str, float], patches: Image) -> None:
    parenchyma: Shape = common(kidney.outer, outside(kidney.sinus))
    columns = np.clip(patches - 0.4, 0, 1)  # of cortex between the pyramids
    canvas.paint(parenchyma, hu["cortex"], (6.0, hu["medulla"] + columns * (hu["cortex"] - hu["medulla"])))
    canvas.paint(common(kidney.sinus, kidney.outer), hu["sinus"] + 45 * np.clip(patches, -1, 2))
