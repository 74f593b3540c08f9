"""Electron microscopes: surfaces (DMEL) and ultrathin sections (DMTR)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.fields import (
    Plane,
    Shape,
    blob,
    cloud,
    grey_image,
    lit,
    mosaic,
    sharp,
    smooth,
    spread_out,
)
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Face, Sheet


def paint_surface(rng: np.random.Generator) -> Image.Image:
    """A scanned surface: edges glow; particles, fibres, cells or a porous ground; at times the microscope's caption."""
    shape = format_px(rng, (85, 120), (1.0, 1.35))
    height = one_of(rng, (_particles, _particles, _mesh, _cells, _pores))(shape, rng)
    matt, _ = lit(height, rng, between(rng, 0.5, 1.0))
    edges = np.clip(np.hypot(*np.gradient(height)), 0, 3) / 3
    hollow = smooth(height, 4) - height
    grey = 10 + 130 * matt + 135 * edges - 13 * np.clip(hollow, -3, 7) + between(rng, 3, 9) * cloud(shape, 0.4, rng)
    image = grey_image(grey)
    return _captioned(image, rng) if chance(rng, 0.4) else image


def _captioned(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    sheet, h = Sheet.over(image), image.height
    sheet.box((0, h - 11, image.width, h), BLACK)
    text = f"{whole(rng, 1, 20)}kV x{whole(rng, 1, 60) * 500}"
    sheet.text((3, h - 5.5), text, 6.5, WHITE, Face.SANS, "lm")
    sheet.line([(image.width - 26, h - 4), (image.width - 6, h - 4)], WHITE, 1.2)
    sheet.text((image.width - 16, h - 8), f"{one_of(rng, (1, 2, 5, 10, 50))} µm", 5, WHITE)
    return sheet.finished().convert("L")


def _domes(shape: Shape, centres: np.ndarray, radii: np.ndarray, stretch: np.ndarray, turn: np.ndarray) -> Plane:
    """The highest of half ellipsoids at points, 0 between them."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    height = np.zeros(shape)
    for (row, column), radius, longer, angle in zip(centres, radii, stretch, turn, strict=True):
        y, x = rows - row, columns - column
        u, v = (y * np.cos(angle) - x * np.sin(angle)) / longer, y * np.sin(angle) + x * np.cos(angle)
        height = np.maximum(height, np.sqrt(np.maximum(radius**2 - u**2 - v**2, 0)))
    return height


def _particles(shape: Shape, rng: np.random.Generator) -> Plane:
    """Spheres or rods: beads, cocci, bacilli, red cells."""
    count, size = whole(rng, 15, 70), between(rng, 3, 10)
    long = between(rng, 1.6, 3.2) if chance(rng, 0.4) else 1.0
    centres = rng.uniform(0, 1, (count, 2)) * shape
    radii = size * rng.uniform(0.7, 1.2, count) * (0.6 if long > 1 else 1)
    height = _domes(shape, centres, radii, np.full(count, long), rng.uniform(0, np.pi, count))
    return height + 0.5 * cloud(shape, 2.5, rng) + 1.5 * cloud(shape, 10, rng)


def _mesh(shape: Shape, rng: np.random.Generator) -> Plane:
    """Fibres over fibres: a scaffold, fibrin, collagen."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    height, thick = np.zeros(shape), between(rng, 1.2, 3.5)
    for level in range(whole(rng, 18, 40)):
        turn, at, wide = rng.uniform(0, np.pi), rng.uniform(0, 1, 2) * shape, thick * between(rng, 0.6, 1.3)
        across = (rows - at[0]) * np.cos(turn) - (columns - at[1]) * np.sin(turn)
        along = (rows - at[0]) * np.sin(turn) + (columns - at[1]) * np.cos(turn)
        across = across + between(rng, 0, 4) * np.sin(along * 0.06 + rng.uniform(0, 6))
        tube = np.sqrt(np.maximum(wide**2 - across**2, 0))
        height = np.where(tube > 0, 0.25 * level + tube, height)
    return height


def _cells(shape: Shape, rng: np.random.Generator) -> Plane:
    """An epithelium: polygonal cells with a carpet of microvilli, or flat spread ones."""
    distance, index = mosaic(shape, spread_out(shape, between(rng, 16, 34), rng))
    edge = distance[..., 1] - distance[..., 0]
    villi = (smooth(np.maximum(cloud(shape, 0.9, rng), 0), 0.4) * between(rng, 1, 3)) if chance(rng, 0.7) else 0.0
    raised = rng.uniform(0, 5, int(index.max()) + 1)[index[..., 0]]
    return np.asarray(smooth(raised + 3 * np.tanh(edge / 5), 1) + villi + 0.4 * cloud(shape, 3, rng), np.float64)


def _pores(shape: Shape, rng: np.random.Generator) -> Plane:
    """A rough ground with holes and cracks: bone, enamel, a membrane."""
    distance, _ = mosaic(shape, spread_out(shape, between(rng, 9, 20), rng, 0.4))
    holes = sharp(between(rng, 2.5, 5) - distance[..., 0] + cloud(shape, 3, rng), 1.5)
    rough = 1.4 * cloud(shape, 1.5, rng) + 3 * cloud(shape, 7, rng)
    return rough * 0.6 - 7 * holes


def paint_section(rng: np.random.Generator) -> Image.Image:
    """An ultrathin section, or particles on a film: dark membranes on light plasm."""
    shape = format_px(rng, (85, 120), (1.0, 1.35))
    light = one_of(rng, (_cell, _cell, _cell, _particles_on_film, _fibrils))(shape, rng)
    grey = between(rng, 25, 60) + 160 * light + between(rng, 4, 9) * cloud(shape, 0.5, rng)
    image = grey_image(grey)
    if chance(rng, 0.3):
        return _captioned(image, rng)
    if chance(rng, 0.4):
        sheet = Sheet.over(image)
        sheet.line([(image.width - 24, image.height - 6), (image.width - 6, image.height - 6)], BLACK, 2)
        if chance(rng, 0.6):
            sheet.text(
                (image.width * between(rng, 0.3, 0.7), image.height * between(rng, 0.3, 0.7)),
                one_of(rng, ("M", "N", "*", "ER")),
                9,
            )
        return sheet.finished().convert("L")
    return image


def _cell(shape: Shape, rng: np.random.Generator) -> Plane:
    """Plasm with grains, mitochondria, vesicles, layers of membranes; at times a nucleus."""
    light = 0.72 + 0.05 * cloud(shape, 6, rng) - 0.1 * np.maximum(cloud(shape, 0.7, rng) - 0.6, 0)
    if chance(rng, 0.55):
        light = _nucleus(light, shape, rng)
    if chance(rng, 0.6):
        phase = 5 * cloud(shape, 14, rng)
        where = sharp(cloud(shape, 16, rng) - 0.5, 0.4)
        light -= 0.45 * where * np.exp(-((np.sin(phase) / 0.16) ** 2))
    for _ in range(whole(rng, 3, 9)):
        light = _mitochondrion(light, shape, rng)
    for _ in range(whole(rng, 2, 22)):
        at, radius = rng.uniform(0, 1, 2) * shape, between(rng, 2, 5)
        body = blob(shape, (at[0], at[1]), (radius, radius), rng, 0.08)
        rim = body - blob(shape, (at[0], at[1]), (radius - 1.1, radius - 1.1), rng, 0.05)
        light += body * (one_of(rng, (0.95, 0.95, 0.15)) - light) * 0.9
        light -= 0.5 * np.clip(rim, 0, 1)
    return light


def _nucleus(light: Plane, shape: Shape, rng: np.random.Generator) -> Plane:
    at = (rng.uniform(0.1, 0.9) * shape[0], rng.uniform(0.1, 0.9) * shape[1])
    state = int(rng.integers(2**31))  # so that both outlines are the same, one inside the other
    radii = (shape[0] * between(rng, 0.3, 0.5), shape[1] * between(rng, 0.25, 0.45))
    outer = blob(shape, at, radii, np.random.default_rng(state), 0.14)
    inner = blob(shape, at, (radii[0] - 2.5, radii[1] - 2.5), np.random.default_rng(state), 0.14)
    deep = blob(shape, at, (radii[0] * 0.82, radii[1] * 0.82), np.random.default_rng(state), 0.14, edge_px=3)
    chromatin = 0.62 - 0.22 * sharp(cloud(shape, 2.5, rng) - 0.4, 0.5) - 0.25 * (1 - deep)
    nucleolus = blob(shape, (at[0] + rng.normal(scale=6), at[1] + rng.normal(scale=6)), (6, 5), rng, 0.2)
    chromatin -= 0.3 * nucleolus
    light = light + (chromatin - light) * inner
    return light - 0.45 * np.clip(outer - inner, 0, 1)


def _mitochondrion(light: Plane, shape: Shape, rng: np.random.Generator) -> Plane:
    at, turn = rng.uniform(0, 1, 2) * shape, rng.uniform(0, np.pi)
    radii = (between(rng, 9, 18), between(rng, 5, 8))
    state = int(rng.integers(2**31))
    outer, inner = (
        blob(shape, (at[0], at[1]), (radii[0] - less, radii[1] - less), np.random.default_rng(state), 0.06, turn)
        for less in (0.0, 1.6)
    )
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    along = (rows - at[0]) * np.cos(turn) - (columns - at[1]) * np.sin(turn)
    cristae = np.exp(-((np.sin(along * between(rng, 0.7, 1.0) + 0.6 * cloud(shape, 3, rng)) / 0.3) ** 2))
    light = light + (0.5 - 0.3 * cristae - light) * inner
    return light - 0.5 * np.clip(outer - inner, 0, 1)


def _particles_on_film(shape: Shape, rng: np.random.Generator) -> Plane:
    """Virus particles or metal grains on an empty film."""
    light = 0.8 + 0.03 * cloud(shape, 8, rng)
    size, solid = between(rng, 3, 9), chance(rng, 0.5)
    for _ in range(whole(rng, 12, 60)):
        at = rng.uniform(0, 1, 2) * shape
        body = blob(shape, (at[0], at[1]), (size, size * between(rng, 0.85, 1)), rng, 0.05)
        if solid:
            light -= 0.55 * body * (1 - 0.4 * (light < 0.4))
        else:
            core = blob(shape, (at[0], at[1]), (size * 0.6, size * 0.6), rng, 0.05)
            halo = blob(shape, (at[0], at[1]), (size * 1.35, size * 1.35), rng, 0.05, edge_px=2)
            light += 0.12 * body - 0.35 * np.clip(halo - body, 0, 1) - 0.3 * core
    return light


def _fibrils(shape: Shape, rng: np.random.Generator) -> Plane:
    """Muscle: bands across fibres; or myelin: rings about axons."""
    if chance(rng, 0.5):
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        turn = rng.uniform(0, np.pi)
        along = rows * np.cos(turn) + columns * np.sin(turn) + 1.5 * cloud(shape, 10, rng)
        across = columns * np.cos(turn) - rows * np.sin(turn) + cloud(shape, 12, rng)
        period = between(rng, 18, 30)
        line = np.exp(-(((along % period - period / 2) / 1.2) ** 2))
        dark = sharp(np.cos(2 * np.pi * along / period), 0.25)
        fibre = np.exp(-((np.sin(across * np.pi / between(rng, 9, 14)) / 0.15) ** 2))
        light = 0.75 - 0.28 * dark - 0.4 * line + 0.25 * fibre + 0.05 * cloud(shape, 1, rng)
        return np.asarray(light, np.float64)
    distance, index = mosaic(shape, spread_out(shape, between(rng, 22, 36), rng, 0.25))
    radius = distance[..., 0] + cloud(shape, 5, rng)
    size = rng.uniform(5, 13, int(index.max()) + 1)[index[..., 0]]
    sheath = sharp(size + 3 - radius, 0.7) - sharp(size - radius, 0.7)
    return 0.65 + 0.06 * cloud(shape, 2, rng) + 0.15 * sharp(size - radius, 0.7) - 0.55 * sheath
