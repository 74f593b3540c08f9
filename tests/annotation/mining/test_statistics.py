"""What a set of labels looks like."""

from __future__ import annotations

import numpy as np
import polars as pl

from lesionary.annotation.labels import mine
from lesionary.annotation.mining.statistics import count_table, fault_table, faults_of
from lesionary.ontology.graph import LabelClass, Ontology

LABELS = ("chest", "lung", "liver", "nodule")
ONTOLOGY = Ontology(
    classes=dict.fromkeys(LABELS[:3], LabelClass.BODYPART) | {"nodule": LabelClass.TYPE},
    synonyms={label: (label,) for label in LABELS},
    parents={"lung": frozenset({"chest"})},
    exclusive={"chest": frozenset({"liver"}), "liver": frozenset({"chest"})},
)
PAIRS = pl.DataFrame(
    [
        ("a", "lung", "relevant"),
        ("a", "lung", "relevant"),
        ("a", "liver", "relevant"),
        ("b", "nodule", "uncertain"),
        ("b", "chest", "irrelevant"),
        ("z", "lung", "relevant"),
    ],
    schema=["lesion", "label", "used"],
    orient="row",
)
LESIONS, SPLIT = ["a", "b"], np.array(["train", "test"])
MINED = mine(PAIRS, LESIONS, ONTOLOGY, "used")


def test_a_lung_in_the_liver_lacks_a_parent_and_contradicts_itself() -> None:
    labels = np.array([[0, 1, 1, 0], [1, 1, 0, 1]], bool)
    assert faults_of(labels, ONTOLOGY) == {
        "missing_ancestors": 1,
        "exclusive_together": 1,
        "exclusive_as_written": 1,
    }


def test_faults_are_counted_by_split() -> None:
    table = fault_table(MINED, PAIRS, LESIONS, SPLIT, ONTOLOGY, "used")
    assert table.filter(pl.col("split") == "train").row(0) == ("train", 1, 1, 2, 1, 1, 1, 1)
    assert table.filter(pl.col("split") == "test").row(0) == ("test", 1, 0, 0, 0, 0, 0, 0)


def test_every_label_that_occurs_is_counted_by_split_and_relation() -> None:
    table = count_table(MINED, SPLIT, np.array([1]), ONTOLOGY)
    rows = {(row["label"], row["split"]): row for row in table.iter_rows(named=True)}
    assert len(rows) == 4 * 3
    counts = ("relevant", "uncertain", "irrelevant", "implied")
    assert [rows["chest", "train"][what] for what in counts] == [0, 0, 0, 1]
    assert [rows["chest", "test"][what] for what in counts] == [0, 0, 1, 0]
    assert [rows["nodule", "test"][what] for what in counts] == [0, 1, 0, 0]
    assert rows["lung", "val"]["learnt"]
    assert not rows["liver", "val"]["learnt"]
