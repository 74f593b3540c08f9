"""Shoulders, pelvis and thighs: bones and the muscles on them. Reference millimetres of the left side, mirrored.

Arms are raised, as for a scan: the humerus leaves the picture upwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from lesionary.phantom.body import Body, Side
from lesionary.phantom.canvas import Ellipsoid, Shape, Tube, common, outside, union
from lesionary.phantom.lofts import Blade, Loft, Vessel, mirrored
from lesionary.phantom.wall import HIGHEST_MM, LOWEST_MM

SIGN = {Side.LEFT: 1.0, Side.RIGHT: -1.0}


@dataclass(frozen=True)
class Bone:
    """A bone with its cortex; long ones hold fatty marrow in their shaft."""

    shape: Shape
    cortex_mm: float
    marrow: bool = False


@dataclass(frozen=True)
class Girdles:
    """What hangs on the trunk, by side where a lesion may lie in it."""

    bones: tuple[Bone, ...]
    muscles: tuple[Shape, ...]
    clefts: tuple[Shape, ...]
    """Fat between muscles."""
    scapula: dict[Side, Shape]
    pelvis: dict[Side, Shape]
    femur: dict[Side, Shape]
    psoas: dict[Side, Shape]
    axilla: dict[Side, Shape]
    supraclavicular: dict[Side, Shape]
    groin: dict[Side, Shape]
    thigh: dict[Side, Shape]
    sacrum: Shape


def lay_girdles(body: Body, size: float) -> Girdles:
    """Both girdles of one body, its muscles `size` times as thick as usual."""
    sides = {side: _Half(body.scale, sign, size) for side, sign in SIGN.items()}
    sx, sy = body.scale
    sacrum = Loft(
        tuple((z, 0.0, y * sy, rx * sx, ry) for z, y, rx, ry in (
            (-335, 68, 5, 5), (-300, 82, 12, 6), (-265, 84, 32, 9), (-230, 72, 48, 16),
            (-205, 56, 54, 20), (-190, 46, 52, 17),
        ))
    )  # fmt: skip
    bones = [Bone(sacrum, 1.3)]
    for half in sides.values():
        bones += [Bone(half.scapula(), 1.2), Bone(half.clavicle(), 1.6), Bone(half.humerus(), 1.8)]
        bones += [Bone(half.pelvis(), 1.6), Bone(half.femur(), 2.2), Bone(half.shaft(), 4.5, marrow=True)]
    return Girdles(
        bones=tuple(bones),
        muscles=tuple(muscle for half in sides.values() for muscle in half.muscles()),
        clefts=tuple(cleft for half in sides.values() for cleft in half.clefts()),
        scapula={side: half.scapula() for side, half in sides.items()},
        pelvis={side: half.pelvis() for side, half in sides.items()},
        femur={side: union(half.femur(), half.shaft()) for side, half in sides.items()},
        psoas={side: half.psoas() for side, half in sides.items()},
        axilla={side: half.axilla() for side, half in sides.items()},
        supraclavicular={side: half.supraclavicular() for side, half in sides.items()},
        groin={side: half.groin() for side, half in sides.items()},
        thigh={side: union(*half.thigh()) for side, half in sides.items()},
        sacrum=sacrum,
    )


@dataclass(frozen=True)
class _Half:
    """One side, in a body's millimetres."""

    scale: tuple[float, float]
    sign: float
    size: float

    def at(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        return self.sign * x * self.scale[0], y * self.scale[1], z

    def ball(self, x: float, y: float, z: float, rx: float, ry: float, rz: float, tilt: float = 0.0) -> Ellipsoid:
        return Ellipsoid(self.at(x, y, z), (rx, ry, rz), self.sign * tilt)

    def belly(self, *stations: tuple[float, float, float, float, float], tilt: float = 0.0) -> Loft:
        """A muscle: height, centre, half axes."""
        return Loft(
            tuple((z, *self.at(x, y, 0)[:2], rx * self.size, ry * self.size) for z, x, y, rx, ry in stations),
            self.sign * tilt,
        )

    def blade(self, *stations: tuple[float, float, float, float, float, float]) -> Blade:
        sx, sy = self.scale
        rows = tuple((z, x0 * sx, y0 * sy, x1 * sx, y1 * sy, half) for z, x0, y0, x1, y1, half in stations)
        return Blade(mirrored(self.sign, rows, (1, 3)))

    def rod(self, radius: float, *points: tuple[float, float, float]) -> Tube:
        return Tube(tuple(self.at(*point) for point in points), radius)

    def scapula(self) -> Shape:
        blade = self.blade(
            (150, 118, 78, 128, 66, 2),
            (190, 92, 92, 140, 56, 2.4),
            (245, 80, 92, 148, 46, 2.6),
            (285, 84, 84, 150, 40, 3),
        )
        spine = self.rod(5.0, (88, 98, 268), (140, 82, 292), (166, 40, 318))
        return union(
            blade, spine, self.ball(150, 34, 290, 9, 14, 18, -30), self.rod(5.5, (146, 26, 300), (140, 2, 306))
        )

    def clavicle(self) -> Shape:
        return self.rod(6.2, (22, -56, 272), (60, -58, 290), (112, -20, 318), (160, 4, 330))

    def humerus(self) -> Shape:
        return union(self.ball(170, 22, 300, 22, 22, 24), self.rod(11, (172, 22, 300), (180, 12, HIGHEST_MM + 20)))

    def pelvis(self) -> Shape:
        wing = self.blade(
            (-268, 100, -18, 62, 58, 8), (-245, 112, -30, 52, 72, 5), (-205, 120, -18, 50, 76, 4.5),
            (-172, 118, 8, 66, 72, 4), (-160, 112, 26, 82, 62, 3)
        )  # fmt: skip
        socket = common(self.ball(82, 8, -294, 38, 40, 36), outside(self.ball(92, 4, -298, 28, 28, 28)))
        ischium = self.belly(
            (-352, 58, 46, 10, 13), (-335, 62, 44, 13, 17), (-315, 66, 40, 12, 16), (-295, 68, 36, 10, 14)
        )
        pubis = self.rod(7.5, (68, -22, -302), (36, -46, -312), (9, -50, -322))
        ramus = self.rod(6.0, (11, -46, -330), (34, -12, -345), (54, 34, -350))
        return union(wing, socket, ischium, pubis, ramus)

    def femur(self) -> Shape:
        neck = self.rod(14, (92, 4, -298), (118, 14, -318))
        trochanters = union(self.ball(126, 20, -318, 15, 19, 26), self.ball(103, 22, -352, 9, 9, 14))
        return union(self.ball(92, 4, -298, 24, 24, 24), neck, trochanters)

    def shaft(self) -> Shape:
        return Vessel((
            (*self.at(119, 12, -335), 17.0),
            (*self.at(112, 4, -375), 15.0),
            (*self.at(104, 0, LOWEST_MM - 20), 13.5),
        ))  # fmt: skip

    def psoas(self) -> Shape:
        return self.belly(
            (-365, 98, 4, 9, 9), (-320, 92, -26, 17, 14), (-280, 84, -36, 20, 17), (-235, 68, -8, 21, 19),
            (-195, 54, 20, 19, 19),
            (-140, 46, 34, 17, 18), (-80, 36, 44, 13, 15), (-25, 26, 50, 7, 10),
        )  # fmt: skip

    def iliacus(self) -> Shape:
        return self.blade(
            (-275, 88, -30, 80, -10, 10),
            (-245, 100, -20, 60, 48, 9),
            (-205, 110, -8, 62, 58, 7),
            (-175, 108, 14, 80, 58, 3),
        )

    def axilla(self) -> Shape:
        return self.belly(
            (185, 132, 6, 8, 16),
            (215, 128, 2, 17, 24),
            (255, 124, 2, 23, 26),
            (290, 112, -4, 18, 18),
            (315, 100, -12, 7, 8),
        )

    def ischiorectal(self) -> Shape:
        return self.belly((-375, 26, 70, 8, 18), (-345, 32, 66, 18, 24), (-315, 42, 72, 13, 20), (-300, 46, 74, 5, 10))

    def groin(self) -> Shape:
        return self.belly(
            (-390, 70, -58, 12, 10), (-350, 72, -58, 20, 14), (-318, 66, -60, 22, 15), (-296, 68, -64, 14, 9)
        )

    def supraclavicular(self) -> Shape:
        return self.belly((276, 66, -30, 10, 6), (300, 66, -22, 30, 15), (330, 62, -8, 30, 18), (352, 56, 4, 22, 14))

    def clefts(self) -> tuple[Shape, ...]:
        return self.axilla(), self.supraclavicular(), self.ischiorectal(), self.groin()

    def muscles(self) -> tuple[Shape, ...]:
        """From the deepest to those that lie on others."""
        chest = (
            self.belly(
                (160, 116, 62, 12, 6), (215, 112, 72, 34, 10), (265, 118, 68, 36, 12), (290, 122, 60, 28, 10), tilt=-42
            ),
            self.belly(
                (160, 126, 76, 12, 6), (215, 122, 84, 34, 9), (265, 124, 84, 32, 10), (290, 128, 76, 20, 8), tilt=-42
            ),
            self.belly(
                (120, 146, 44, 6, 26), (200, 150, 34, 9, 30), (245, 156, 36, 10, 24), (275, 158, 32, 8, 14), tilt=-12
            ),
            self.ball(176, 22, 296, 36, 42, 42),
            self.blade(
                (225, 14, 96, 60, 92, 3),
                (270, 14, 92, 110, 84, 5),
                (310, 16, 82, 150, 52, 8),
                (345, 20, 70, 160, 34, 11),
            ),
            self.belly((276, 30, -44, 6, 5), (310, 42, -26, 10, 7), (345, 52, -16, 12, 8), tilt=30),
            self.belly((300, 36, 12, 10, 14), (345, 34, 8, 13, 16)),
        )
        hip = (
            self.blade(
                (-285, 118, -8, 116, 20, 8),
                (-250, 122, -18, 88, 60, 11),
                (-210, 130, -10, 76, 78, 9),
                (-172, 126, 14, 90, 68, 4),
            ),
            self.belly(
                (-380, 96, 68, 16, 12), (-330, 84, 92, 50, 17), (-270, 74, 98, 52, 17), (-215, 58, 96, 30, 9), tilt=-18
            ),
            self.belly((-345, 48, 16, 5, 20), (-310, 50, 18, 6, 32), (-270, 54, 22, 5, 30), tilt=8),
        )
        flank = (self.belly((-165, 84, 60, 16, 7), (-100, 72, 66, 18, 7.5), (-30, 56, 70, 15, 6), tilt=-32),)
        return (*chest, *hip, *flank, self.iliacus(), self.psoas(), *self.thigh())

    def thigh(self) -> tuple[Shape, ...]:
        """Groups of muscle around the femur."""
        low = LOWEST_MM - 10
        return (
            self.belly((low, 102, -18, 36, 28), (-385, 112, -22, 32, 24), (-345, 118, -22, 18, 16)),
            self.belly((low, 54, 14, 32, 38), (-380, 50, 8, 30, 40), (-345, 40, -14, 20, 26), (-325, 34, -30, 10, 12)),
            self.belly((low, 84, 52, 40, 24), (-385, 78, 58, 30, 18), (-352, 66, 60, 14, 8)),
            self.belly((low, 66, -52, 13, 8), (-370, 92, -58, 12, 8), (-310, 116, -54, 12, 8)),
        )
