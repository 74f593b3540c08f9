"""Labels that came with a cohort stand beside those of its own mentions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.annotation.labels import mine
from lesionary.annotation.mining.evidence import evidence
from lesionary.annotation.mining.given import SCHEMA, given_metrics, known_labels, read_given, with_given
from lesionary.annotation.mining.targets import lesions_with_labels
from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.ontology.graph import LabelClass, Ontology

PARENTS = {"chest": [], "lung": ["chest"], "nodule": []}
ONTOLOGY = Ontology(
    classes={name: LabelClass.TYPE if name == "nodule" else LabelClass.BODYPART for name in PARENTS},
    synonyms={name: (name,) for name in PARENTS},
    parents={name: frozenset(up) for name, up in PARENTS.items()},
    exclusive={name: frozenset() for name in PARENTS},
)


def given(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, SCHEMA, orient="row")


def mentions(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Lesion, label and relation, each with a place."""
    chances = {"p_relevant": 0.7, "p_uncertain": 0.2, "p_irrelevant": 0.1}
    place = {"report": "R", "start": 5, "end": 9, "bookmark": 40, "judged": None}
    written = [
        {"lesion": lesion, "label": label, "used": used, "predicted": used, **place, **chances}
        for lesion, label, used in rows
    ]
    return pl.DataFrame(written, schema_overrides={"judged": pl.String})


def test_of_a_mention_and_a_given_label_the_stronger_relation_counts_whichever_it_is() -> None:
    said = mentions(("a", "lung", "irrelevant"), ("a", "nodule", "relevant"))
    pairs = with_given(
        said, given(("a", "lung", "uncertain"), ("a", "nodule", "irrelevant"), ("b", "lung", "relevant"))
    )
    mined = mine(pairs, ["a", "b"], ONTOLOGY, "used")
    assert mined.relevant.astype(int).tolist() == [[0, 0, 1], [0, 1, 0]]
    assert mined.uncertain.astype(int).tolist() == [[0, 1, 0], [0, 0, 0]]
    assert not mined.irrelevant.any()


def test_without_given_labels_nothing_changes(tmp_path: Path) -> None:
    none = read_given(tmp_path, ONTOLOGY, SetAside())
    said = mentions(("a", "lung", "relevant"))
    assert with_given(said, none) is said


def test_a_given_label_and_its_parents_are_traced_to_no_report() -> None:
    found = evidence(
        with_given(mentions(("a", "nodule", "relevant")), given(("b", "lung", "uncertain"))), ["a", "b"], ONTOLOGY
    )
    assert found.select("lesion", "label", "source", "from_label", "report", "relation", "p_relevant").rows() == [
        ("a", "nodule", "mention", "nodule", "R", "relevant", 0.7),
        ("b", "chest", "expansion", "lung", None, "uncertain", None),
        ("b", "lung", "given", "lung", None, "uncertain", None),
    ]


def test_a_label_that_the_ontology_lacks_is_set_aside_once() -> None:
    set_aside = SetAside()
    rows = given(("a", "toe", "relevant"), ("b", "toe", "uncertain"), ("b", "lung", "relevant"))
    assert known_labels(rows, ONTOLOGY, set_aside).rows() == [("b", "lung", "relevant")]
    assert [(one.kind.value, one.subject, one.reason) for one in set_aside.problems] == [
        ("mined label", "toe", "is not in the ontology")
    ]


def test_they_are_measured_on_the_lesions_that_have_them() -> None:
    """Of a: lung right, nodule wrong, chest implied; b, of which nothing was given, is no miss."""
    truth = np.array([[1, 1, 0], [0, 0, 1]], bool)
    rows = given(("a", "lung", "relevant"), ("a", "nodule", "uncertain"), ("c", "lung", "relevant"))
    found = given_metrics(rows, ["a", "b"], truth, ONTOLOGY)
    assert (found["lesions"], found["labels"]) == (2, 3)
    assert found["raw"] == pytest.approx({"precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2})
    assert found["relevant"] == pytest.approx({"precision": 1, "recall": 1 / 2, "f1": 2 / 3})
    assert found["expanded"] == pytest.approx({"precision": 2 / 3, "recall": 1, "f1": 4 / 5})


def test_a_lesion_needs_a_patch_and_either_a_mention_or_a_given_label() -> None:
    patches = pl.DataFrame({"lesion": ["a", "b", "c"], "patient": ["p", "q", "p"], "study": ["s", "t", "s"]})
    patients = pl.DataFrame({"patient": ["p", "q"], "split": ["train", "test"]})
    pairs = with_given(mentions(("a", "lung", "relevant")), given(("b", "lung", "relevant"), ("d", "lung", "relevant")))
    labelled, set_aside = pl.DataFrame(schema={"lesion": pl.String, "label": pl.String}), SetAside()
    kept = lesions_with_labels(patches, patients, pairs, labelled, set_aside, given=True)
    assert kept["lesion"].to_list() == ["a", "b"]
    assert [(one.subject, one.reason) for one in set_aside.problems] == [
        ("c", "has neither a mention beside a bookmark nor a label in mined.csv"),
        ("d", "is bookmarked or in mined.csv but has no patch"),
    ]


def test_a_cohort_of_which_no_lesion_has_a_label_is_told() -> None:
    patches = pl.DataFrame({"lesion": ["a"], "patient": ["p"], "study": ["s"]})
    patients = pl.DataFrame({"patient": ["p"], "split": ["train"]})
    labelled = pl.DataFrame(schema={"lesion": pl.String, "label": pl.String})
    with pytest.raises(CohortError, match="has no lesion with an image and a label"):
        lesions_with_labels(patches, patients, given().rename({"relation": "used"}), labelled, SetAside())
