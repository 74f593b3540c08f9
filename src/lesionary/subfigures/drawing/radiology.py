"""Cross-sectional imaging: CT (DRCT), MR (DRMR), PET (DRPE), PET over CT (DRCO)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lesionary.subfigures.drawing.bodies import (
    Tissue,
    abdomen,
    chest,
    draw_section,
    head,
    knee,
    pelvis,
    spine,
    whole_body,
)
from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of
from lesionary.subfigures.drawing.fields import (
    Colours,
    Plane,
    Shape,
    cloud,
    colour_image,
    grey_image,
    over,
    ramp,
    smooth,
)

Tissues = NDArray[np.int64]
FINER = 2  # sections are drawn so many times larger and averaged down

# HU without and with contrast medium.
HU: dict[Tissue, tuple[float, float]] = {
    Tissue.AIR: (-1000, -1000), Tissue.FAT: (-100, -95), Tissue.MUSCLE: (50, 65), Tissue.BONE: (800, 800),
    Tissue.MARROW: (200, 220), Tissue.LIVER: (58, 110), Tissue.SPLEEN: (50, 125), Tissue.KIDNEY: (35, 180),
    Tissue.LUNG: (-840, -830), Tissue.BLOOD: (42, 190), Tissue.BOWEL: (30, 45), Tissue.GREY: (38, 44),
    Tissue.WHITE: (29, 31), Tissue.FLUID: (8, 9), Tissue.LESION: (45, 60), Tissue.SKIN: (40, 45),
}  # fmt: skip
# Signal, 0 to 1, of T1, T2, FLAIR, and T1 after gadolinium.
SIGNAL: dict[Tissue, tuple[float, float, float, float]] = {
    Tissue.AIR: (0, 0, 0, 0), Tissue.FAT: (0.95, 0.75, 0.6, 0.95), Tissue.MUSCLE: (0.4, 0.22, 0.3, 0.45),
    Tissue.BONE: (0.05, 0.05, 0.05, 0.05), Tissue.MARROW: (0.75, 0.5, 0.4, 0.7), Tissue.LIVER: (0.55, 0.3, 0.4, 0.65),
    Tissue.SPLEEN: (0.4, 0.55, 0.5, 0.7), Tissue.KIDNEY: (0.42, 0.6, 0.5, 0.8), Tissue.LUNG: (0.04, 0.05, 0.05, 0.05),
    Tissue.BLOOD: (0.15, 0.1, 0.1, 0.95), Tissue.BOWEL: (0.35, 0.5, 0.4, 0.4), Tissue.GREY: (0.42, 0.58, 0.55, 0.45),
    Tissue.WHITE: (0.58, 0.4, 0.42, 0.6), Tissue.FLUID: (0.14, 0.97, 0.08, 0.16),
    Tissue.LESION: (0.33, 0.8, 0.88, 0.97), Tissue.SKIN: (0.5, 0.4, 0.4, 0.5),
}  # fmt: skip
# Uptake of FDG, 1 the most that is shown.
UPTAKE: dict[Tissue, float] = {
    Tissue.AIR: 0, Tissue.FAT: 0.05, Tissue.MUSCLE: 0.12, Tissue.BONE: 0.08, Tissue.MARROW: 0.2, Tissue.LIVER: 0.36,
    Tissue.SPLEEN: 0.3, Tissue.KIDNEY: 0.7, Tissue.LUNG: 0.06, Tissue.BLOOD: 0.25, Tissue.BOWEL: 0.3, Tissue.GREY: 0.95,
    Tissue.WHITE: 0.4, Tissue.FLUID: 0.05, Tissue.LESION: 1.25, Tissue.SKIN: 0.08,
}  # fmt: skip
HOT = ((0, 0, 0), (120, 0, 0), (240, 60, 0), (255, 190, 0), (255, 255, 230))
RAINBOW = ((0, 0, 0), (0, 0, 170), (0, 170, 170), (0, 200, 0), (240, 230, 0), (230, 0, 0))
WINDOWS_HU = {"soft": (-160.0, 240.0), "lung": (-1350.0, 150.0), "bone": (-300.0, 1200.0), "brain": (-5.0, 85.0)}


def paint_ct(rng: np.random.Generator) -> Image.Image:
    """An axial slice in a window that suits it."""
    region = one_of(rng, (head, chest, chest, abdomen, abdomen, abdomen, pelvis))
    tissues = draw_section(_finer(_format(rng)), rng, (region,))
    window = {head: "brain", chest: one_of(rng, ("lung", "soft"))}.get(
        region, one_of(rng, ("soft", "soft", "soft", "bone"))
    )
    return grey_image(_ct(tissues, window, chance(rng, 0.7), rng))


def _format(rng: np.random.Generator) -> Shape:
    return format_px(rng, (90, 130), (0.95, 1.3))


def _finer(shape: Shape) -> Shape:
    return shape[0] * FINER, shape[1] * FINER


def _coarser(plane: Plane) -> Plane:
    rows, columns = plane.shape[0] // FINER, plane.shape[1] // FINER
    return np.asarray(plane.reshape(rows, FINER, columns, FINER).mean(axis=(1, 3)), np.float64)


def _ct(tissues: Tissues, window: str, contrast: bool, rng: np.random.Generator) -> Plane:
    """Grey levels, with the noise of filtered backprojection and the table below the patient."""
    table = np.array([HU[tissue][int(contrast)] for tissue in Tissue])
    table[Tissue.LESION] += rng.normal(scale=30 if contrast else 12)
    hu = _coarser(smooth(table[tissues], 1.0))
    rows, columns = np.mgrid[: hu.shape[0], : hu.shape[1]]
    bed = np.abs(rows - hu.shape[0] * 0.93 + ((columns / hu.shape[1] - 0.5) ** 2) * hu.shape[0] * 0.25)
    if window != "brain":
        hu[(bed < 0.9) & (hu < -500)] = -450
    low, high = WINDOWS_HU[window]
    sd = {"soft": 16, "lung": 30, "bone": 35, "brain": 2.5}[window] * between(rng, 0.6, 1.4)
    shape = (hu.shape[0], hu.shape[1])
    hu += sd * (cloud(shape, 0.6, rng) - 0.3 * cloud(shape, 3, rng))
    return np.asarray((hu - low) / (high - low) * 255, np.float64)


def paint_mr(rng: np.random.Generator) -> Image.Image:
    """One of four weightings, brighter near the coil."""
    region = one_of(rng, (head, head, head, knee, spine, spine, abdomen, pelvis))
    tissues = draw_section(_finer(_format(rng)), rng, (region,))
    weighting = one_of(rng, (0, 1, 2, 3)) if region is head else one_of(rng, (0, 1, 3))
    signal = _mr(tissues, weighting, rng)
    return grey_image(signal)


def _mr(tissues: Tissues, weighting: int, rng: np.random.Generator) -> Plane:
    table = np.array([SIGNAL[tissue][weighting] for tissue in Tissue]) * rng.uniform(0.85, 1.15, len(Tissue))
    texture = 1 + 0.06 * cloud((tissues.shape[0], tissues.shape[1]), 2, rng)
    signal = _coarser(smooth(table[tissues] * texture, 1.3))
    shape = (signal.shape[0], signal.shape[1])
    bias = np.exp(0.16 * cloud(shape, shape[0] * 0.25, rng))
    noise = between(rng, 0.01, 0.035)
    real, imaginary = signal * bias + noise * cloud(shape, 0.4, rng), noise * cloud(shape, 0.4, rng)
    return 245 * np.hypot(real, imaginary)  # magnitude images have Rician noise


def paint_pet(rng: np.random.Generator) -> Image.Image:
    """Uptake of sugar in the whole body or a slice: dark on white, or in glowing colours."""
    if chance(rng, 0.5):
        shape = format_px(rng, (100, 130), (0.5, 0.7))
        tissues = draw_section(_finer(shape), rng, (whole_body,))
    else:
        tissues = draw_section(_finer(_format(rng)), rng, (head, chest, abdomen))
        if not (tissues >= Tissue.GREY).any():
            _plant(tissues, rng)
    uptake = _pet(tissues, rng)
    uptake = np.clip(uptake * between(rng, 0.85, 1.0) / uptake.max(), 0, 1)
    style = rng.random()
    if style < 0.45:
        return grey_image(255 * (1 - uptake * 1.15))
    return colour_image(ramp(uptake, HOT if style < 0.75 else RAINBOW))


def _pet(tissues: Tissues, rng: np.random.Generator) -> Plane:
    """Uptake, blurred as the scanner does and as noisy as its counts are few."""
    table = np.array([UPTAKE[tissue] for tissue in Tissue]) * rng.uniform(0.8, 1.2, len(Tissue))
    blur = between(rng, 0.016, 0.024) * tissues.shape[1]
    mean = _coarser(smooth(table[tissues], blur))
    grains = smooth(rng.standard_normal(mean.shape), 1.3)
    return np.clip(mean + 0.35 * np.sqrt(np.maximum(mean, 0)) * grains * 0.5, 0, 1)


def paint_fusion(rng: np.random.Generator) -> Image.Image:
    """PET in colour over CT in grey; at times both beside each other."""
    shape = _format(rng)
    region = one_of(rng, (chest, abdomen, abdomen, pelvis, whole_body))
    if region is whole_body:
        shape = format_px(rng, (100, 130), (0.55, 0.75))
    tissues = draw_section(_finer(shape), rng, (region,))
    if region is not whole_body and not (tissues == Tissue.LESION).any():
        _plant(tissues, rng)
    grey = np.clip(_ct(tissues, "soft", False, rng), 0, 255)
    ct = np.repeat(grey[..., None], 3, axis=-1)
    fused = _fuse(ct, _pet(tissues, rng), rng)
    if shape[1] < 100 and chance(rng, 0.4):
        fused = np.concatenate([ct, fused], axis=1)
    return colour_image(fused)


def _fuse(ct: Colours, uptake: Plane, rng: np.random.Generator) -> Colours:
    colours = ramp(uptake, one_of(rng, (HOT, HOT, RAINBOW)))
    return over(ct, colours, np.clip(1.3 * uptake, 0.08, between(rng, 0.55, 0.8)))


def _plant(tissues: Tissues, rng: np.random.Generator) -> None:
    """Something that takes up sugar, somewhere in soft tissue."""
    rows, columns = np.nonzero(np.isin(tissues, (Tissue.MUSCLE, Tissue.FAT, Tissue.LIVER)))
    at = int(rng.integers(len(rows)))
    y, x = np.ogrid[: tissues.shape[0], : tissues.shape[1]]
    radius = between(rng, 0.03, 0.07) * tissues.shape[1]
    tissues[(y - rows[at]) ** 2 + (x - columns[at]) ** 2 < radius**2] = Tissue.LESION
