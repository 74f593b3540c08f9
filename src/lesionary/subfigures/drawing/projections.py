"""Projections and echoes: radiographs (DRXR), angiograms (DRAN), ultrasound (DRUS)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.fields import (
    Plane,
    Shape,
    blob,
    cloud,
    colour_image,
    grey_image,
    over,
    places,
    sharp,
    smooth,
)
from lesionary.subfigures.drawing.vessels import draw_tree


def paint_radiograph(rng: np.random.Generator) -> Image.Image:
    """A chest from the front, or the bones of a limb, a hand or a jaw."""
    draw = one_of(rng, (_chest, _chest, _limb, _limb, _hand, _jaw))
    shape = format_px(rng, (90, 130), (0.75, 1.2) if draw is not _jaw else (1.4, 2.0))
    grey = draw(shape, rng) + between(rng, 2, 5) * cloud(shape, 0.5, rng)
    return grey_image(grey)


def _at(shape: Shape, row: float, column: float) -> tuple[float, float]:
    return shape[0] * (0.5 + row / 2), shape[1] * (0.5 + column / 2)


def _part(
    shape: Shape,
    at: tuple[float, float],
    radii: tuple[float, float],
    rng: np.random.Generator,
    *,
    edge: float = 2.0,
    wobble: float = 0.08,
    turn: float = 0.0,
) -> Plane:
    size = (shape[0] * radii[0] / 2, shape[1] * radii[1] / 2)
    return blob(shape, _at(shape, *at), size, rng, wobble, turn, edge)


def _chest(shape: Shape, rng: np.random.Generator) -> Plane:
    """Attenuation added up along the beam: dark lungs, ribs, spine, heart, diaphragm."""
    rows, columns = places(shape)
    grey = 165 + 18 * cloud(shape, 20, rng) * 0.3 - 60 * sharp(np.abs(columns) - 0.93 + 0.1 * rows, 0.08)
    lungs = np.zeros(shape)
    for side in (-1, 1):
        lungs = np.maximum(lungs, _part(shape, (-0.08, side * 0.44), (0.68, 0.36), rng, edge=3, turn=side * 0.06))
    floor = 0.52 + 0.12 * columns**2 + 0.04 * np.sign(columns) - 0.1 * np.cos(4.5 * columns)
    lungs *= sharp(floor - rows, 0.03)
    grey -= 105 * lungs
    for rib in np.linspace(-0.85, 0.55, whole(rng, 8, 10)):
        for slant, weight in ((0.55, 17), (-0.7, 9)):  # behind and in front
            curve = rib + slant * 0.4 * (np.abs(columns) - 0.2) + 0.25 * columns**2 * np.sign(slant)
            grey += weight * sharp(0.033 - np.abs(rows - curve), 0.015) * sharp(0.88 - np.abs(columns), 0.04)
    hila = smooth(np.abs(cloud(shape, 2.0, rng)), 0.6) * np.exp(-((np.abs(columns) - 0.2) ** 2) / 0.06 - rows**2 / 0.2)
    grey += 34 * hila * lungs
    grey += 50 * sharp(0.09 - np.abs(columns), 0.05)
    grey += 62 * _part(shape, (0.2, 0.14), (0.36, between(rng, 0.26, 0.4)), rng, edge=3, turn=0.4) * (0.4 + 0.6 * lungs)
    for side in (-1, 1):
        clavicle = -0.78 + 0.14 * np.abs(columns - side * 0.1) - 0.1 * columns**2
        grey += 22 * sharp(0.03 - np.abs(rows - clavicle), 0.015) * sharp(side * columns - 0.08, 0.04)
    if chance(rng, 0.5):
        side = one_of(rng, (-1, 1))
        opacity = _part(
            shape, (rng.uniform(-0.4, 0.3), side * 0.45), (between(rng, 0.1, 0.3), between(rng, 0.1, 0.25)), rng, edge=6
        )
        grey += between(rng, 35, 75) * opacity
    return grey


def _bone(
    shape: Shape,
    at: tuple[float, float],
    radii: tuple[float, float],
    rng: np.random.Generator,
    turn: float = 0.0,
    flare: float = 0.5,
) -> Plane:
    """One bone: brightest in its cortex, streaked inside, wider by `flare` at its ends."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    y, x = y - shape[0] * (0.5 + at[0] / 2), x - shape[1] * (0.5 + at[1] / 2)
    along, across = y * np.cos(turn) - x * np.sin(turn), y * np.sin(turn) + x * np.cos(turn)
    half, wide = shape[0] * radii[0] / 2, shape[1] * radii[1] / 2
    place = np.abs(along) / half
    width = wide * (1.12 - flare + flare * place**4)
    depth = np.minimum(width - np.abs(across), half - np.abs(along))
    inside = sharp(depth, 0.8)
    cortex = np.exp(-((depth / (0.22 * wide + 0.8)) ** 2)) * (1 - 0.5 * place**4)
    return np.asarray(inside * (60 + 85 * cortex + 5 * cloud(shape, 1, rng)), np.float64)


def _limb(shape: Shape, rng: np.random.Generator) -> Plane:
    """Two long bones that meet at a joint, or run beside each other, at times broken or plated."""
    _, columns = places(shape)
    turn = rng.normal(scale=0.12)
    grey = 18 + 60 * sharp(between(rng, 0.5, 0.68) - np.abs(columns + 0.06 * cloud(shape, 18, rng)), 0.06)
    joint = rng.uniform(-0.25, 0.25)
    if chance(rng, 0.6):
        grey += _bone(shape, (joint - 1.02, 0), (1.0, 0.32), rng, turn)
        grey += _bone(shape, (joint + 1.02, -0.03), (1.0, 0.3), rng, -turn)
        if chance(rng, 0.6):
            grey += 0.6 * _bone(shape, (joint + 1.08, 0.3), (0.95, 0.1), rng, -turn)
    else:
        grey += _bone(shape, (0, -0.2), (1.3, 0.22), rng, turn) + _bone(shape, (0, 0.26), (1.2, 0.17), rng, turn / 2)
    if chance(rng, 0.4):
        y, x = _at(shape, rng.uniform(-0.4, 0.4), 0)
        rows, cols = np.mgrid[: shape[0], : shape[1]]
        grey -= 45 * np.exp(-(((rows - y - 0.5 * (cols - x) * rng.normal()) / 1.2) ** 2)) * (grey > 110)
    if chance(rng, 0.3):
        plate = sharp(0.035 - np.abs(columns - 0.12), 0.01) * sharp(0.5 - np.abs(places(shape)[0]), 0.02)
        grey = np.maximum(grey, 250 * plate)
    return grey


def _hand(shape: Shape, rng: np.random.Generator) -> Plane:
    """Five rays of bones and the wrist."""
    grey = 14 + 50 * _part(shape, (0.22, 0.02), (0.42, 0.42), rng, edge=4)
    grey += 40 * _part(shape, (0.8, 0.0), (0.6, 0.3), rng, edge=4)
    for row, column in ((0.5, -0.13), (0.5, 0.0), (0.5, 0.13), (0.6, -0.12), (0.61, 0.01), (0.6, 0.13)):
        at = (row + rng.normal(scale=0.01), column + rng.normal(scale=0.01))
        grey += 80 * _part(shape, at, (0.055, 0.075), rng, edge=1, wobble=0.2)
    for side in (-0.1, 0.12):
        grey += _bone(shape, (1.02, side), (0.34, 0.14), rng)
    for root, angle, reach in zip(
        (-0.2, -0.13, -0.03, 0.07, 0.17), (-0.75, -0.2, -0.05, 0.1, 0.28), (0.7, 1.0, 1.06, 1.0, 0.84), strict=True
    ):
        for start, length in ((0.06, 0.38), (0.46, 0.26), (0.74, 0.16), (0.92, 0.1)):
            middle = reach * (start + length / 2)
            at = (0.45 - 1.25 * middle * np.cos(angle), root + 1.25 * middle * np.sin(angle) * shape[0] / shape[1])
            grey += 45 * _part(shape, at, (length * 0.85, 0.13), rng, edge=3, turn=-angle, wobble=0)
            grey += _bone(shape, at, (length * 0.6 * reach, 0.07), rng, -angle, flare=0.25)
    return grey


def _jaw(shape: Shape, rng: np.random.Generator) -> Plane:
    """Two rows of teeth on a panoramic film."""
    rows, columns = places(shape)
    arch = rows - 0.25 * columns**2 + 0.12
    grey = 70 + 30 * np.exp(-((arch / 0.6) ** 2)) + 10 * cloud(shape, 2, rng) + 10 * cloud(shape, 10, rng)
    count = whole(rng, 10, 14)
    for tooth in range(count):
        x = -0.85 + 1.7 * (tooth + 0.5) / count
        for side in (-1, 1):
            if chance(rng, 0.08):
                continue
            depth = side * arch
            half = 0.68 / count * (1.1 - 0.6 * np.clip(depth / 0.6, 0, 1))
            inside = sharp(half - np.abs(columns - x), 0.012) * sharp(depth - 0.03, 0.02) * sharp(0.58 - depth, 0.05)
            crown = sharp(0.25 - depth, 0.04)
            grey += inside * (55 + 55 * crown)
            grey -= 30 * inside * np.exp(-(((columns - x) / 0.012) ** 2)) * (1 - crown)
            if chance(rng, 0.15):
                grey += 70 * inside * sharp(0.14 - depth, 0.02)
    return grey - 25 * sharp(np.abs(columns) - 0.95, 0.04)


def paint_angiogram(rng: np.random.Generator) -> Image.Image:
    """A tree of vessels, dark with contrast medium on a grey field, or bright on black."""
    shape = format_px(rng, (90, 130), (0.85, 1.2))
    tree = draw_tree(shape, rng)
    bright = chance(rng, 0.3)
    if bright:
        grey = 16 + 8 * cloud(shape, 6, rng) + 225 * np.clip(tree, 0, 1) ** 0.8
    else:
        ground = between(rng, 140, 195) + 14 * cloud(shape, 14, rng) + 8 * cloud(shape, 4, rng)
        grey = ground * np.exp(-1.7 * np.clip(tree, 0, 1.3))
        if chance(rng, 0.4):
            rows, columns = places(shape)
            grey = np.where(np.hypot(rows, columns) < 1.05, grey, 8)
    return grey_image(grey + between(rng, 2, 5) * cloud(shape, 0.5, rng))


def paint_ultrasound(rng: np.random.Generator) -> Image.Image:
    """Speckle in a fan or a strip: layers, a cyst or a mass and what lies behind it; at times flow in colour."""
    shape = format_px(rng, (95, 135), (0.9, 1.4))
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    fan = chance(rng, 0.7)
    apex = -between(rng, 0.05, 0.35) * shape[0] if fan else -30.0 * shape[0]
    depth = np.hypot(rows - apex, columns - shape[1] / 2) - abs(apex) - 3
    angle = np.arctan2(columns - shape[1] / 2, rows - apex)
    inside = (depth > 0) & (depth < shape[0] * 0.93)
    inside &= np.abs(angle) < between(rng, 0.5, 0.72) if fan else np.abs(columns - shape[1] / 2) < shape[1] * 0.46
    tissue = _echoes(shape, depth / shape[0], rng)
    axial, lateral = 0.8, between(rng, 1.4, 2.2)
    speckle = np.hypot(*(np.asarray(_grain(shape, axial, lateral, rng)) for _ in range(2)))
    grey = 255 * np.clip(0.36 + 0.2 * np.log(np.maximum(tissue * speckle, 1e-3)), 0, 1) * inside
    grey += 6 * (np.abs(columns - shape[1] + 4) < 1) * (rows % 12 < 1) * 30  # the depth scale
    if chance(rng, 0.2):
        flow = cloud(shape, 5, rng)
        gate = _part(shape, (0.05, rng.uniform(-0.2, 0.2)), (0.4, 0.4), rng) * (np.abs(flow) > 0.9) * inside
        red = np.where(flow[..., None] > 0, (225.0, 60.0, 20.0), (30.0, 70.0, 230.0))
        return colour_image(over(np.repeat(grey[..., None], 3, axis=-1), red, smooth(gate, 0.6)))
    return grey_image(grey)


def _grain(shape: Shape, axial: float, lateral: float, rng: np.random.Generator) -> Plane:
    fine = cloud(shape, axial, rng)
    kernel = np.exp(-((np.arange(-5, 6) / lateral) ** 2))
    wide = np.apply_along_axis(np.convolve, 1, fine, kernel / kernel.sum(), "same")
    return np.asarray(wide / wide.std(), np.float64)


def _echoes(shape: Shape, depth: Plane, rng: np.random.Generator) -> Plane:
    """How much each place scatters back."""
    tissue = np.exp(0.35 * cloud(shape, 8, rng)) * between(rng, 0.8, 1.4)
    for layer in np.sort(rng.uniform(0.04, 0.9, whole(rng, 2, 5))):
        tissue *= 1 + 3.5 * np.exp(-(((depth - layer + 0.012 * cloud(shape, 18, rng)) / 0.012) ** 2))
    tissue *= np.where(depth < 0.05, 3.0, 1.0)
    for _ in range(whole(rng, 1, 3)):
        at, radii = (rng.uniform(-0.2, 0.45), rng.uniform(-0.35, 0.35)), tuple(rng.uniform(0.12, 0.36, 2))
        inside = _part(shape, at, (radii[0], radii[1]), rng, edge=1.5)
        rim = np.clip(smooth(inside, 1.2) * (1 - inside) * 5, 0, 1)
        kind = rng.random()
        tissue *= 1 + inside * ((0.015 if kind < 0.5 else 0.25 if kind < 0.85 else 4.0) - 1) + 3 * rim
        _, column = _at(shape, *at)
        below = sharp(shape[1] * radii[1] * 0.4 - np.abs(np.arange(shape[1]) - column), 3) * (
            depth > 0.5 + at[0] / 2 + radii[0] / 3
        )
        tissue *= 1 + below * (1.0 if kind < 0.5 else -0.7 if kind > 0.85 else 0.0)
    return np.asarray(tissue * np.exp(-1.2 * depth), np.float64)
