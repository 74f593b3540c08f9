"""Single lesions for a reader to look at: which ones, and where a row is right and wrong (LesaNet, Fig. 4 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.annotation.dataset import Labels
from lesionary.annotation.labels import Matrix
from lesionary.annotation.scoring.measuring import decide, thresholds
from lesionary.ontology.graph import LabelClass


class Verdict(StrEnum):
    """Of one label of one lesion."""

    RIGHT = "TP"
    WRONG = "FP"
    MISSED = "FN"


@dataclass(frozen=True)
class Outcome:
    """What the network makes of one label; labels with a child of the same verdict are left out."""

    verdict: Verdict
    label: str
    score: float
    unsaid: bool
    """Right, although the report does not mention it: counted as wrong in the text-mined test set."""


def spread_lesions(labels: Labels, count: int, rng: np.random.Generator) -> list[int]:
    """Numbers of `count` test lesions of the reports, spread over coarse body parts; fewer where there are no more.

    They are of the hand-labelled ones, unless a cohort has none.

    The coarse part of a lesion is the rarest of its body parts that have no parent. In random order, each part gives
    a lesion in its turn, first of patients who are not shown yet.
    """
    rows = labels.mined("test")
    by_hand = rows[labels.lesions["by_hand"].to_numpy()[rows]]
    rows = rng.permutation(by_hand if len(by_hand) else rows)
    patients = labels.lesions["patient"].to_list()
    waiting: dict[int, list[int]] = {}
    for row in rows.tolist():
        waiting.setdefault(_coarse(labels, labels.known(row)), []).append(row)
    turns, chosen = [waiting[part] for part in sorted(waiting)], list[int]()
    while len(chosen) < count and any(turns):
        for turn in turns:
            if turn and len(chosen) < count:
                shown = {patients[row] for row in chosen}
                place = next((n for n, row in enumerate(turn) if patients[row] not in shown), 0)
                chosen.append(turn.pop(place))
    return chosen


def outcomes(labels: Labels, scores: NDArray[np.float32], row: int) -> list[Outcome]:
    """The labels that a lesion was rightly given, wrongly given, and denied, each by falling score."""
    called = decide(labels, scores[[row]], thresholds(labels, scores))[0]
    truth = labels.known(row)
    said = labels.matrices["relevant_expanded"][row] | labels.matrices["uncertain_expanded"][row]
    finest_called, finest_truth = finest(called, labels.closure), finest(truth, labels.closure)
    cells = {
        Verdict.RIGHT: finest_called & truth,
        Verdict.WRONG: finest_called & ~truth,
        Verdict.MISSED: finest_truth & ~called,
    }
    return [
        Outcome(verdict, labels.names[n], float(scores[row, n]), verdict is Verdict.RIGHT and not said[n])
        for verdict, cell in cells.items()
        for n in sorted(np.flatnonzero(cell), key=lambda n: -scores[row, n])
    ]


def finest(cells: Matrix, closure: Matrix) -> Matrix:
    """Labels without those that are parents of another one.

    >>> closure = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]], bool)  # lung, left lung, nodule
    >>> finest(np.array([True, True, True]), closure)
    array([False,  True,  True])
    """
    return np.asarray(cells & ~closure[cells].any(axis=0))


def sentences_of(lesions: list[str], sentences: pl.DataFrame, bookmarks: pl.DataFrame) -> dict[str, str]:
    """The first sentence that refers to each lesion, its reference replaced by BOOKMARK as in the paper."""
    found = bookmarks.filter(pl.col("lesion").is_in(lesions)).rename({"start": "from", "end": "to"})
    found = found.sort("lesion", "report", "sentence", "from").unique("lesion", keep="first", maintain_order=True)
    told = found.join(sentences, on=["report", "sentence"], how="inner")
    texts = {}
    for one in told.iter_rows(named=True):
        start, end = one["from"] - one["start"], one["to"] - one["start"]
        text = f"{one['text'][:start]}BOOKMARK{one['text'][end:]}"
        texts[one["lesion"]] = " ".join(text.split())
    return texts


def _coarse(labels: Labels, truth: Matrix) -> int:
    """Number of the rarest body part of a lesion that has no parent; labels stand from frequent to rare."""
    outermost = ~labels.closure.any(axis=1) & (labels.table["class"].to_numpy() == LabelClass.BODYPART.value)
    return int(max(np.flatnonzero(truth & outermost), default=-1))
