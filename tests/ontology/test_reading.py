"""An ontology as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from lesionary.base.errors import OntologyError
from lesionary.ontology.graph import LabelClass
from lesionary.ontology.ours import our_ontology
from lesionary.ontology.reading import parse_ontology, read_ontology
from lesionary.ontology.workbook import read_workbook
from lesionary.reports.parsing.mentions import MentionFinder

SMALL = """
bodypart:
  lung: {synonyms: [pulmonary]}
  lymph node: {synonyms: [node]}
  hilum lymph node: {parents: [lymph node], synonyms: ["hilar {lymph node}", "hilar {adenopathy}"]}
type:
  nodule: {synonyms: [nodular]}
  adenopathy: {parents: [lymph node]}
  lung nodule: {parents: [lung, nodule], synonyms: ["{lung} {nodule}"]}
attribute: {}
exclusive:
  - [lung, lymph node]
silent: [node of Ranvier]
"""


def test_braces_stand_for_every_synonym() -> None:
    found = set(parse_ontology(SMALL, "here").synonyms["lung nodule"])
    assert found == {"lung nodule", "lung nodular", "pulmonary nodule", "pulmonary nodular"}


def test_a_label_in_braces_that_is_no_parent_is_mentioned_too() -> None:
    synonyms = parse_ontology(SMALL, "here").synonyms
    assert "hilar adenopathy" in synonyms["adenopathy"]
    assert "hilar node" not in synonyms["lymph node"]


def test_groups_exclude_both_ways() -> None:
    ontology = parse_ontology(SMALL, "here")
    assert ontology.exclusive["lung"] == {"lymph node"}
    assert ontology.exclusive["lymph node"] == {"lung"}
    assert ontology.silent == ("node of Ranvier",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("parents: [lung, nodule]", "parents: [lungs, nodule]", "'lung nodule' has an unknown parent, 'lungs'"),
        ("- [lung, lymph node]", "- [lung, lymph nodes]", "excludes an unknown label, 'lymph nodes'"),
        ("- [lung, lymph node]", "- [lung, nodule]", "'lung nodule' is exclusive with"),
        ("{lung} {nodule}", "{lungs} {nodule}", "no label 'lungs'"),
        ("synonyms: [pulmonary]", "synonym: [pulmonary]", "bodypart.lung.synonym: Extra inputs"),
        ("synonyms: [node]", "synonyms: node", "bodypart.lymph node.synonyms: Input should be a valid list"),
        ("nodule: {synonyms: [nodular]}", "lung: {synonyms: [nodular]}", "'lung' stands in two classes"),
        ("lymph node: {synonyms: [node]}", "lung: {synonyms: [node]}", "'lung' stands twice"),
        ("  lung: {synonyms", "  lung: {parents: [lung nodule], synonyms", "'lung' -> 'lung nodule' -> 'lung'"),
        ("attribute: {}", "", "attribute: Field required"),
        ("synonyms: [pulmonary]", "synonyms: [pulmonary", "is no YAML"),
    ],
)
def test_a_mistake_in_the_text_is_named(old: str, new: str, message: str) -> None:
    with pytest.raises(OntologyError) as error:
        parse_ontology(SMALL.replace(old, new, 1), "here")
    assert message in str(error.value)


def test_an_ontology_of_ones_own_comes_from_a_path(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SMALL, "utf-8")
    assert len(read_ontology(tmp_path / "own.yaml").labels) == 6


def test_a_workbook_is_told_by_its_ending_and_may_contradict_itself(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["class", "term", "synonyms", "term_exclusive", "term_parents"])
    book.active.append(["bodypart", "lung", "lung | pulmonary", "", "thorax"])
    book.save(tmp_path / "own.xlsx")
    ontology = read_ontology(tmp_path / "own.xlsx")
    assert [str(one) for one in ontology.contradictions()] == ["'lung' has an unknown parent, 'thorax'"]
    assert [mention.label for mention in MentionFinder(ontology)("pulmonary")] == ["lung"]


def test_a_cycle_in_a_workbook_is_refused_with_its_path(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["class", "term", "synonyms", "term_exclusive", "term_parents"])
    for term, parent in (("a", "b"), ("b", "c"), ("c", "a")):
        book.active.append(["bodypart", term, term, "", parent])
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(OntologyError, match="'a' -> 'b' -> 'c' -> 'a'"):
        read_ontology(tmp_path / "own.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("own.yaml", "bodypart: {Körper: {}}".encode("latin-1"), "is no text in UTF-8"),
        ("own.xlsx", b"bodypart", "is no workbook"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OntologyError, match=message):
        read_ontology(tmp_path / name)
    with pytest.raises(OntologyError, match="is missing"):
        read_ontology(tmp_path / f"no-{name}")


def test_ours_has_every_class_and_no_contradiction() -> None:
    ontology = our_ontology()
    assert ontology.contradictions() == []
    assert {*ontology.classes.values()} == {*LabelClass}
    assert len(ontology.labels) >= 200
    assert all(label == ontology.synonyms[label][0] for label in ontology.labels)


def test_ours_writes_no_parent_that_others_imply() -> None:
    ontology = our_ontology()
    assert ontology.reduced().parents == ontology.parents


def test_our_labels_are_spelt_and_classed_as_in_the_released_ontology(shared_data: Path) -> None:
    theirs, ours = read_workbook(shared_data / "lesanet" / "lesion_ontology_181022.xlsx"), our_ontology()
    own = {label for label in ours.labels if label not in theirs.classes}
    assert own == {"head", "neck lymph node", "neoplasm", "lymphoma", "myelolipoma", "liver cyst"}
    assert all(ours.classes[label] == theirs.classes[label] for label in ours.labels if label not in own)
