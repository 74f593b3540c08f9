"""Rows of the page: an organ, a kind of lesion or a sub-type, with a few examples each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lesionary.atlas.choosing import levels, organs, spread
from lesionary.atlas.material import Material
from lesionary.atlas.pictures import Shown, crop, whole
from lesionary.cohorts.relations import RELATIONS
from lesionary.figures.windows import Window, everything, window_of
from lesionary.site.sentences import Block, blocks

EXAMPLES = 4
SLICES = 4
LEVELS = 12
AIR_HU = (-950, -650)
"""What aerated lung measures; a slice with more than `AERATED` of it is shown in the lung window, too."""
AERATED = 0.06


@dataclass(frozen=True)
class Example:
    """One lesion; `labels` are the true ones, each with whether its sentence says so (None where nobody judged)."""

    picture: Shown
    blocks: tuple[Block, ...]
    labels: tuple[tuple[str, bool | None], ...]
    facts: str


@dataclass(frozen=True)
class Row:
    """Examples of one kind."""

    title: str
    note: str
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Strip:
    """Whole slices of one organ or region, each with a caption."""

    title: str
    note: str
    slices: tuple[tuple[Shown, str], ...]


def torso(material: Material) -> Iterator[Strip]:
    """Slices from head to foot at the window that shows everything, and those through the lungs in theirs."""
    chosen = levels(material.series, LEVELS)
    airy = [one for one in chosen if _aerated(material, *one[:2])]
    lung = window_of(["lung"], material.ontology)
    for title, note, slices, window in (
        ("From head to foot", "heights in the coordinates of the patient", chosen, everything()),
        ("The same, lung window", "where there is lung in them", airy, lung),
    ):
        shown = [(_slice(material, name, z, window), f"{_signed(height)} mm") for name, z, height in slices]
        if shown:
            yield Strip(title, note, tuple(shown))


def organ_rows(material: Material) -> Iterator[tuple[str, list[Strip], list[str]]]:
    """Region, its organs with slices, and the names of those in which no lesion lies."""
    for region, names in organs().items():
        strips, missing = [], []
        for name in names:
            column = material.true[:, material.ontology.index[name]]
            lesions = material.lesions.filter(pl.Series(column))
            if lesions.is_empty():
                missing.append(name)
                continue
            both = dict.fromkeys((everything(), window_of([name], material.ontology)))
            slices = [
                (_slice(material, one["series"], one["key_slice"], window), one["kind"])
                for one in spread(lesions, [], SLICES // len(both)).iter_rows(named=True)
                for window in both
            ]
            strips.append(Strip(name, _counted(len(lesions)), tuple(slices)))
        yield region, strips, missing


def kind_rows(material: Material) -> Iterator[Row]:
    """Kinds of lesion as the truth names them, the most frequent first; those with a sub-type stand elsewhere."""
    others = material.lesions.filter(pl.col("subtype") == "")
    yield from _rows(material, others, "kind")


def subtype_rows(material: Material) -> Iterator[Row]:
    """Sub-types of adrenal mass."""
    yield from _rows(material, material.lesions.filter(pl.col("subtype") != ""), "subtype")


def _rows(material: Material, lesions: pl.DataFrame, column: str) -> Iterator[Row]:
    judged = material.judged["lesion"].drop_nulls().unique().to_list()
    counts = lesions.group_by(column).len().sort("len", column, descending=[True, False])
    for title, count in counts.iter_rows():
        own = lesions.filter(pl.col(column) == title)
        sizes = own["diameter_mm"].to_numpy()
        note = f"{_counted(count)}, {sizes.min():.0f} to {sizes.max():.0f} mm"
        chosen = spread(own, judged, EXAMPLES).iter_rows(named=True)
        yield Row(title, note, tuple(example(material, one) for one in chosen))


def example(material: Material, lesion: dict[str, Any]) -> Example:
    """A lesion with its picture, its first sentence and its labels."""
    window = window_of(lesion["labels"], material.ontology)
    series = material.series[lesion["series"]]
    judged = material.judged.filter(pl.col("lesion") == lesion["lesion"])
    said = _said(material, lesion["lesion"]) if len(judged) else None
    size, mean, slices = lesion["diameter_mm"], lesion["mean_hu"], series.geometry.spacing_mm[2]
    return Example(
        picture=crop(series, material.files, lesion, window),
        blocks=_sentence(material, lesion["lesion"], judged),
        labels=tuple((label, None if said is None else label in said) for label in lesion["labels"]),
        facts=f"{size:.0f} mm, mean {_signed(mean)} HU, slices of {slices:.3g} mm",
    )


def _said(material: Material, lesion: str) -> set[str]:
    """What its sentences say, and what that implies."""
    labels = set(material.said.filter(pl.col("lesion") == lesion)["label"]) & material.ontology.index.keys()
    return labels.union(*(material.ontology.ancestors(label) for label in labels))


def _sentence(material: Material, lesion: str, judged: pl.DataFrame) -> tuple[Block, ...]:
    """The first sentence with the lesion's bookmark; nothing where no report speaks of it."""
    marks = material.bookmarks.filter(pl.col("lesion") == lesion).sort("report", "start").to_dicts()
    if not marks:
        return ()
    first = marks[0]
    here = (pl.col("report") == first["report"]) & (pl.col("sentence") == first["sentence"])
    (sentence,) = material.sentences.filter(here).to_dicts()
    mentions = [
        {**row, "predicted": row["relation"], "judged": None}
        | {f"p_{name}": float(name == row["relation"]) for name in RELATIONS}  # a judge is certain
        for row in judged.filter((pl.col("report") == first["report"]) & (pl.col("bookmark") == first["start"]))
        .sort("start", "end", "label")
        .iter_rows(named=True)
    ]
    return tuple(blocks(sentence, [first], mentions, {}))


def _slice(material: Material, name: str, z: int, window: Window) -> Shown:
    return whole(material.series[name], material.files, z, window, "torso")


def _aerated(material: Material, name: str, z: int) -> bool:
    hu = material.series[name].read(material.files, range(z, z + 1))
    return bool(np.mean((hu > AIR_HU[0]) & (hu < AIR_HU[1])) > AERATED)


def _signed(value: float) -> str:
    """Rounded, with a true minus."""
    return str(round(value)).replace("-", "−")


def _counted(lesions: int) -> str:
    return f"{lesions} lesion{'s' * (lesions != 1)}"
