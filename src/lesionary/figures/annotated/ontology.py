"""A sample of the ontology as a graph (LesaNet, Fig. 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from lesionary.figures.canvas import CLASS_COLOURS, PALETTE, drawing
from lesionary.ontology.graph import Ontology

SAMPLE = (
    ("chest", "lymph node", "nodule", "hypoattenuation", "hyperattenuation"),
    ("mediastinum", "lung", "ground-glass opacity"),
    ("mediastinum lymph node", "left lung", "right lung", "lung nodule"),
    ("right lower lobe",),
)
"""Labels of the paper's figure from above to below, as we spell them; hypo- and hyperattenuation are printed there as
hypodense and hyperdense."""
PLACES = (
    (2.0, 0.2, 4.3, 5.9, 7.6),
    (0.9, 2.6, 5.8),
    (0.3, 1.8, 3.2, 4.7),
    (3.2,),
)
"""Across, so that few arrows cross."""
EXCLUSIVE = PALETTE[3]
EXCLUDES: dict[str, Any] = {
    "arrowstyle": "<|-|>",
    "color": EXCLUSIVE,
    "ls": (0, (4, 2)),
    "connectionstyle": "arc3,rad=-0.22",
}


def draw_ontology(ontology: Ontology, learnt: Collection[str], path: Path) -> None:
    """Labels of the sample that `ontology` has: arrows from the parent to the child, double ones between exclusives.

    Of exclusive pairs those are drawn that follow from no other. A dashed frame: not among the `learnt` labels.
    """
    sample = {
        label: (x, -float(level))
        for level, (row, places) in enumerate(zip(SAMPLE, PLACES, strict=True))
        for label, x in zip(row, places, strict=True)
        if label in ontology.index
    }
    part = ontology.only(sample)
    with drawing(path, 8.6, 3.9) as axes:
        boxes = {label: _name(axes, part, label, at, label in learnt) for label, at in sample.items()}
        for child, parents in part.parents.items():
            for parent in sorted(parents):
                _arrow(axes, sample, boxes, (parent, child), {"arrowstyle": "-|>", "color": "0.35"})
        for one, other in outermost_exclusives(part):
            way: dict[str, Any] = {
                "arrowstyle": "<|-|>",
                "color": EXCLUSIVE,
                "ls": (0, (4, 2)),
                "connectionstyle": "arc3,rad=-0.22",
            }
            _arrow(axes, sample, boxes, (one, other), way)
        for kind, colour in CLASS_COLOURS.items():
            axes.plot([], [], "s", color=colour, label={"bodypart": "body part"}.get(kind, kind))
        axes.plot([], [], color="0.35", marker=">", ms=4, lw=1, label="parent to child")
        axes.plot([], [], color=EXCLUSIVE, ls="--", lw=1, label="exclusive")
        axes.set(xlim=(-0.6, 8.4), ylim=(1.15 - len(SAMPLE), 0.55), xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.legend(loc="lower right", ncols=1)


def outermost_exclusives(ontology: Ontology) -> list[tuple[str, str]]:
    """Exclusive pairs, in the order of labels, that are not implied by another pair of their ancestors (3.1)."""
    exclusive, below = ontology.exclusions, ontology.closure | np.eye(len(ontology.labels), dtype=bool)
    pairs: Sequence[tuple[int, int]] = [(i, j) for i, j in np.argwhere(exclusive) if i < j]
    kept = [(i, j) for i, j in pairs if exclusive[np.ix_(below[i], below[j])].sum() == 1]
    return [(ontology.labels[i], ontology.labels[j]) for i, j in kept]


def _name(axes: Axes, ontology: Ontology, label: str, at: tuple[float, float], learnt: bool) -> Text:
    colour = CLASS_COLOURS[ontology.classes[label].value]
    frame = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": colour, "lw": 1.2, "ls": "-" if learnt else "--"}
    return axes.text(*at, label, color=colour, ha="center", va="center", bbox=frame, zorder=3)


def _arrow(
    axes: Axes,
    places: dict[str, tuple[float, float]],
    boxes: dict[str, Text],
    pair: tuple[str, str],
    look: dict[str, Any],
) -> None:
    first, last = pair
    frames: dict[str, Any] = {"patchA": boxes[first].get_bbox_patch(), "patchB": boxes[last].get_bbox_patch()}
    axes.add_patch(FancyArrowPatch(places[first], places[last], mutation_scale=9, lw=1, **frames, **look))
