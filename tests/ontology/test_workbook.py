"""The released ontology, counted (the figures of the paper's section 5.1, and what lies behind them)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from lesionary.base.errors import OntologyError
from lesionary.ontology.graph import Fault, Ontology
from lesionary.ontology.workbook import read_workbook


@pytest.fixture(scope="module")
def released(shared_data: Path) -> Ontology:
    return read_workbook(shared_data / "lesanet" / "lesion_ontology_181022.xlsx")


@pytest.fixture(scope="module")
def terms(shared_data: Path) -> list[str]:
    labels = json.loads((shared_data / "lesanet" / "text_mined_labels_171_and_split.json").read_text("utf-8"))
    return list(labels["term_list"])


@pytest.fixture(scope="module")
def mined(released: Ontology, terms: list[str]) -> Ontology:
    return released.only(terms)


def test_333_terms_in_three_classes(released: Ontology) -> None:
    assert Counter(released.classes.values()) == {"bodypart": 219, "type": 72, "attribute": 42}


def test_668_synonyms_the_terms_among_them(released: Ontology) -> None:
    assert sum(map(len, released.synonyms.values())) == 668
    assert all(term in synonyms for term, synonyms in released.synonyms.items())


def test_171_labels_in_three_classes(mined: Ontology) -> None:
    assert Counter(mined.classes.values()) == {"bodypart": 115, "type": 27, "attribute": 29}


def test_pairs_of_parent_and_child(released: Ontology, mined: Ontology, terms: list[str]) -> None:
    assert sum(len(released.parents[term] & set(terms)) for term in terms) == 252
    assert mined.closure.sum() == 268
    assert mined.reduced().listed.sum() == 137


def test_exclusive_pairs(released: Ontology, mined: Ontology, terms: list[str]) -> None:
    written = {frozenset((term, other)) for term in terms for other in released.exclusive[term] & set(terms)}
    assert len(written) == 196
    either = mined.inherited | mined.inherited.T
    assert either[np.triu_indices(171)].sum() == 4461
    assert either[np.triu_indices(171, 1)].sum() == 4460
    assert (mined.inherited & ~mined.inherited.T).sum() == 19


def test_the_pretracheal_lymph_node_contradicts_itself_and_is_not_obeyed(mined: Ontology) -> None:
    found = {(one.fault, one.label, one.other) for one in mined.contradictions()}
    name, parent = "pretracheal lymph node", "superior mediastinum lymph node"
    assert (Fault.SELF, name, name) in found
    assert (Fault.ANCESTOR, name, parent) in found
    assert Counter(fault for fault, _, _ in found) == {Fault.ONE_WAY: 19, Fault.SELF: 1, Fault.ANCESTOR: 1}
    assert not mined.exclusions[mined.index[name], [mined.index[name], mined.index[parent]]].any()
    assert mined.exclusions.sum() == 2 * 4459


def test_names_that_are_no_terms_are_reported(released: Ontology) -> None:
    found = [one for one in released.contradictions() if one.fault is Fault.UNKNOWN_PARENT]
    assert Counter(one.other for one in found).most_common(2) == [("gastrointestinal", 18), ("artery", 15)]


def test_a_workbook_of_another_kind_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["id", "class", "term", "synonyms"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(OntologyError, match="has no column 'term_exclusive'"):
        read_workbook(tmp_path / "other.xlsx")
