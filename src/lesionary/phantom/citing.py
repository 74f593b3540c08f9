"""How a report cites measurements, images and days; the forms stand in `grammar.yaml`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lesionary.phantom.grammar import grammar, one_of
from lesionary.phantom.telling import Told

CENTIMETRES = 0.65  # how many sizes are in cm
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def size(long_mm: float, short_mm: float, rng: np.random.Generator) -> str:
    """A measurement as it is dictated: one to three diameters, in cm or mm."""
    third = short_mm * float(rng.uniform(0.75, 1.0))
    centimetres = rng.random() < CENTIMETRES
    numbers = [f"{mm / 10:.1f}" if centimetres else f"{max(1.0, mm):.0f}" for mm in (long_mm, short_mm, third)]
    long, short, low = numbers
    unit = "cm" if centimetres else "mm"
    return one_of(grammar().figures.size, rng).format(long=long, short=short, third=low, unit=unit)


EARLIER = {"smaller": (0.5, 0.88), "earlier": (0.6, 1.3), "larger": (1.12, 1.7)}
"""How many times as long as now a finding was."""


def earlier_size(told: Told, slot: str, rng: np.random.Generator) -> str:
    """What a finding measured on an earlier study; `slot` is a key of `EARLIER`."""
    then = float(rng.uniform(*EARLIER[slot]))
    return size(told.long_mm * then, told.short_mm * then, rng)


def reference(told: Told, forms: Sequence[str], rng: np.random.Generator) -> str:
    """The image that shows a finding best, in one of `forms`."""
    return one_of(forms, rng).format(series=told.series, image=told.image)


def date(rng: np.random.Generator) -> str:
    """The day of an earlier study."""
    year, month, day = int(rng.integers(2012, 2016)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    form = one_of(grammar().figures.date, rng)
    return form.format(year=year, short_year=year % 100, month=month, day=day, name=MONTHS[month - 1])
