"""What a set of labels looks like: how often each occurs, and what in it is missing, contradictory or said twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.annotation.labels import Matrix, Mined
from lesionary.cohorts.contract.splits import SPLITS
from lesionary.ontology.expansion import expand
from lesionary.ontology.graph import Ontology


def faults_of(labels: Matrix, ontology: Ontology) -> dict[str, int]:
    """Of `labels` (lesions, labels) as given: `missing_ancestors`, and pairs of labels that exclude each other.

    `exclusive_together` counts the pairs that are obeyed; `exclusive_as_written` also those that the ontology
    contradicts itself in, which is how the released label file is counted.
    """
    together = labels.T.astype(int) @ labels.astype(int)
    return {
        "missing_ancestors": int((expand(labels, ontology.closure) & ~labels).sum()),
        "exclusive_together": int(np.triu(together * ontology.exclusions, 1).sum()),
        "exclusive_as_written": int(np.triu(together * ontology.inherited, 1).sum()),
    }


def said_twice(pairs: pl.DataFrame, lesions: Collection[str], column: str) -> int:
    """Relevant mentions of a label that a lesion was given by another mention already."""
    given = pairs.filter(pl.col("lesion").is_in(list(lesions)), pl.col(column) == "relevant")
    return len(given) - given.select("lesion", "label").n_unique()


def fault_table(
    mined: Mined, pairs: pl.DataFrame, lesions: Sequence[str], split: NDArray[np.str_], ontology: Ontology, column: str
) -> pl.DataFrame:
    """One row a split: lesions, labelled (those with a relevant label), labels, said_twice, and `faults_of`."""
    rows = []
    for name in SPLITS:
        relevant = mined.relevant[split == name]
        counts = {"lesions": len(relevant), "labelled": int(relevant.any(axis=1).sum()), "labels": int(relevant.sum())}
        own = [lesion for lesion, part in zip(lesions, split, strict=True) if part == name]
        rows.append(
            {"split": name, **counts, "said_twice": said_twice(pairs, own, column), **faults_of(relevant, ontology)}
        )
    return pl.DataFrame(rows)


def count_table(mined: Mined, split: NDArray[np.str_], learnt: NDArray[np.int64], ontology: Ontology) -> pl.DataFrame:
    """One row a label and split: relevant, uncertain, irrelevant as mentioned; implied: relevant by expansion alone.

    Labels that no lesion has are left out; `learnt` are the columns of those that annotation learns.
    """
    implied = expand(mined.relevant, ontology.closure) & ~mined.relevant
    matrices = {**vars(mined), "implied": implied}
    chosen = set(learnt.tolist())
    rows = [
        {"label": label, "class": ontology.classes[label].value, "learnt": n in chosen, "split": name}
        | {what: int(matrix[split == name, n].sum()) for what, matrix in matrices.items()}
        for n, label in enumerate(ontology.labels)
        if any(matrix[:, n].any() for matrix in matrices.values())
        for name in SPLITS
    ]
    kinds = {"label": pl.String, "class": pl.String, "learnt": pl.Boolean, "split": pl.String}
    return pl.DataFrame(rows, schema=kinds | dict.fromkeys(matrices, pl.Int64))
