"""From scores to the numbers of the annotation tables (LesaNet, 5.3, Tables 1 and 2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.annotation.dataset import Labels
from lesionary.annotation.labels import Matrix
from lesionary.annotation.thresholds import best_of_all, best_on_grid
from lesionary.evaluation.multilabel import NAMES, draw_patients, per_label, weighted
from lesionary.ontology.consistency import consistent
from lesionary.ontology.expansion import expand


@dataclass(frozen=True)
class EvaluationSet:
    """Lesions of the test split with the truth of one kind; cells that are not counted are neither right nor wrong."""

    truth: Matrix
    scores: NDArray[np.float32]
    called: Matrix
    counted: Matrix
    patient: NDArray[np.int64]

    def means(self) -> dict[str, float]:
        """Means over labels of AUC, precision, recall and F1."""
        found = per_label(self.truth, self.scores, self.called, self.counted).means()
        return {name: float(value) for name, value in found.items()}

    def replicates(self, count: int, *, seed: int) -> dict[str, NDArray[np.float64]]:
        """The means over labels, and behind them, one a draw of patients, their replicates.

        Rows that are measured on the same lesions with one seed share the draws, so replicates can be subtracted.
        """
        drawn = draw_patients(self.patient, count, np.random.default_rng(seed))
        weights = np.vstack([np.ones((1, len(self.truth))), drawn])
        return weighted(self.truth, self.scores, self.called, weights, self.counted).means()


def thresholds(labels: Labels, scores: NDArray[np.float32], *, exact: bool = False) -> NDArray[np.float64]:
    """One a label: the best on validation of the authors' grid, or if `exact` of all there are."""
    val = labels.of("val")
    counted = ~labels.matrices["uncertain_expanded"][val]
    best = best_of_all if exact else best_on_grid
    return best(scores[val], labels.matrices["relevant_expanded"][val], counted)


def decide(
    labels: Labels, scores: NDArray[np.float32], limits: NDArray[np.float64], *, exclude: bool = False
) -> Matrix:
    """Labels whose score reaches its threshold, with their parents (4.2).

    With `exclude`, of labels that exclude each other only the one that lies furthest above its threshold is called.
    """
    if exclude:
        return consistent(scores - limits, labels.closure, labels.exclusions)
    return expand(scores >= limits, labels.closure)


def evaluation_sets(
    labels: Labels, scores: NDArray[np.float32], *, exact: bool = False, exclude: bool = False
) -> dict[str, EvaluationSet]:
    """The two test sets of the paper: labels mined from the reports, and complete labels given by hand (5.1)."""
    called = decide(labels, scores, thresholds(labels, scores, exact=exact), exclude=exclude)
    by_hand = labels.lesions["by_hand"].to_numpy()
    test = labels.of("test")
    patients = labels.lesions["patient"].to_list()
    kinds = {
        "text_mined": (labels.mined("test"), "relevant_expanded", ~labels.matrices["uncertain_expanded"]),
        "hand_labelled": (test[by_hand[test]], "hand", np.ones_like(called)),
    }
    return {
        name: EvaluationSet(
            labels.matrices[truth][rows],
            scores[rows],
            called[rows],
            counted[rows],
            np.unique([patients[row] for row in rows], return_inverse=True)[1],
        )
        for name, (rows, truth, counted) in kinds.items()
        if len(rows)
    }


def label_table(labels: Labels, tests: dict[str, EvaluationSet]) -> pl.DataFrame:
    """One row a label and test set: test, label, class, train, positives, auc, precision, recall, f1."""
    parts = []
    for name, one in tests.items():
        values = per_label(one.truth, one.scores, one.called, one.counted)
        measured = {metric: np.round(getattr(values, metric), 4) for metric in NAMES}
        columns = {"positives": (one.truth & one.counted).sum(axis=0), **measured}
        part = labels.table.select("label", "class", "train").with_columns(
            pl.lit(name).alias("test"), *(pl.Series(key, value) for key, value in columns.items())
        )
        parts.append(part.select("test", pl.exclude("test")))
    return pl.concat(parts).with_columns(pl.col(NAMES).fill_nan(None))


def threshold_table(labels: Labels, scores: NDArray[np.float32]) -> pl.DataFrame:
    """What the search for thresholds does to decisions; a row a test set and metric: test, metric, grid, exact."""
    grid, exact = (
        {name: one.means() for name, one in evaluation_sets(labels, scores, exact=every).items()}
        for every in (False, True)
    )
    rows = [
        {"test": name, "metric": metric, "grid": means[metric], "exact": exact[name][metric]}
        for name, means in grid.items()
        for metric in NAMES[1:]  # thresholds do not change the AUC
    ]
    return pl.DataFrame(rows).with_columns(pl.selectors.float().round(4))
