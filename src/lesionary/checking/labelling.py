"""What annotators will learn: the code of expand_labels, writing nothing, before any judge has judged.

A mention that nobody judged counts as relevant, so that there are as many labels as there may be.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from lesionary.annotation.labels import expanded, label_list, mine
from lesionary.annotation.mining.given import with_given
from lesionary.annotation.mining.targets import by_hand, lesions_with_labels
from lesionary.checking.mentions import Mentions
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import SPLITS
from lesionary.evaluation.multilabel import measurable
from lesionary.ontology.expansion import expand
from lesionary.ontology.graph import Ontology
from lesionary.params.annotation import LabelsParams


@dataclass(frozen=True)
class Learnable:
    """How many labels occur often enough, and lesions with labels by split, of train with such a label."""

    labels: int
    measurable: int
    """Labels that some lesions of validation have and others have not."""
    train: int
    val: int
    test: int


NOTHING = Learnable(0, 0, 0, 0, 0)


def learnable(
    mentions: Mentions,
    joined: pl.DataFrame,
    lesions: pl.DataFrame,
    patched: Collection[str],
    ontology: Ontology,
    least: LabelsParams,
    set_aside: SetAside,
) -> Learnable:
    """Of the pairs `joined` with their judgements, and the `lesions` of the index of which a patch can be cut.

    `CohortError` if none of these has a label.
    """
    given = mentions.given.labels.drop("line")
    pairs = with_given(joined.with_columns(used=pl.col("judged").fill_null("relevant")), given)
    patches = lesions.filter(pl.col("lesion").is_in(list(patched))).select("lesion", "patient")
    patients = pl.DataFrame(list(mentions.splits.items()), {"patient": pl.String, "split": pl.String}, orient="row")
    known = lesions_with_labels(patches, patients, pairs, mentions.by_hand, set_aside, given=len(given) > 0)
    by_hand(mentions.by_hand, known["lesion"].to_list(), ontology, set_aside)
    mined = mine(pairs, known["lesion"].to_list(), ontology, "used")
    taught, relevant = expand(mined.relevant | mined.uncertain, ontology.closure), expanded(mined, ontology).relevant
    of_split = {split: known["split"].to_numpy() == split for split in SPLITS}
    parts = (taught[of_split["train"]], relevant[of_split["val"]], relevant[of_split["test"]])
    kept = label_list(*parts, (least.min_train, least.min_val, least.min_test))
    counts = {split: int(np.count_nonzero(rows)) for split, rows in of_split.items()}
    told = int(measurable(relevant[of_split["val"]][:, kept]).sum()) if counts["val"] else 0
    return Learnable(len(kept), told, **counts | {"train": int(parts[0][:, kept].any(axis=1).sum())})
