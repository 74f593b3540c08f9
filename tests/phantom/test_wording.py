import pytest

from lesionary.ontology.ours import our_ontology
from lesionary.phantom.catalogue import catalogue
from lesionary.phantom.wording import ENLARGED, Role, Said, Side, wording
from lesionary.reports.parsing.mentions import MentionFinder


@pytest.fixture(scope="module")
def finder() -> MentionFinder:
    return MentionFinder(our_ontology())


def all_forms() -> list[Said]:
    entries = wording().entries
    forms = [
        Said.parse((label,), form, side)
        for label, entry in entries.items()
        for role in Role
        for form in entry.forms(role)
        for side in (Side.UNKNOWN, Side.RIGHT)
    ]
    return [*forms, *(said for label in entries for said in wording().enlarged(label))]


def test_whoever_looks_for_labels_finds_every_form_as_what_it_is_and_nothing_else(finder):
    forms = all_forms()
    for said, found in zip(forms, finder.pipe(said.phrase for said in forms), strict=True):
        start = len(said.before)
        assert sorted(found) == sorted((start, start + len(said.words), label) for label in said.labels), said


def test_every_label_that_a_lesion_may_carry_can_be_said():
    known = wording().entries
    for kind in catalogue().kinds:
        groups = [*kind.types, *kind.attributes, kind.sites, *({label: 1.0 for label in p.labels} for p in kind.parts)]
        for label in {label for group in groups for label in group}:
            assert any(known[label].forms(role) for role in Role), label


def test_nodes_and_their_enlargement_are_one_compound():
    assert wording().compounds["mediastinal lymphadenopathy"] == ("mediastinum lymph node", ENLARGED)


def test_a_compound_of_a_compound_is_written_out():
    assert "[solid pulmonary nodule]" in wording().entries["solid pulmonary nodule"].noun


def test_a_side_is_said_only_where_it_is_known():
    said = [Said.parse(("axilla",), "the {side}[axilla]", side).phrase for side in (Side.LEFT, Side.UNKNOWN)]
    assert said == ["the left axilla", "the axilla"]
