"""Light (DMLI) and fluorescence (DMFL) microscopy."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, whole
from lesionary.subfigures.drawing.fields import (
    Colours,
    Plane,
    Shape,
    blob,
    cloud,
    colour_image,
    grey_image,
    mosaic,
    over,
    plain,
    sharp,
    smooth,
    spread_out,
)
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Sheet

EOSIN = ((238, 190, 212), (226, 160, 190), (245, 210, 222), (218, 175, 205))
HAEMATOXYLIN = ((92, 60, 130), (70, 50, 120), (110, 70, 150))
DYES: dict[str, tuple[float, float, float]] = {
    "blue": (40, 70, 255), "green": (30, 255, 60), "red": (255, 40, 30), "magenta": (255, 40, 230),
}  # fmt: skip


def paint_tissue(rng: np.random.Generator) -> Image.Image:
    """A stained section: glands, sheets of cells, fat, muscle or brown marks of an antibody; at times a smear."""
    shape = format_px(rng, (80, 106), (1.0, 1.3))
    draw = one_of(rng, (_glands, _glands, _sheet_of_cells, _sheet_of_cells, _fat, _fibres, _smear))
    colours = draw(shape, rng)
    colours *= 1 + 0.03 * cloud(shape, 1, rng)[..., None]
    if chance(rng, 0.5):
        image = colour_image(colours)
        sheet = Sheet.over(image)
        wide = between(rng, 12, 25)
        sheet.line([(shape[1] - 5 - wide, shape[0] - 6), (shape[1] - 5, shape[0] - 6)], BLACK, 2)
        return sheet.finished()
    return colour_image(colours)


def _nuclei(
    ground: Colours,
    seeds: np.ndarray,
    radius: float,
    rng: np.random.Generator,
    inks: tuple[tuple[float, ...], ...] = HAEMATOXYLIN,
) -> Colours:
    """Stained nuclei at points (row, column)."""
    shape: Shape = (ground.shape[0], ground.shape[1])
    masks = {ink: np.zeros(shape) for ink in inks}
    for row, column in seeds:
        if -4 < row < shape[0] + 4 and -4 < column < shape[1] + 4:
            size = radius * between(rng, 0.7, 1.25)
            _stamp(masks[one_of(rng, inks)], (row, column), (size, size * between(rng, 0.6, 1.0)), rng)
    for ink, mask in masks.items():
        chromatin = 1 - 0.25 * np.clip(cloud(shape, 0.8, rng), -1, 1.5)
        ground = over(ground, ink, np.clip(mask * 0.85 * chromatin, 0, 1))
    return ground


def _stamp(
    mask: Plane, at: tuple[float, float], radii: tuple[float, float], rng: np.random.Generator, weight: float = 1.0
) -> None:
    """Put a small blob into a mask; only its surroundings are looked at."""
    reach = int(max(radii) * 1.6) + 2
    top, left = max(int(at[0]) - reach, 0), max(int(at[1]) - reach, 0)
    window = mask[top : int(at[0]) + reach + 1, left : int(at[1]) + reach + 1]
    if window.size:
        here = (window.shape[0], window.shape[1])
        drop = blob(here, (at[0] - top, at[1] - left), radii, rng, 0.12, rng.uniform(0, np.pi))
        np.maximum(window, weight * drop, out=window)


def _stroma(shape: Shape, rng: np.random.Generator) -> Colours:
    """Pink connective tissue with wavy fibres."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    turn = rng.uniform(0, np.pi)
    wave = np.sin((rows * np.cos(turn) + columns * np.sin(turn)) * between(rng, 0.4, 0.8) + 2.5 * cloud(shape, 9, rng))
    light = 1 + 0.05 * wave + 0.05 * cloud(shape, 2, rng)
    return np.asarray(plain(shape, one_of(rng, EOSIN)) * light[..., None], np.float64)


def _glands(shape: Shape, rng: np.random.Generator) -> Colours:
    """Rings of nuclei about pale lumina in stroma."""
    gap = between(rng, 24, 40)
    seeds = spread_out(shape, gap, rng, 0.15)
    distance, index = mosaic(shape, seeds)
    edge = distance[..., 1] - distance[..., 0] + 1.5 * cloud(shape, 3, rng)
    colours = _stroma(shape, rng)
    colours = over(colours, tuple(np.array(one_of(rng, EOSIN)) - 22), sharp(edge - 5, 1))
    radius = distance[..., 0] + 1.2 * cloud(shape, 3, rng)
    lumen = gap * rng.uniform(0.1, 0.3, len(seeds))[index[..., 0]]
    colours = over(colours, (250, 243, 247), sharp(lumen - radius, 0.8))
    points = []
    for row, column in seeds:
        for angle in np.arange(0, 2 * np.pi, 4.6 / (gap * 0.36)):
            reach = gap * 0.37 + rng.normal(scale=0.9)
            points.append((row + reach * np.sin(angle), column + reach * np.cos(angle)))
    points.extend(rng.uniform(0, 1, (int(shape[0] * shape[1] / 260), 2)) * shape)
    return _nuclei(colours, np.array(points), between(rng, 1.9, 2.6), rng)


def _sheet_of_cells(shape: Shape, rng: np.random.Generator) -> Colours:
    """Crowded cells; in some an antibody's brown."""
    gap = between(rng, 7, 12)
    seeds = spread_out(shape, gap, rng)
    brown = chance(rng, 0.4)
    ground = (232, 222, 224) if brown else one_of(rng, EOSIN)
    distance, index = mosaic(shape, seeds)
    edge = distance[..., 1] - distance[..., 0]
    light = 1 + 0.04 * cloud(shape, 4, rng) + 0.06 * np.clip(edge / 3 - 0.5, -0.5, 0.5)
    colours = plain(shape, ground) * light[..., None]
    if not brown:
        return _nuclei(colours, seeds, gap * between(rng, 0.26, 0.36), rng)
    share = between(rng, 0.2, 0.8)
    marked = rng.random(len(seeds)) < share
    if chance(rng, 0.5):
        rim = np.exp(-((edge / 2.0) ** 2)) * marked[index[..., 0]]
        colours = over(colours, (130, 80, 40), 0.75 * rim)
        return _nuclei(colours, seeds, gap * 0.28, rng, ((110, 120, 175), (125, 130, 185)))
    colours = _nuclei(colours, seeds[~marked], gap * 0.3, rng, ((120, 130, 185), (135, 140, 195)))
    return _nuclei(colours, seeds[marked], gap * 0.32, rng, ((120, 70, 30), (90, 50, 25)))


def _fat(shape: Shape, rng: np.random.Generator) -> Colours:
    """Empty round cells between thin walls; a steatotic liver where they are scattered."""
    seeds = spread_out(shape, between(rng, 9, 18), rng, 0.25)
    distance, index = mosaic(shape, seeds)
    edge = distance[..., 1] - distance[..., 0]
    full = rng.random(len(seeds)) < one_of(rng, (0.5, 0.95))
    colours = _stroma(shape, rng)
    colours = over(colours, (250, 246, 249), sharp(edge - 1.8, 0.8) * full[index[..., 0]])
    points = rng.uniform(0, 1, (int(shape[0] * shape[1] / 170), 2)) * shape
    walls = [point for point in points if edge[int(point[0]), int(point[1])] < 3]
    return _nuclei(colours, np.array(walls).reshape(-1, 2), 1.8, rng)


def _fibres(shape: Shape, rng: np.random.Generator) -> Colours:
    """Muscle or collagen in bundles; blue in a trichrome stain."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    turn = rng.uniform(0, np.pi)
    across = rows * np.cos(turn) - columns * np.sin(turn) + 3 * cloud(shape, 12, rng)
    stripe = np.sin(across * between(rng, 0.5, 0.9))
    colours = plain(shape, (196, 70, 100) if chance(rng, 0.4) else (226, 140, 165)) * (1 + 0.12 * stripe)[..., None]
    gaps = sharp(-stripe - 0.55 + 0.3 * cloud(shape, 5, rng), 0.2)
    colours = over(colours, (80, 120, 200) if chance(rng, 0.4) else (246, 236, 242), 0.9 * gaps)
    points = rng.uniform(0, 1, (int(shape[0] * shape[1] / 240), 2)) * shape
    return _nuclei(colours, points, 1.7, rng)


def _smear(shape: Shape, rng: np.random.Generator) -> Colours:
    """Red cells with pale middles on a light ground, among them a few white ones."""
    colours = plain(shape, (243, 236, 232)) * (1 + 0.02 * cloud(shape, 8, rng))[..., None]
    cells, pale = np.zeros(shape), np.zeros(shape)
    size = between(rng, 4.5, 7)
    for row, column in spread_out(shape, size * 2.2, rng, 0.3):
        _stamp(cells, (row, column), (size, size * 0.95), rng)
        _stamp(pale, (row, column), (size * 0.45, size * 0.45), rng)
    colours = over(over(colours, (222, 160, 150), cells), (238, 205, 196), 0.8 * smooth(pale, 1))
    for _ in range(whole(rng, 1, 4)):
        at, body = rng.uniform(0.1, 0.9, 2) * shape, np.zeros(shape)
        _stamp(body, (at[0], at[1]), (size * 1.7, size * 1.6), rng)
        colours = over(colours, (190, 175, 220), body)
        lobes = at + rng.normal(scale=size * 0.5, size=(whole(rng, 2, 4), 2))
        colours = _nuclei(colours, lobes, size * 0.65, rng)
    return colours


def paint_fluorescence(rng: np.random.Generator) -> Image.Image:
    """Glowing cells on black: nuclei, what lies about them, threads and dots; one channel or several."""
    shape = format_px(rng, (80, 106), (0.9, 1.3))
    gap = between(rng, 14, 36)
    seeds = spread_out(shape, gap, rng, 0.3)
    seeds = seeds[rng.random(len(seeds)) < between(rng, 0.5, 1)]
    layers = [_glowing(seeds, shape, gap, kind, rng) for kind in rng.permutation(4)[: one_of(rng, (1, 1, 2, 2, 3))]]
    if len(layers) > 1 and chance(rng, 0.7):
        layers[0] = _glowing(seeds, shape, gap, 0, rng)
    noise = between(rng, 0.01, 0.04)
    if len(layers) == 1 and chance(rng, 0.35):
        return _signed(grey_image(255 * np.clip(layers[0] + noise * cloud(shape, 0.5, rng), 0, 1)), rng)
    names = ["blue", "green", "red"] if chance(rng, 0.8) else ["blue", "magenta", "green"]
    if len(layers) == 1:
        names = [one_of(rng, ("green", "red", "blue", "green", "magenta"))]
    colours = plain(shape, (0, 0, 0))
    for name, layer in zip(names, layers, strict=False):
        colours += np.clip(layer + noise * np.abs(cloud(shape, 0.5, rng)), 0, 1)[..., None] * np.array(DYES[name])
    return _signed(colour_image(colours), rng)


def _glowing(seeds: np.ndarray, shape: Shape, gap: float, kind: int, rng: np.random.Generator) -> Plane:
    """One channel, 0 to 1: nuclei, cell bodies, threads or dots."""
    light = np.zeros(shape)
    if kind == 0:
        for row, column in seeds:
            size = gap * between(rng, 0.2, 0.3)
            _stamp(light, (row, column), (size, size * between(rng, 0.7, 1)), rng, between(rng, 0.5, 1))
        return smooth(light * (1 - 0.15 * cloud(shape, 1.2, rng)), 0.6)
    for row, column in seeds:
        size = gap * between(rng, 0.4, 0.65)
        _stamp(light, (row, column), (size, size * between(rng, 0.6, 1)), rng, between(rng, 0.2, 1))
    light = smooth(light, gap * 0.08)
    if kind == 1:
        rim = between(rng, 0.3, 1)
        return light * (1 - rim) * 0.7 + rim * np.clip(np.hypot(*np.gradient(light)) * gap * 0.35, 0, 1)
    if kind == 2:
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        phase = 7 * cloud(shape, gap * 0.5, rng)
        threads = np.sin(phase + rows * 0.5) ** 8 + np.sin(phase * 0.8 + columns * 0.6) ** 8
        return np.asarray(light * np.clip(0.25 + threads, 0, 1), np.float64)
    return light * (0.12 + 1.2 * (smooth((cloud(shape, 0.7, rng) > 1.6).astype(np.float64), 0.6)))


def _signed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """At times with the bar that says how long so many micrometres are."""
    if chance(rng, 0.6):
        return image
    sheet, wide = Sheet.over(image), between(rng, 12, 25)
    sheet.line([(image.width - 5 - wide, image.height - 6), (image.width - 5, image.height - 6)], WHITE, 2)
    return sheet.finished() if image.mode == "RGB" else sheet.finished().convert("L")
