"""The phantom's numbers beside the real ones, and in words whether they agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lesionary.atlas.reality import Figure, read_figures
from lesionary.site.published import read_published

FACTOR = 1.25
"""Numbers that differ by no more than this factor agree."""


@dataclass(frozen=True)
class Line:
    """One number of the phantom; not finite where it cannot be measured."""

    name: str
    figure: Figure
    ours: float

    @property
    def agrees(self) -> bool:
        """Whether both are measured and alike."""
        real = self.figure.real
        if real is None or not math.isfinite(self.ours):
            return False
        return real / FACTOR <= self.ours <= real * FACTOR

    @property
    def verdict(self) -> str:
        """How they differ.

        >>> def line(ours): return Line("n", Figure(what="words", source="", decimals=0, real=20), ours)
        >>> [line(ours).verdict for ours in (22, 40, 5, math.nan)]
        ['agrees', '2.0 times the real', '0.25 of the real', 'not measured']
        """
        if not math.isfinite(self.ours):
            return "not measured"
        if self.agrees:
            return "agrees"
        ratio = self.ours / (self.figure.real or math.inf)
        return f"{ratio:.1f} times the real" if ratio > 1 else f"{ratio:.2f} of the real"

    def text(self, value: float | None) -> str:
        """A value as the figure wants it; a dash where there is none.

        >>> Line("n", Figure(what="", source="", decimals=1, percent=True, real=1), 0).text(0.0708)
        '7.1 %'
        """
        if value is None or not math.isfinite(value):
            return "–"
        scaled = value * 100 if self.figure.percent else value
        return f"{scaled:,.{self.figure.decimals}f}" + " %" * self.figure.percent


@dataclass(frozen=True)
class Section:
    """Lines under a heading."""

    name: str
    title: str
    lines: tuple[Line, ...]


def compare(
    figures: Mapping[str, Mapping[str, float]], subtypes: Mapping[str, Mapping[str, int]]
) -> tuple[Section, ...]:
    """Sections of `figures.yaml`, then the sub-types beside DMRN's Table 1."""
    sections = [
        Section(name, group.title, tuple(Line(key, line, figures[name][key]) for key, line in group.lines.items()))
        for name, group in read_figures().items()
    ]
    return (*sections, _subtypes(subtypes))


def _subtypes(ours: Mapping[str, Mapping[str, int]]) -> Section:
    """Shares, since the paper's cohort is larger; slices a study as they are."""
    known, lines = read_published().tables["cohort"], []
    real = {unit: dict(zip(known.columns, values, strict=True)) for unit, values in known.rows.items()}
    names = [name for name in known.columns if name != "total"]
    total = {unit: sum(counts[unit] for counts in ours.values()) for unit in real}
    for unit in real:
        for name in names:
            figure = Figure(
                what=f"{name}: share of {unit}",
                source=f"{known.source}: {real[unit][name]:.0f} of {real[unit]['total']:.0f}",
                decimals=1,
                percent=True,
                real=real[unit][name] / real[unit]["total"],
            )
            count = ours[name][unit] if name in ours else 0
            lines.append(Line(f"{unit}_{name}", figure, count / total[unit] if total[unit] else math.nan))
    for name in names:
        mean = real["slices"][name] / real["studies"][name]
        figure = Figure(what=f"{name}: slices a study", source=known.source, decimals=1, real=mean)
        value = ours[name]["slices"] / ours[name]["studies"] if name in ours else math.nan
        lines.append(Line(f"slices_a_study_{name}", figure, value))
    return Section("subtypes", "Sub-types of adrenal mass", tuple(lines))


def metrics(sections: Sequence[Section]) -> dict[str, dict[str, dict[str, float]]]:
    """section.number.{phantom, real}."""
    return {
        section.name: {
            line.name: {"phantom": line.ours, "real": math.nan if line.figure.real is None else line.figure.real}
            for line in section.lines
        }
        for section in sections
    }
