"""Aorta and iliac vessels: the great vessels that do not give way to a mass. Reference millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Body, Side
from lesionary.phantom.canvas import Shape, union
from lesionary.phantom.girdles import SIGN
from lesionary.phantom.lofts import Joint, Vessel, vessel

FORK_MM = -150.0  # where the aorta divides, in front of L4


@dataclass(frozen=True)
class Vessels:
    """Each artery with the vein along it."""

    aorta: Shape
    """From its root to where it divides."""
    calcified: bool
    common: dict[Side, Shape]
    external: dict[Side, Shape]
    internal: dict[Side, Shape]
    femoral: dict[Side, Shape]
    arteries: tuple[Vessel, ...]
    veins: tuple[Vessel, ...]


def lay_vessels(body: Body, rng: np.random.Generator) -> Vessels:
    """The great vessels of one body: aorta and iliac arteries widen with age."""
    r, off, scale = float(rng.uniform(9, 12.5)), float(rng.normal(0, 2)), body.scale
    to = 7 + off
    aorta = vessel(
        (2, -22, 152, 1.35 * r), (-16, -34, 180, 1.4 * r), (-19, -30, 212, 1.35 * r), (-12, -22, 232, 1.3 * r),
        (4, -4, 243, 1.25 * r), (18, 16, 240, 1.2 * r), (23, 32, 224, 1.15 * r), (24, 38, 190, 1.12 * r),
        (23, 37, 140, 1.1 * r), (18, 29, 80, 1.05 * r), (to + 4, 20, 35, r), (to, 13, 0, r), (to - 1, 8, -60, 0.9 * r),
        (to - 3, 6, -110, 0.85 * r), (0, 6, FORK_MM, 0.85 * r), scale=scale,
    )  # fmt: skip
    sides: dict[str, dict[Side, Shape]] = {"common": {}, "external": {}, "internal": {}, "femoral": {}}
    arteries: list[Vessel] = []
    veins: list[Vessel] = []
    for side, sign in SIGN.items():
        a = 0.5 * r
        pieces: dict[str, tuple[Joint, ...]] = {
            "common": ((1, 6, FORK_MM, a + 0.6), (18, 14, -180, a), (36, 24, -208, a)),
            "external": (
                (36, 24, -208, 0.85 * a), (54, -4, -240, 0.85 * a), (66, -34, -275, 0.85 * a),
                (72, -56, -305, 0.85 * a),
            ),
            "internal": ((36, 24, -208, 0.7 * a), (46, 44, -240, 0.6 * a), (48, 52, -275, 0.45 * a)),
            "femoral": ((72, -56, -305, 0.85 * a), (76, -56, -350, 0.8 * a), (72, -44, -430, 0.7 * a)),
        }  # fmt: skip
        for name, joints in pieces.items():
            artery = vessel(*joints, scale=scale, side=sign)
            # The vein runs behind the artery, towards the midline; the two common ones meet right of the aorta's fork.
            beside: list[Joint] = [(x - 9, y + 9, z, 1.2 * radius) for x, y, z, radius in joints]
            if name == "common":
                beside[0] = (-16 * sign, 14, FORK_MM - 12, 1.5 * a)
                beside.insert(1, (4 if sign > 0 else 16, 20, -178, 1.35 * a))
            if name == "femoral":
                beside = [(x - 13, y + 5, z, 1.2 * radius) for x, y, z, radius in joints]
            vein = vessel(*beside, scale=scale, side=sign)
            arteries.append(artery)
            veins.append(vein)
            sides[name][side] = union(artery, vein)
    return Vessels(aorta, bool(rng.random() < 0.35), **sides, arteries=tuple(arteries), veins=tuple(veins))
