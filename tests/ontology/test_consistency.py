from __future__ import annotations

import numpy as np
import pytest

from lesionary.ontology.consistency import consistent
from lesionary.ontology.expansion import expand
from lesionary.ontology.ours import our_ontology

ONTOLOGY = our_ontology()


def drawn(seed: int, lesions: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    margins = rng.normal(-2, 1, (lesions, len(ONTOLOGY.labels)))
    margins[rng.random(margins.shape) < 0.1] = -np.inf  # a label that is never called
    return margins


def one_by_one(margins: np.ndarray) -> set[int]:
    """The labels of one lesion, decided in words."""
    closure, exclusions = ONTOLOGY.closure, ONTOLOGY.exclusions
    sure: dict[int, float] = {}
    for label in np.flatnonzero(margins >= 0):
        for implied in (label, *np.flatnonzero(closure[label])):
            sure[implied] = max(sure.get(implied, 0.0), margins[label])
    kept: set[int] = set()
    for label in sorted(sure, key=lambda one: (-sure[one], closure[one].sum(), one)):
        parents = set(np.flatnonzero(closure[label]).tolist())
        if parents <= kept and not any(exclusions[label, other] for other in kept):
            kept.add(int(label))
    return kept


@pytest.mark.parametrize("seed", range(3))
def test_decisions_are_their_slow_twin(seed: int) -> None:
    margins = drawn(seed)
    found = consistent(margins, ONTOLOGY.closure, ONTOLOGY.exclusions)
    assert [set(np.flatnonzero(row).tolist()) for row in found] == [one_by_one(row) for row in margins]


@pytest.mark.parametrize("seed", range(3))
def test_no_child_stands_without_its_parents_and_no_two_labels_exclude_each_other(seed: int) -> None:
    found = consistent(drawn(seed), ONTOLOGY.closure, ONTOLOGY.exclusions)
    assert found.any()
    np.testing.assert_array_equal(expand(found, ONTOLOGY.closure), found)
    for row in found:
        assert not ONTOLOGY.exclusions[np.ix_(row, row)].any()


def test_without_exclusions_nothing_but_expansion_is_done() -> None:
    margins = drawn(0)
    found = consistent(margins, ONTOLOGY.closure, np.zeros_like(ONTOLOGY.exclusions))
    np.testing.assert_array_equal(found, expand(margins >= 0, ONTOLOGY.closure))


def test_the_surest_label_is_always_called() -> None:
    margins = drawn(1)
    margins[:, 3] = 9
    assert consistent(margins, ONTOLOGY.closure, ONTOLOGY.exclusions)[:, 3].all()
