"""Where the organs of the upper abdomen lie, in the millimetres of a reference body (half axes 165 and 115).

x grows to the patient's left, y to the back, z to the head; the adrenals lie at z = 0, the vertebral body around
(0, 42). Every patient's organs are moved and stretched a little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import ADRENAL_MM, Side
from lesionary.phantom.canvas import ENDLESS, Ellipsoid, Point, Shape, Sheet, Tube, common, outside, union


@dataclass(frozen=True)
class Hollow:
    """Stomach or a loop of bowel: a wall around contents, with gas on top of them above the level `gas_mm` (y)."""

    outer: Ellipsoid
    wall_mm: float
    contents: str
    gas_mm: float


@dataclass(frozen=True)
class Kidney:
    """Parenchyma around the fat of its sinus."""

    outer: Ellipsoid
    sinus: Ellipsoid


@dataclass(frozen=True)
class Organs:
    """Those that give way to a mass."""

    liver: Shape
    gallbladder: Shape | None
    spleen: Shape
    kidneys: tuple[Kidney, ...]
    pancreas: Shape
    adrenals: dict[Side, Shape]
    hollow: tuple[Hollow, ...]
    ivc: Shape
    portal: Shape
    """Splenic and portal vein."""
    arteries: Shape
    """Superior mesenteric artery."""


def lay_out(rng: np.random.Generator) -> Organs:
    """The organs of one patient."""

    def about(centre: Point, radii: Point, tilt: float = 0.0, spread: float = 4.0) -> Ellipsoid:
        x, y, z = np.add(centre, rng.normal(0, spread, 3) * (1, 1, 2.5))
        rx, ry, rz = np.multiply(radii, rng.uniform(0.88, 1.12, 3))
        return Ellipsoid((x, y, z), (rx, ry, rz), tilt + rng.normal(0, 5))

    # What the liver leaves free behind it: vena cava, adrenal and kidney.
    hollow_of_kidney = about((-40, 60, -35), (48, 45, 110), spread=2)
    cava_bed = Ellipsoid((-24, 16, 0), (17, 14, ENDLESS))
    lobes = union(about((-84, 2, 28), (60, 84, 92), 6), about((-18, -52, 42), (78, 34, 62), 10))
    liver = common(lobes, outside(hollow_of_kidney), outside(cava_bed))
    gallbladder = about((-52, -42, -32), (14, 20, 26)) if rng.random() < 0.8 else None
    kidneys = tuple(_kidney(about((x, 45, z), (27, 25, 57), tilt)) for x, z, tilt in ((64, -46, 30), (-62, -56, -30)))
    tail = rng.normal(0, 5)
    duct = ((-22.0, -16.0, -30.0), (2.0, -24.0, -16.0), (32.0, -18.0, -10.0), (60.0, 0.0, -4.0), (88.0, 14 + tail, 4.0))
    vein = ((-14.0, -16.0, 2.0), (8.0, -14.0, -8.0), (34.0, -7.0, -6.0), (62.0, 9.0, 0.0), (92.0, 20 + tail, 6.0))
    return Organs(
        liver=liver,
        gallbladder=gallbladder,
        spleen=common(about((112, 36, 18), (30, 50, 52), -14), outside(about((78, 30, 0), (30, 40, 80)))),
        kidneys=kidneys,
        pancreas=Tube(duct, float(rng.uniform(8, 12))),
        adrenals={side: _adrenal(side) for side in Side},
        hollow=tuple(_hollow(about(centre, radii, spread=7), kind, rng) for centre, radii, kind in LOOPS),
        ivc=about((-24, 15, 0), (13, 9.5, 1.2 * ENDLESS), -15, spread=1.5),
        portal=union(Tube(vein, 4.5), Tube(((-14.0, -16.0, 2.0), (-34.0, -20.0, 26.0), (-62.0, -14.0, 40.0)), 6.5)),
        arteries=Tube(((7.0, 4.0, 2.0), (5.0, -9.0, -16.0), (2.0, -14.0, -120.0)), 3.8),
    )


LOOPS: tuple[tuple[Point, Point, str], ...] = (
    ((54, -48, 24), (46, 32, 54), "fluid"),  # stomach
    ((98, -30, -18), (22, 24, 40), "faeces"),  # splenic flexure
    ((10, -74, -42), (60, 15, 17), "faeces"),  # transverse colon
    ((-82, -40, -72), (24, 26, 34), "faeces"),  # hepatic flexure
    ((-36, -24, -34), (15, 13, 34), "fluid"),  # duodenum
    ((58, -16, -58), (20, 15, 17), "fluid"),  # jejunum
    ((34, -44, -60), (18, 14, 20), "fluid"),
    ((78, -44, -74), (17, 17, 20), "fluid"),
)


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
    return union(
        Sheet((x - 2 * out, y - 11), (x, y - 2), 2.6, height),
        Sheet((x, y - 2), (x - 4 * out, y + 12), 1.7, height),
        Sheet((x, y - 2), (x + 9 * out, y + 10), 1.7, height),
    )


def _hollow(outer: Ellipsoid, contents: str, rng: np.random.Generator) -> Hollow:
    gas_mm = outer.centre_mm[1] - outer.radii_mm[1] * rng.uniform(0.0, 1.5)
    return Hollow(outer, float(rng.uniform(1.8, 3.8)), contents, float(gas_mm))
