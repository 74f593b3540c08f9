"""Lesions of a cohort made ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionary.annotation.dataset import Labels
from lesionary.annotation.outcomes import finest
from lesionary.figures.annotated.lesions import Match, Shown
from lesionary.figures.windows import window_of
from lesionary.ontology.graph import Ontology


@dataclass(frozen=True)
class Album:
    """All lesions, in the order of the labels."""

    labels: Labels
    patches: NDArray[np.int16]
    """(lesions, 3, side, side), HU."""
    boxes: NDArray[np.float32]
    ontology: Ontology

    def shown(self, row: int) -> Shown:
        """The key slice of a lesion, in the window that fits where it is known to be."""
        name = self.labels.lesions["lesion"][row]
        return Shown(name, self.patches[row, 1], self.boxes[row], window_of(self._names(row), self.ontology))

    def match(self, query: int, row: int, sentences: Mapping[str, str]) -> Match:
        """A lesion that was found for a query: its finest mined labels, and its sentence."""
        known = self.labels.matrices["relevant_expanded"][row]
        asked = set(self._names(query))
        own = [self.labels.names[n] for n in np.flatnonzero(finest(known, self.labels.closure))]
        shared = [name for name in own if name in asked]
        others = [name for name in own if name not in asked]
        return Match(self.shown(row), shared, others, sentences.get(self.labels.lesions["lesion"][row], ""))

    def _names(self, row: int) -> list[str]:
        return [self.labels.names[n] for n in np.flatnonzero(self.labels.known(row))]
