"""From judged mentions to labels."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lesionary.annotation.labels import agreement, expanded, label_list, labels_a_lesion, mine, mining_quality
from lesionary.annotation.mining.targets import by_hand, lesions_with_labels
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.ontology.graph import LabelClass, Ontology

NAMES = ("chest", "lung", "abdomen", "nodule")
ONTOLOGY = Ontology(
    classes={name: LabelClass.TYPE if name == "nodule" else LabelClass.BODYPART for name in NAMES},
    synonyms={name: (name,) for name in NAMES},
    parents={"chest": frozenset(), "lung": frozenset({"chest"}), "abdomen": frozenset(), "nodule": frozenset()},
    exclusive={
        "chest": frozenset({"abdomen"}),
        "abdomen": frozenset({"chest"}),
        "lung": frozenset(),
        "nodule": frozenset(),
    },
)


def pairs(*rows: tuple[str | None, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["lesion", "label", "used"], orient="row")


def test_the_strongest_relation_of_a_label_counts() -> None:
    table = pairs(
        ("a", "nodule", "irrelevant"),
        ("a", "nodule", "uncertain"),
        ("b", "lung", "relevant"),
        ("b", "lung", "uncertain"),
    )
    mined = mine(table, ["a", "b"], ONTOLOGY, "used")
    assert mined.uncertain.astype(int).tolist() == [[0, 0, 0, 1], [0, 0, 0, 0]]
    assert mined.relevant.astype(int).tolist() == [[0, 0, 0, 0], [0, 1, 0, 0]]
    assert not mined.irrelevant.any()


def test_other_lesions_and_unknown_labels_are_ignored() -> None:
    assert not mine(
        pairs(("z", "lung", "relevant"), ("a", "toe", "relevant"), (None, "lung", "relevant")), ["a"], ONTOLOGY, "used"
    ).mentioned.any()


def test_parents_of_the_relevant_are_relevant_and_of_the_uncertain_uncertain() -> None:
    known = expanded(
        mine(pairs(("a", "lung", "relevant"), ("b", "lung", "uncertain")), ["a", "b"], ONTOLOGY, "used"), ONTOLOGY
    )
    assert known.relevant.astype(int).tolist() == [[1, 1, 0, 0], [0, 0, 0, 0]]
    assert known.uncertain.astype(int).tolist() == [[0, 0, 0, 0], [1, 1, 0, 0]]


def test_a_label_must_be_frequent_in_every_split() -> None:
    train = np.array([[1, 1, 1, 0]] * 3 + [[0, 1, 1, 0]], bool)
    val, test = np.array([[1, 1, 0, 1]], bool), np.array([[1, 1, 1, 1]], bool)
    assert label_list(train, val, test, (3, 1, 1)).tolist() == [1, 0]


def test_agreement_is_counted_over_cells() -> None:
    mined, truth = np.array([[1, 1, 0, 0]], bool), np.array([[1, 0, 1, 1]], bool)
    assert agreement(mined, truth) == {"precision": 1 / 2, "recall": 1 / 3, "f1": 2 / 5}


def test_each_step_of_the_mining_is_measured() -> None:
    mined = mine(pairs(("a", "lung", "relevant"), ("a", "abdomen", "irrelevant")), ["a"], ONTOLOGY, "used")
    truth = np.array([[1, 1, 0, 1]], bool)
    quality = mining_quality(mined, truth, ONTOLOGY)
    assert quality["raw"]["precision"] == 1 / 2
    assert quality["relevant"] == pytest.approx({"precision": 1, "recall": 1 / 3, "f1": 1 / 2})
    assert quality["expanded"]["recall"] == 2 / 3


def test_lesions_without_mention_or_patch_are_set_aside() -> None:
    patches = pl.DataFrame({"lesion": ["a", "b"], "patient": ["p", "q"], "study": ["s", "t"]})
    patients = pl.DataFrame({"patient": ["p", "q"], "split": ["train", "test"]})
    labelled, set_aside = pl.DataFrame({"lesion": ["b"], "label": ["toe"]}), SetAside()
    kept = lesions_with_labels(
        patches, patients, pairs(("b", "lung", "relevant"), ("c", "lung", "relevant")), labelled, set_aside
    )
    assert kept.rows() == [("b", "q", "test", 1, True, True)]
    assert [(p.subject, p.reason) for p in set_aside.problems] == [
        ("a", "has no mention beside a bookmark"),
        ("c", "is bookmarked but has no patch"),
    ]
    assert not by_hand(labelled, ["b"], ONTOLOGY, set_aside).any()
    assert set_aside.problems[-1].reason == "is not in the ontology"


def test_a_test_lesion_labelled_by_hand_needs_no_mention_and_one_to_learn_from_does() -> None:
    patches = pl.DataFrame({"lesion": ["a", "b", "c"], "patient": ["p", "q", "p"], "study": ["s", "t", "s"]})
    patients = pl.DataFrame({"patient": ["p", "q"], "split": ["train", "test"]})
    labelled, set_aside = pl.DataFrame({"lesion": ["a", "b"], "label": ["lung", "lung"]}), SetAside()
    kept = lesions_with_labels(patches, patients, pairs(("c", "lung", "relevant")), labelled, set_aside)
    assert kept.rows() == [("b", "q", "test", 1, False, True), ("c", "p", "train", 2, True, False)]
    assert [one.subject for one in set_aside.problems] == ["a"]


def test_what_the_report_lacks_is_counted_where_there_is_a_report() -> None:
    mined, truth = np.array([[1, 0], [0, 0]], bool), np.array([[1, 1], [1, 1]], bool)
    found = labels_a_lesion(mined, truth, np.array([True, False]), np.array([True, True]))
    assert found == {"text_mined": 1.0, "hand_labelled": 2.0, "unsaid": 1.0}
