"""What labels imply."""

from __future__ import annotations

import numpy as np

from lesionary.ontology.expansion import expand, expand_uncertain, reliable_negatives
from lesionary.ontology.ours import our_ontology

ONTOLOGY = our_ontology()
RNG = np.random.default_rng(0)
SOME = RNG.random((200, len(ONTOLOGY.labels))) < 0.02
OTHERS = RNG.random(SOME.shape) < 0.01


def row(*labels: str) -> np.ndarray:
    return np.isin(ONTOLOGY.labels, labels)[None]


def names(found: np.ndarray) -> set[str]:
    return {ONTOLOGY.labels[i] for i in np.flatnonzero(found[0])}


def test_a_child_never_stands_without_its_parents() -> None:
    full = expand(SOME, ONTOLOGY.closure)
    for lesion in full:
        for label in np.flatnonzero(lesion):
            assert all(lesion[ONTOLOGY.index[parent]] for parent in ONTOLOGY.parents[ONTOLOGY.labels[label]])


def test_expansion_adds_ancestors_and_nothing_else() -> None:
    for lesion, full in zip(SOME, expand(SOME, ONTOLOGY.closure), strict=True):
        own = {ONTOLOGY.labels[i] for i in np.flatnonzero(lesion)}
        assert names(full[None]) == own.union(*(ONTOLOGY.ancestors(label) for label in own))


def test_a_nodule_of_the_left_lower_lobe_lies_in_the_chest() -> None:
    found = names(expand(row("left lower lobe", "lung nodule"), ONTOLOGY.closure))
    assert found == {"left lower lobe", "lung nodule", "left lung", "lung", "chest", "nodule"}


def test_a_lesion_of_the_left_kidney_is_reliably_none_of_the_right_one() -> None:
    found = names(reliable_negatives(expand(row("left kidney"), ONTOLOGY.closure), ONTOLOGY.exclusions))
    assert {"right kidney", "lung", "spleen", "liver mass", "chest"} <= found
    assert not {"cyst", "kidney", "abdomen", "calcified"} & found


def test_a_positive_label_beats_an_exclusion() -> None:
    both = expand(row("left kidney", "right kidney"), ONTOLOGY.closure)
    assert not (reliable_negatives(both, ONTOLOGY.exclusions) & both).any()


def test_reliable_negatives_are_those_of_the_slow_loop() -> None:
    full = expand(SOME, ONTOLOGY.closure)
    slow = np.zeros_like(full)
    for i, j in np.argwhere(full):
        slow[i] |= ONTOLOGY.exclusions[j]
    assert (reliable_negatives(full, ONTOLOGY.exclusions) == (slow & ~full)).all()


def test_uncertain_labels_make_their_parents_uncertain_unless_something_speaks_for_or_against() -> None:
    positive = expand(SOME, ONTOLOGY.closure)
    fast = expand_uncertain(OTHERS, positive, ONTOLOGY.closure, ONTOLOGY.exclusions)
    negative = reliable_negatives(positive, ONTOLOGY.exclusions)
    for lesion in range(len(SOME)):
        slow = set(np.flatnonzero(OTHERS[lesion] & ~positive[lesion]))
        for label in np.flatnonzero(OTHERS[lesion]):
            for parent in ONTOLOGY.ancestors(ONTOLOGY.labels[label]):
                i = ONTOLOGY.index[parent]
                if not positive[lesion, i] and not negative[lesion, i]:
                    slow.add(i)
        assert set(np.flatnonzero(fast[lesion])) == slow


def test_no_lesions_are_no_trouble() -> None:
    assert expand(SOME[:0], ONTOLOGY.closure).shape == (0, len(ONTOLOGY.labels))
