from __future__ import annotations

import numpy as np

from lesionary.annotation.learning.coarse import body_parts, coarse_parts
from lesionary.ontology.expansion import expand
from lesionary.ontology.ours import our_ontology


def test_the_eight_parts_of_deeplesion_name_labels_of_the_ontology() -> None:
    parts, known = body_parts(), our_ontology()
    assert set(parts) == {"bone", "abdomen", "mediastinum", "liver", "lung", "kidney", "soft tissue", "pelvis"}
    assert {label for labels in parts.values() for label in labels} <= set(known.labels)


def test_a_lesion_belongs_to_the_part_of_its_finest_label() -> None:
    known, names = our_ontology(), list(body_parts())
    given = {"right kidney": "kidney", "right lower lobe": "lung", "rib": "bone", "adrenal gland": "abdomen"}
    targets = np.zeros((len(given), len(known.labels)), bool)
    for row, label in enumerate(given):
        targets[row, known.index[label]] = True
    found = coarse_parts(expand(targets, known.closure), known.labels)
    assert [names[number] for number in found] == list(given.values())


def test_a_lesion_that_is_only_described_belongs_nowhere() -> None:
    known = our_ontology()
    targets = np.zeros((1, len(known.labels)), bool)
    targets[0, known.index["large"]] = True
    assert coarse_parts(targets, known.labels).tolist() == [-1]


def test_parts_whose_labels_are_not_learnt_are_passed_over() -> None:
    assert coarse_parts(np.ones((2, 1), bool), ["large"]).tolist() == [-1, -1]
