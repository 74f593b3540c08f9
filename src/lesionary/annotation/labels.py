"""From judged mentions to the labels of lesions: expanded, counted, and cut to those that can be learnt (LesaNet, 5.1).

A lesion has a label where any of its mentions is relevant; else the label is uncertain where any mention is, else
irrelevant. Matrices are (lesions, labels).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.cohorts.relations import RELATIONS
from lesionary.ontology.expansion import expand, expand_uncertain
from lesionary.ontology.graph import Ontology

Matrix = NDArray[np.bool_]


@dataclass(frozen=True)
class Mined:
    """What the reports say of each lesion, as mentioned; no label stands in two of the three."""

    relevant: Matrix
    uncertain: Matrix
    irrelevant: Matrix

    @property
    def mentioned(self) -> Matrix:
        """Whatever stands in a lesion's sentences."""
        return self.relevant | self.uncertain | self.irrelevant


@dataclass(frozen=True)
class Expanded:
    """Labels with the parents that they imply."""

    relevant: Matrix
    uncertain: Matrix


def mine(pairs: pl.DataFrame, lesions: Sequence[str], ontology: Ontology, column: str) -> Mined:
    """Matrices of `pairs` (lesion, label, relation in `column`); pairs of other lesions or labels are ignored."""
    row_of = {lesion: n for n, lesion in enumerate(lesions)}
    found = {name: np.zeros((len(lesions), len(ontology.labels)), bool) for name in RELATIONS}
    for lesion, label, relation in pairs.select("lesion", "label", column).iter_rows():
        if lesion in row_of and label in ontology.index and relation is not None:
            found[relation][row_of[lesion], ontology.index[label]] = True
    relevant = found["relevant"]
    uncertain = found["uncertain"] & ~relevant
    return Mined(relevant, uncertain, found["irrelevant"] & ~relevant & ~uncertain)


def expanded(mined: Mined, ontology: Ontology) -> Expanded:
    """Relevant labels with their parents, and uncertain ones with those parents that nothing contradicts."""
    relevant = expand(mined.relevant, ontology.closure)
    uncertain = expand_uncertain(mined.uncertain, relevant, ontology.closure, ontology.exclusions)
    return Expanded(relevant, uncertain)


def label_list(train: Matrix, val: Matrix, test: Matrix, least: tuple[int, int, int]) -> NDArray[np.int64]:
    """Columns of the labels that occur often enough in all three splits, most frequent in training first."""
    counts = [matrix.sum(axis=0) for matrix in (train, val, test)]
    enough = np.all([count >= limit for count, limit in zip(counts, least, strict=True)], axis=0)
    kept = np.flatnonzero(enough)
    return kept[np.argsort(-counts[0][kept], kind="stable")]


def agreement(mined: Matrix, truth: Matrix) -> dict[str, float]:
    """Precision, recall and F1 over all cells; a part that is empty has none (NaN)."""
    hits, called, positives = int((mined & truth).sum()), int(mined.sum()), int(truth.sum())
    return {
        "precision": hits / called if called else float("nan"),
        "recall": hits / positives if positives else float("nan"),
        "f1": 2 * hits / (called + positives) if called + positives else float("nan"),
    }


def mining_quality(mined: Mined, truth: Matrix, ontology: Ontology) -> Mapping[str, dict[str, float]]:
    """How each step of the mining agrees with the complete, expanded `truth` of the same lesions."""
    both = mined.relevant | mined.uncertain
    steps = {
        "raw": mined.mentioned,
        "relevant": mined.relevant,
        "relevant_uncertain": both,
        "expanded": expand(both, ontology.closure),
    }
    return {name: agreement(matrix, truth) for name, matrix in steps.items()}


def quality_of(
    pairs: pl.DataFrame, lesions: Sequence[str], truth: Matrix, ontology: Ontology, column: str
) -> Mapping[str, dict[str, float]]:
    """`mining_quality` of what `pairs` say in `column`, on those of `lesions` that they speak of; of no pairs none."""
    if pairs.is_empty():
        return {}
    spoken_of = set(pairs["lesion"])
    rows = [n for n, lesion in enumerate(lesions) if lesion in spoken_of]
    return mining_quality(mine(pairs, [lesions[n] for n in rows], ontology, column), truth[rows], ontology)


def pairs_among(ontology: Ontology) -> dict[str, int]:
    """Pairs of a parent and its child, and exclusive pairs, contradictions left out; `ontology` is reduced."""
    return {"parents": int(ontology.listed.sum()), "exclusive": int(ontology.exclusions.sum()) // 2}


def labels_a_lesion(
    mined: Matrix, truth: Matrix, test: NDArray[np.bool_], by_hand: NDArray[np.bool_]
) -> dict[str, float]:
    """Mean labels of a test lesion: mined from its report, given by hand, and of these those that the report lacks.

    `test` are those with mined labels. Where none was labelled by hand, the latter two are left out.

    >>> mined, truth = np.array([[1, 0], [1, 1]], bool), np.array([[1, 1], [0, 0]], bool)
    >>> labels_a_lesion(mined, truth, np.array([True, True]), np.array([True, False]))
    {'text_mined': 1.5, 'hand_labelled': 2.0, 'unsaid': 1.0}
    """
    unsaid = (truth & ~mined)[by_hand & test]
    parts = {"text_mined": mined[test], "hand_labelled": truth[by_hand], "unsaid": unsaid}
    return {name: float(part.sum() / len(part)) for name, part in parts.items() if len(part)}
