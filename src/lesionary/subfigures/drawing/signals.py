"""Traces of the heart (DSEC), the brain (DSEE) and the muscles (DSEM)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lesionary.subfigures.drawing.dice import between, chance, format_px, one_of, some_of, whole
from lesionary.subfigures.drawing.fields import cloud
from lesionary.subfigures.drawing.sheet import BLACK, WHITE, Ink, Sheet
from lesionary.subfigures.drawing.words import words

Wave = NDArray[np.float64]
"""Deflection, upwards positive; 1 is as much as a channel has room for."""


def paint_ecg(rng: np.random.Generator) -> Image.Image:
    """Leads of an electrocardiogram on its grid: P, QRS and T of every beat."""
    height, width = format_px(rng, (100, 140), (1.1, 2.2))
    grid: Ink | None = one_of(rng, ((245, 170, 170), (240, 190, 190), (190, 190, 190), None))
    sheet = Sheet(height, width, one_of(rng, ((255, 245, 243), WHITE)) if grid else WHITE)
    cell = between(rng, 4, 6)
    for index in range(int(max(height, width) / cell) + 1) if grid else ():
        thick = 0.9 if index % 5 == 0 else 0.35
        sheet.line([(index * cell, 0), (index * cell, height)], grid or WHITE, thick)
        sheet.line([(0, index * cell), (width, index * cell)], grid or WHITE, thick)
    rows, columns = whole(rng, 2, 5), 1 if width < 1.4 * height else 2
    beat, ectopic = between(rng, 0.22, 0.45), chance(rng, 0.3)
    names = some_of(rng, words("leads"), rows * columns)
    for row in range(rows):
        for column in range(columns):
            x = np.linspace(column * width / columns, (column + 1) * width / columns, int(1.5 * width))
            y = (row + 0.6) * height / rows
            wave = _heart((x - x[0]) / height, beat, ectopic, rng)
            sheet.line(list(zip(x, y - wave * height / rows * 0.55, strict=True)), BLACK, between(rng, 0.7, 1.0))
            sheet.text((x[0] + 3, y - height / rows * 0.42), names[row * columns + column], 6.5, anchor="lm")
    return sheet.finished()


def _heart(time: Wave, beat: float, ectopic: bool, rng: np.random.Generator) -> Wave:
    """One lead; `beat` apart in time."""
    sizes = {"p": between(rng, 0.05, 0.16), "q": between(rng, -0.15, 0), "r": between(rng, 0.3, 1),
             "s": between(rng, -0.4, -0.05), "t": between(rng, -0.15, 0.3)}  # fmt: skip
    raised = between(rng, -0.06, 0.15)
    wave, at = 0.012 * cloud((1, len(time)), 1, rng)[0], between(rng, -0.3, 0.0) * beat
    while at < time[-1] + beat:
        x = (time - at) / beat
        if ectopic and chance(rng, 0.2):
            wave += 0.9 * np.exp(-(((x - 0.3) / 0.07) ** 2)) - 0.5 * np.exp(-(((x - 0.48) / 0.1) ** 2))
        else:
            shape = (("p", 0.15, 0.035), ("q", 0.29, 0.012), ("r", 0.32, 0.016), ("s", 0.355, 0.014), ("t", 0.58, 0.06))
            for name, middle, spread in shape:
                wave += sizes[name] * np.exp(-(((x - middle) / spread) ** 2))
            wave += raised * ((x > 0.37) & (x < 0.55))
        at += beat * between(rng, 0.95, 1.05)
    return np.asarray(wave, np.float64)


def paint_eeg(rng: np.random.Generator) -> Image.Image:
    """Many channels of an electroencephalogram: rhythm, spikes and waves in a stretch of them."""
    height, width = format_px(rng, (105, 150), (0.9, 1.8))
    sheet, channels = Sheet(height, width), whole(rng, 8, 16)
    left, x = 16.0, np.arange(0, width - 18, 0.7)
    start, end = sorted(rng.uniform(0.1, 0.95, 2) * width)
    seizure, pace, ink = chance(rng, 0.6), between(rng, 5, 9), one_of(rng, (BLACK, BLACK, (0, 0, 140)))
    for second in range(1, 5) if chance(rng, 0.6) else ():
        at = left + second * (width - left) / 5
        sheet.line([(at, 0), (at, height)], (205, 205, 205), 0.6)
    for channel, name in enumerate(some_of(rng, words("channels"), channels)):
        y, room = (channel + 0.5) * height / channels, height / channels
        wave = 0.28 * cloud((1, len(x)), 1.3, rng)[0] + 0.25 * cloud((1, len(x)), 6, rng)[0]
        if seizure:
            phase = ((x + channel * 0.4) % pace) / pace
            discharge = 1.6 * np.exp(-(((phase - 0.2) / 0.06) ** 2)) - 0.8 * np.exp(-(((phase - 0.6) / 0.2) ** 2))
            wave += between(rng, 0.4, 1) * discharge * ((x > start) & (x < end))
        sheet.line(list(zip(left + x, y - wave * room * 0.6, strict=True)), ink, 0.6)
        sheet.text((1, y), name, min(6.5, room), anchor="lm")
    return sheet.finished()


def paint_emg(rng: np.random.Generator) -> Image.Image:
    """Few channels of an electromyogram: bursts of interference, or evoked potentials below each other."""
    height, width = format_px(rng, (95, 135), (1.0, 2.0))
    dark = chance(rng, 0.2)
    paper, ink = ((0, 0, 0), (90, 230, 90)) if dark else (WHITE, one_of(rng, (BLACK, (0, 0, 150))))
    sheet, channels, evoked = Sheet(height, width, paper), whole(rng, 2, 5), chance(rng, 0.4)
    x = np.arange(2, width - 2, 0.4)
    delay = between(rng, 0.15, 0.35)
    for channel, name in enumerate(some_of(rng, words("muscles"), channels)):
        y, room = (channel + 0.5) * height / channels, height / channels
        noise = rng.standard_normal(len(x))
        if evoked:
            time = x / width - delay - 0.03 * channel
            wave = 0.02 * noise + between(rng, 0.4, 1) * np.exp(-((time / 0.04) ** 2)) * np.cos(time * 45)
            wave += 0.5 * np.exp(-(((x / width - 0.06) / 0.004) ** 2))
        else:
            envelope = sum(
                np.exp(-(np.abs((x / width - rng.random()) / between(rng, 0.04, 0.12)) ** 4)) for _ in range(3)
            )
            wave = noise * (0.03 + 0.33 * np.asarray(envelope)) * rng.random(len(x)) ** 0.5
        wave = np.clip(wave, -1, 1)
        sheet.line(list(zip(x, y - wave * room * 0.45, strict=True)), ink, 0.6)
        sheet.text((3, y - room * 0.36), name, 7, WHITE if dark else BLACK, anchor="lm")
    ruler: Ink = WHITE if dark else BLACK
    sheet.line([(width - 24, height - 14), (width - 24, height - 4), (width - 6, height - 4)], ruler, 1)
    sheet.text((width - 15, height - 10), one_of(rng, ("50 ms", "1 s", "5 ms")), 5.5, ruler)
    return sheet.finished()
