"""Which lesions annotation learns from and is tested on, and what they were labelled by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from lesionary.annotation.labels import Matrix
from lesionary.base.errors import CohortError, LesionError, ReportError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.ontology.graph import Ontology

UNMENTIONED = ("has no mention beside a bookmark", "bookmark it in its report, or leave it out")
UNLABELLED = ("has neither a mention beside a bookmark nor a label in mined.csv", "add it there, or leave it out")


def lesions_with_labels(
    patches: pl.DataFrame,
    patients: pl.DataFrame,
    pairs: pl.DataFrame,
    labelled: pl.DataFrame,
    set_aside: SetAside,
    *,
    given: bool = False,
) -> pl.DataFrame:
    """Lesions with a patch and labels, in the order of the patches: lesion, patient, split, row, mined, by_hand.

    `mined` have a mention, or where labels were `given` one of these; `by_hand` are those of the test split that are in
    `labelled`, mined or not: the paper tests on both sets (LesaNet, 5.1). Lesions with labels but no patch, or a patch
    and neither, are set aside; `CohortError` if none is mined.
    """
    everyone = patches.with_row_index("row").join(patients, on="patient", how="left", maintain_order="left")
    by_hand = pl.col("lesion").is_in(labelled["lesion"].unique().to_list()) & (pl.col("split") == "test")
    mined = pl.col("lesion").is_in(pairs["lesion"].drop_nulls().unique().to_list())
    everyone = everyone.with_columns(mined=mined, by_hand=by_hand)
    silent = LesionError("lesions", *(UNLABELLED if given else UNMENTIONED))
    set_aside.add_all(Kind.LESION, everyone.filter(~pl.col("mined") & ~pl.col("by_hand"))["lesion"].to_list(), silent)
    known = set(everyone["lesion"])
    missing = [name for name in pairs["lesion"].drop_nulls().unique(maintain_order=True) if name not in known]
    reason = "is bookmarked or in mined.csv but has no patch" if given else "is bookmarked but has no patch"
    unseen = LesionError("lesions", reason, "see what index_images and crop_patches set aside")
    set_aside.add_all(Kind.LESION, missing, unseen)
    kept = everyone.filter(pl.col("mined") | pl.col("by_hand"))
    if not kept["mined"].any():
        raise CohortError("the cohort", "has no lesion with an image and a label", "see what was set aside")
    return kept.select("lesion", "patient", "split", "row", "mined", "by_hand")


def by_hand(labelled: pl.DataFrame, lesions: Sequence[str], ontology: Ontology, set_aside: SetAside) -> Matrix:
    """Labels given by hand, shape (lesions, labels); a label that the ontology does not have is set aside."""
    row_of = {lesion: n for n, lesion in enumerate(lesions)}
    matrix = np.zeros((len(lesions), len(ontology.labels)), bool)
    for label in labelled["label"].unique(maintain_order=True):
        with set_aside.guard(Kind.LABEL, label):
            if label not in ontology.index:
                raise ReportError(f"labels.csv, label {label!r}", "is not in the ontology", "add it to lesions.yaml")
    for lesion, label in labelled.iter_rows():
        if lesion in row_of and label in ontology.index:
            matrix[row_of[lesion], ontology.index[label]] = True
    return matrix
