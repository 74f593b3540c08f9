"""Sections through bodies, as tissues: what CT, MR and PET see each in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lesionary.subfigures.drawing.dice import between, chance, one_of, whole
from lesionary.subfigures.drawing.fields import Shape, blob, cloud


class Tissue(IntEnum):
    """What a pixel holds."""

    AIR = 0
    FAT = 1
    MUSCLE = 2
    BONE = 3
    MARROW = 4
    LIVER = 5
    SPLEEN = 6
    KIDNEY = 7
    LUNG = 8
    BLOOD = 9
    BOWEL = 10
    GREY = 11
    """Grey matter."""
    WHITE = 12
    """White matter."""
    FLUID = 13
    LESION = 14
    SKIN = 15


@dataclass
class Section:
    """A plane of tissues that is still being filled."""

    tissues: NDArray[np.int64]
    rng: np.random.Generator

    @property
    def shape(self) -> Shape:
        """Rows and columns."""
        return self.tissues.shape[0], self.tissues.shape[1]

    def fill(
        self,
        tissue: Tissue,
        at: tuple[float, float],
        radii: tuple[float, float],
        wobble: float = 0.08,
        turn: float = 0.0,
        within: tuple[Tissue, ...] = (),
    ) -> None:
        """Fill an ellipse; centre and radii (row, column) as shares of height and width from the middle."""
        rows, columns = self.shape
        centre = (rows * (0.5 + at[0] / 2), columns * (0.5 + at[1] / 2))
        inside = blob(self.shape, centre, (rows * radii[0] / 2, columns * radii[1] / 2), self.rng, wobble, turn) > 0.5
        if within:
            inside &= np.isin(self.tissues, within)
        self.tissues[inside] = tissue

    def both(
        self,
        tissue: Tissue,
        at: tuple[float, float],
        radii: tuple[float, float],
        wobble: float = 0.08,
        turn: float = 0.0,
    ) -> None:
        """Fill an ellipse on the right and its mirror on the left."""
        self.fill(tissue, at, radii, wobble, turn)
        self.fill(tissue, (at[0], -at[1]), radii, wobble, -turn)


def draw_section(
    shape: Shape, rng: np.random.Generator, regions: tuple[Callable[[Section], None], ...]
) -> NDArray[np.int64]:
    """Tissues of one of some regions, shape (rows, columns)."""
    section = Section(np.zeros(shape, np.int64), rng)
    one_of(rng, regions)(section)
    return section.tissues


def head(section: Section) -> None:
    """Axial, at the level of the ventricles."""
    rng, big = section.rng, between(section.rng, 0.78, 0.9)
    w = big * between(rng, 0.76, 0.86)
    for tissue, scale in (
        (Tissue.SKIN, 1.0),
        (Tissue.FAT, 0.98),
        (Tissue.BONE, 0.94),
        (Tissue.FLUID, 0.86),
        (Tissue.GREY, 0.84),
    ):
        section.fill(tissue, (0, 0), (big * scale, w * scale), 0.01)
    section.fill(Tissue.WHITE, (0, 0), (big * 0.79, w * 0.78), 0.01)
    folds = np.abs(cloud(section.shape, section.shape[0] * 0.03, rng))  # 0 along the sulci, with cortex on both sides
    section.tissues[(section.tissues == Tissue.WHITE) & (folds < 0.5)] = Tissue.GREY
    section.tissues[(section.tissues == Tissue.GREY) & (folds < between(rng, 0.06, 0.14))] = Tissue.FLUID
    section.fill(Tissue.WHITE, (0, 0), (big * 0.58, w * 0.56), 0.04)
    section.fill(Tissue.FLUID, (0, 0), (big * 0.82, 0.015), 0)
    section.both(Tissue.GREY, (0.05, w * 0.27), (big * 0.2, w * 0.13), 0.05)
    size = between(rng, 0.7, 1.4)
    section.both(Tissue.FLUID, (-big * 0.2, w * 0.1), (big * 0.17 * size, w * 0.06 * size), 0.1, 0.35)
    section.both(Tissue.FLUID, (big * 0.28, w * 0.17), (big * 0.16 * size, w * 0.06 * size), 0.1, -0.4)
    if chance(rng, 0.5):
        at = (rng.uniform(-0.4, 0.4) * big, one_of(rng, (-1, 1)) * between(rng, 0.2, 0.5) * w)
        section.fill(Tissue.LESION, at, (between(rng, 0.08, 0.22), between(rng, 0.08, 0.2)), 0.25)


def chest(section: Section) -> None:
    """Axial, through heart and lungs."""
    rng = section.rng
    _trunk(section, 0.72, 0.93, fat=between(rng, 0.88, 0.95))
    section.both(Tissue.LUNG, (-0.02, 0.44), (0.52, 0.33), 0.08)
    _ribs(section, 0.6, 0.8)
    section.fill(Tissue.FAT, (0.0, 0.04), (0.42, 0.2), 0.1)
    section.fill(Tissue.BLOOD, (-0.1, 0.12), (between(rng, 0.24, 0.34), between(rng, 0.25, 0.36)), 0.12, 0.5)
    section.fill(Tissue.MUSCLE, (0.02, 0.0), (0.2, 0.12), 0.2)
    section.fill(Tissue.BLOOD, (0.28, 0.1), (0.07, 0.055), 0.05)
    section.both(Tissue.AIR, (0.15, 0.07), (0.035, 0.03), 0.1)
    vessels = cloud(section.shape, section.shape[0] * 0.012, rng)
    section.tissues[(section.tissues == Tissue.LUNG) & (vessels > 2.0)] = Tissue.BLOOD
    if chance(rng, 0.5):
        section.fill(
            Tissue.LESION, (rng.uniform(-0.3, 0.3), -0.45), (between(rng, 0.06, 0.2), between(rng, 0.04, 0.14)), 0.3
        )
    if chance(rng, 0.3):
        section.fill(Tissue.FLUID, (0.42, -0.45), (0.16, 0.3), 0.2, within=(Tissue.LUNG,))


def abdomen(section: Section) -> None:
    """Axial, through liver, spleen and kidneys."""
    rng = section.rng
    _trunk(section, 0.74, 0.94, fat=between(rng, 0.86, 0.95))
    section.fill(Tissue.FAT, (-0.02, 0), (0.56, 0.76), 0.03)
    section.fill(Tissue.LIVER, (-0.08, -0.36), (0.46, 0.42), 0.14)
    section.fill(Tissue.LIVER, (-0.32, -0.05), (0.2, 0.28), 0.15)
    section.fill(Tissue.SPLEEN, (0.1, 0.58), (0.28, 0.14), 0.12, 0.3)
    section.fill(Tissue.BOWEL, (-0.25, 0.36), (0.22, 0.24), 0.2)
    section.fill(Tissue.AIR, (-0.34, 0.36), (0.1, 0.16), 0.15)
    for _ in range(whole(rng, 2, 5)):
        section.fill(
            Tissue.BOWEL, (rng.uniform(-0.35, 0.15), rng.uniform(-0.05, 0.55)), (0.09, 0.1), 0.2, within=(Tissue.FAT,)
        )
    _spine(section)
    section.both(Tissue.KIDNEY, (0.26, 0.42), (0.16, 0.12), 0.08, 0.4)
    section.both(Tissue.FAT, (0.24, 0.37), (0.06, 0.04), 0.1)
    section.fill(Tissue.BLOOD, (0.14, 0.03), (0.07, 0.055), 0.03)
    section.fill(Tissue.BLOOD, (0.1, -0.1), (0.065, 0.06), 0.1)
    _ribs(section, 0.64, 0.84)
    veins = cloud(section.shape, section.shape[0] * 0.016, rng)
    section.tissues[(section.tissues == Tissue.LIVER) & (veins > 1.9)] = Tissue.BLOOD
    if chance(rng, 0.6):
        section.fill(
            Tissue.LESION, (rng.uniform(-0.3, 0.15), rng.uniform(-0.55, -0.2)), (between(rng, 0.06, 0.18),) * 2, 0.2
        )


def pelvis(section: Section) -> None:
    """Axial, through the hips and the bladder."""
    rng = section.rng
    _trunk(section, 0.64, 0.95, fat=between(rng, 0.8, 0.92))
    section.fill(Tissue.FAT, (-0.05, 0), (0.42, 0.44), 0.05)
    section.both(Tissue.BONE, (0.0, 0.52), (0.22, 0.15), 0.12, 0.3)
    section.both(Tissue.MARROW, (0.0, 0.52), (0.18, 0.12), 0.12, 0.3)
    section.fill(Tissue.FLUID, (-0.15, 0), (between(rng, 0.14, 0.22), between(rng, 0.18, 0.28)), 0.08)
    section.fill(Tissue.MUSCLE, (0.12, 0), (0.1, 0.13), 0.1)
    section.fill(Tissue.BOWEL, (0.32, 0), (0.12, 0.1), 0.1)
    section.fill(Tissue.AIR, (0.31, 0.01), (0.05, 0.05), 0.1)
    section.fill(Tissue.BONE, (0.5, 0), (0.06, 0.12), 0.1)
    section.both(Tissue.BLOOD, (-0.28, 0.36), (0.05, 0.04), 0.05)


def knee(section: Section) -> None:
    """Sagittal: thigh bone, shin bone and knee cap."""
    section.fill(Tissue.SKIN, (0, 0), (1.3, 0.72), 0.04)
    section.fill(Tissue.FAT, (0, 0), (1.28, 0.69), 0.04)
    section.fill(Tissue.MUSCLE, (-0.4, 0.34), (0.7, 0.25), 0.1)
    section.fill(Tissue.MUSCLE, (0.6, 0.3), (0.6, 0.26), 0.1)
    for tissue, shrink in ((Tissue.BONE, 0.0), (Tissue.MARROW, 0.035)):
        section.fill(tissue, (-0.75, 0.0), (0.65 - shrink, 0.2 - shrink), 0.0)
        section.fill(tissue, (-0.2, 0.0), (0.28 - shrink, 0.38 - shrink), 0.06)
        section.fill(tissue, (0.26, 0.0), (0.15 - shrink, 0.37 - shrink), 0.05)
        section.fill(tissue, (0.8, -0.02), (0.6 - shrink, 0.2 - shrink), 0.0)
        section.fill(tissue, (-0.22, -0.5), (0.19 - shrink, 0.11 - shrink), 0.05)
    section.fill(Tissue.FLUID, (0.085, -0.1), (0.03, 0.26), 0.1, within=(Tissue.FAT,))
    section.fill(Tissue.BONE, (0.12, -0.42), (0.26, 0.03), 0.0, within=(Tissue.FAT,))


def spine(section: Section) -> None:
    """Sagittal: vertebrae, discs, the cord in its fluid."""
    rng = section.rng
    section.tissues[:] = Tissue.FAT
    section.fill(Tissue.MUSCLE, (0, 0.75), (1.4, 0.3), 0.1)
    section.fill(Tissue.MUSCLE, (0, -0.85), (1.4, 0.3), 0.2)
    section.fill(Tissue.FLUID, (0, 0.2), (1.5, 0.13), 0.02)
    section.fill(Tissue.WHITE, (-0.2, 0.2), (1.2, 0.06), 0.02)
    count = whole(rng, 5, 8)
    for index in range(count):
        at, tall = -1 + 2 * (index + 0.5) / count, 0.92 / count
        lean = -0.22 + 0.1 * np.cos(2.5 * at)
        for tissue, shrink in ((Tissue.BONE, 0.0), (Tissue.MARROW, 0.03)):
            for shift in (-0.1, 0.0, 0.1):
                section.fill(tissue, (at, lean + shift), (tall * 0.82 - shrink, 0.2 - shrink), 0.02)
        disc = Tissue.FLUID if chance(rng, 0.6) else Tissue.BOWEL
        section.fill(disc, (at + tall, lean), (tall * 0.2, between(rng, 0.22, 0.34)), 0.05)
        section.fill(Tissue.BONE, (at + 0.05, 0.46), (tall * 0.4, 0.13), 0.1, 0.4)


def whole_body(section: Section) -> None:
    """Coronal: trunk, head, arms and the organs that take up sugar."""
    rng = section.rng
    section.fill(Tissue.MUSCLE, (0.1, 0), (0.62, 0.5), 0.03)
    section.fill(Tissue.MUSCLE, (-0.42, 0), (0.2, 0.62), 0.05)
    section.both(Tissue.MUSCLE, (0.75, 0.25), (0.45, 0.2), 0.03)
    section.both(Tissue.MUSCLE, (0.05, 0.7), (0.55, 0.13), 0.03, 0.1)
    section.fill(Tissue.MUSCLE, (-0.78, 0), (0.2, 0.26), 0.02)
    section.fill(Tissue.GREY, (-0.84, 0), (0.12, 0.2), 0.03)
    section.both(Tissue.LUNG, (-0.2, 0.24), (0.22, 0.17), 0.08)
    section.fill(Tissue.BLOOD, (-0.16, 0.08), (0.09, 0.13), 0.1)
    section.fill(Tissue.LIVER, (0.05, -0.2), (0.1, 0.26), 0.12)
    section.fill(Tissue.SPLEEN, (0.04, 0.34), (0.06, 0.1), 0.1)
    section.both(Tissue.KIDNEY, (0.18, 0.24), (0.07, 0.07), 0.05)
    section.fill(Tissue.BOWEL, (0.28, 0.02), (0.12, 0.22), 0.3)
    section.fill(Tissue.FLUID, (0.5, 0), (0.06, 0.12), 0.1)
    for _ in range(whole(rng, 0, 6)):
        section.fill(
            Tissue.LESION, (rng.uniform(-0.6, 0.4), rng.uniform(-0.35, 0.35)), (0.03, between(rng, 0.04, 0.09)), 0.2
        )


def _trunk(section: Section, tall: float, wide: float, fat: float) -> None:
    section.fill(Tissue.SKIN, (0, 0), (tall, wide), 0.02)
    section.fill(Tissue.FAT, (0, 0), (tall * 0.97, wide * 0.98), 0.02)
    section.fill(Tissue.MUSCLE, (0, 0), (tall * fat, wide * fat), 0.03)
    section.fill(Tissue.BONE, (tall * 0.84, 0), (0.1, 0.04), 0.1)
    section.both(Tissue.MUSCLE, (tall * 0.72, 0.22), (0.16, 0.2), 0.1)
    _spine(section)


def _spine(section: Section) -> None:
    section.fill(Tissue.BONE, (0.36, 0), (0.14, 0.13), 0.06)
    section.fill(Tissue.MARROW, (0.36, 0), (0.12, 0.11), 0.06)
    section.fill(Tissue.BONE, (0.54, 0), (0.09, 0.15), 0.15)
    section.fill(Tissue.WHITE, (0.53, 0), (0.05, 0.05), 0.0)


def _ribs(section: Section, tall: float, wide: float) -> None:
    for angle in np.linspace(0, 2 * np.pi, whole(section.rng, 9, 13), endpoint=False) + section.rng.uniform(0, 0.6):
        at = (tall * np.sin(angle), wide * np.cos(angle))
        section.fill(Tissue.BONE, at, (0.035, 0.08), 0.05, angle + np.pi / 2)
