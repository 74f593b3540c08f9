"""The released labels, and evaluation on them with scores that were made for hand-checked values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.annotation.mining.targets import by_hand, lesions_with_labels
from lesionary.annotation.released import Released, read_hand_labelled, read_released
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.evaluation.multilabel import measurable, per_label
from lesionary.ontology.expansion import expand
from lesionary.ontology.graph import Ontology
from lesionary.ontology.workbook import read_workbook


@pytest.fixture(scope="module")
def released(shared_data: Path) -> dict[str, Released]:
    return read_released(shared_data / "lesanet" / "text_mined_labels_171_and_split.json")


def test_splits_have_the_published_sizes(released: dict[str, Released]) -> None:
    assert [len(split.lesions) for split in released.values()] == [20_266, 1_976, 1_879]
    train, val, test = released.values()
    relevant = [part.relevant.any(axis=1).sum() for part in (val, test)]
    assert [(train.relevant | train.uncertain).any(axis=1).sum(), *relevant] == [19_221, 1_852, 1_761]


def test_label_frequencies_are_those_counted_elsewhere(released: dict[str, Released]) -> None:
    counts = released["train"].relevant.sum(axis=0)
    assert (int(np.median(counts)), counts.min(), counts.max()) == (124, 17, 7_541)


@pytest.fixture(scope="module")
def written(shared_data: Path) -> dict[str, list]:
    return json.loads((shared_data / "lesanet" / "text_mined_labels_171_and_split.json").read_text())


@pytest.fixture(scope="module")
def whole(shared_data: Path) -> Ontology:
    return read_workbook(shared_data / "lesanet" / "lesion_ontology_181022.xlsx")


def test_parents_missing_in_training_are_counted(released, written, whole) -> None:
    part, train = whole.only(written["term_list"]), released["train"].relevant
    assert (expand(train, part.closure) & ~train).sum() == 1_226
    names = written["term_list"]
    listed = [{names.index(parent) for parent in whole.parents[name] & set(names)} for name in names]
    lacking = [listed[label] - set(lesion) for lesion in written["train_relevant_labels"] for label in lesion]
    assert sum(map(len, lacking)) == 1_195


def test_exclusive_labels_given_together_in_training_are_counted(released, written, whole) -> None:
    part, train = whole.only(written["term_list"]), released["train"].relevant.astype(int)
    assert np.triu(train.T @ train * part.inherited, 1).sum() == 3_689


def test_all_that_were_labelled_by_hand_are_tested_half_of_which_reports_gave_labels(
    shared_data: Path, released: dict[str, Released], whole: Ontology
) -> None:
    """Of the 500 the first 100 are here, of lesions that are not in training or validation."""
    given = read_hand_labelled(shared_data / "lesanet" / "hand_labeled_test_set_first100.json", 32_735)
    labelled = pl.DataFrame([(str(row), label) for row, labels in given for label in labels], ["lesion", "label"],
                            orient="row")  # fmt: skip
    test = [str(row) for row in released["test"].lesions]
    names = sorted({*test, *labelled["lesion"]})
    patches = pl.DataFrame({"lesion": names, "patient": names})
    patients, pairs = (
        pl.DataFrame({"patient": names}).with_columns(split=pl.lit("test")),
        pl.DataFrame({"lesion": test}),
    )
    set_aside = SetAside()
    kept = lesions_with_labels(patches, patients, pairs, labelled, set_aside, given=True)
    assert (kept["by_hand"].sum(), (kept["by_hand"] & kept["mined"]).sum(), kept["mined"].sum()) == (100, 48, 1_879)
    truth = by_hand(labelled, kept["lesion"].to_list(), whole, set_aside)
    assert truth[kept["by_hand"].to_numpy()].any(axis=1).all()
    parents = ["gastrointestinal", "iliac", "neoplasm", "vein"]  # of a larger ontology: the workbook has their children
    assert sorted(one.subject for one in set_aside.problems) == parents
    elsewhere = {*released["train"].lesions, *released["val"].lesions}
    assert elsewhere.isdisjoint(row for row, _ in given)


def test_the_truth_as_score_is_faultless(released: dict[str, Released]) -> None:
    test = released["test"]
    means = per_label(test.relevant, test.relevant.astype(float), test.relevant, ~test.uncertain).means()
    assert {name: float(value) for name, value in means.items()} == {"auc": 1, "precision": 1, "recall": 1, "f1": 1}


def test_its_opposite_is_worthless(released: dict[str, Released]) -> None:
    test = released["test"]
    means = per_label(test.relevant, 1 - test.relevant.astype(float), ~test.relevant, ~test.uncertain).means()
    assert {name: float(value) for name, value in means.items()} == {"auc": 0, "precision": 0, "recall": 0, "f1": 0}


def test_calling_every_label_has_the_precision_of_its_frequency(released: dict[str, Released]) -> None:
    test = released["test"]
    everything = np.ones_like(test.relevant)
    found = per_label(test.relevant, np.zeros(test.relevant.shape), everything, ~test.uncertain)
    here = measurable(test.relevant, ~test.uncertain)
    counted = ~test.uncertain
    share = (test.relevant & counted).sum(axis=0) / counted.sum(axis=0)
    np.testing.assert_allclose(found.precision[here], share[here])
    np.testing.assert_allclose(found.f1[here], (2 * share / (1 + share))[here])
    assert np.nanmean(found.auc) == 0.5
    assert np.nanmean(found.recall) == 1


def test_one_missed_lesion_costs_one_of_its_labels(released: dict[str, Released]) -> None:
    """Chest is label 0: one of its lesions is not called, so recall is (n - 1) / n and precision stays 1."""
    test = released["test"]
    called = test.relevant.copy()
    positives = np.flatnonzero(test.relevant[:, 0] & ~test.uncertain[:, 0])
    called[positives[0], 0] = False
    found = per_label(test.relevant, called.astype(float), called, ~test.uncertain)
    assert found.recall[0] == pytest.approx(1 - 1 / len(positives))
    assert found.precision[0] == 1
    assert found.auc[0] == pytest.approx(1 - 0.5 / len(positives))
