"""The ontology as a graph."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from lesionary.base.errors import OntologyError
from lesionary.ontology.graph import Contradiction, Fault, LabelClass, Ontology


def ontology(
    parents: dict[str, set[str]], exclusive: dict[str, set[str]] | None = None, labels: str | None = None
) -> Ontology:
    """Labels of one letter, in order of the alphabet."""
    names = sorted(labels or set(parents).union(*parents.values()))
    return Ontology(
        classes=dict.fromkeys(names, LabelClass.BODYPART),
        synonyms={name: (name,) for name in names},
        parents={name: frozenset(parents.get(name, set())) for name in names},
        exclusive={name: frozenset((exclusive or {}).get(name, set())) for name in names},
    )


def both_ways(*pairs: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for a, b in pairs:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def test_ancestors_are_parents_and_their_parents() -> None:
    graph = ontology({"a": {"b"}, "b": {"c", "d"}, "d": {"e"}})
    assert graph.ancestors("a") == {"b", "c", "d", "e"}
    assert graph.ancestors("e") == frozenset()


def test_reduction_and_closure_are_those_of_networkx(rng: np.random.Generator) -> None:
    for _ in range(20):
        above = np.triu(rng.random((12, 12)) < 0.25, 1)
        names = "abcdefghijkl"
        graph = ontology({names[i]: {names[j] for j in np.flatnonzero(above[i])} for i in range(12)}, labels=names)
        slow = nx.DiGraph([(child, parent) for child, parents in graph.parents.items() for parent in parents])
        for ours, theirs in (
            (graph.closed(), nx.transitive_closure(slow)),
            (graph.reduced(), nx.transitive_reduction(slow)),
        ):
            pairs = {(child, parent) for child, parents in ours.parents.items() for parent in parents}
            assert pairs == set(theirs.edges)


def test_reduced_and_whole_have_the_same_closure() -> None:
    graph = ontology({"a": {"b", "c"}, "b": {"c"}})
    assert graph.reduced().parents["a"] == {"b"}
    assert (graph.reduced().closure == graph.closure).all()
    assert graph.closed().parents["a"] == {"b", "c"}


def test_children_of_exclusive_labels_are_exclusive() -> None:
    graph = ontology({"a": {"x"}, "b": {"a"}, "c": {"y"}}, both_ways("xy"))
    slow = {
        (u, v)
        for u in graph.labels
        for v in graph.labels
        if {"x", "y"} <= {*graph.ancestors(u), u, *graph.ancestors(v), v}
        and (u == "x" or "x" in graph.ancestors(u)) != (v == "x" or "x" in graph.ancestors(v))
    }
    fast = {(graph.labels[i], graph.labels[j]) for i, j in np.argwhere(graph.exclusions)}
    assert fast == slow
    assert ("b", "c") in fast
    assert ("a", "b") not in fast


def test_a_clean_ontology_has_no_contradiction() -> None:
    assert ontology({"a": {"x"}, "b": {"y"}}, both_ways("xy")).contradictions() == []


def test_a_label_below_two_exclusive_ones_is_reported_and_not_obeyed() -> None:
    graph = ontology({"a": {"x", "y"}}, both_ways("xy"))
    assert graph.contradictions() == [
        Contradiction(Fault.SELF, "a", "a"),
        Contradiction(Fault.ANCESTOR, "a", "x"),
        Contradiction(Fault.ANCESTOR, "a", "y"),
    ]
    assert {(graph.labels[i], graph.labels[j]) for i, j in np.argwhere(graph.exclusions)} == {("x", "y"), ("y", "x")}


def test_a_one_way_exclusion_is_reported_and_holds_both_ways() -> None:
    graph = ontology({"a": set(), "b": set()}, {"a": {"b"}})
    assert [str(one) for one in graph.contradictions()] == ["'a' excludes without being excluded by 'b'"]
    assert graph.exclusions.tolist() == [[False, True], [True, False]]


def test_unknown_names_are_reported() -> None:
    graph = ontology({"a": {"z"}}, {"a": {"y"}}, labels="a")
    assert [str(one) for one in graph.contradictions()] == [
        "'a' excludes an unknown label, 'y'",
        "'a' has an unknown parent, 'z'",
    ]


def test_a_cycle_is_an_error_that_names_its_path() -> None:
    with pytest.raises(OntologyError, match="'b' -> 'c' -> 'd' -> 'b'"):
        ontology({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}})


def test_a_label_may_have_two_ways_up() -> None:
    assert ontology({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}).ancestors("a") == {"b", "c", "d"}


def test_a_chain_of_five_thousand_labels_is_no_trouble() -> None:
    names = [f"{i:04}" for i in range(5000)]
    parents = {child: frozenset([parent]) for child, parent in pairwise(names)}
    Ontology(dict.fromkeys(names, LabelClass.TYPE), {}, parents, {})


def test_a_part_keeps_relations_that_run_through_what_is_left_out() -> None:
    graph = ontology({"a": {"b"}, "b": {"c"}, "d": {"x"}, "e": {"y"}}, both_ways("xy"))
    part = graph.only(["d", "c", "a", "e"])
    assert part.labels == ("d", "c", "a", "e")
    assert part.parents["a"] == {"c"}
    assert part.exclusive["d"] == {"e"}


def test_a_part_of_unknown_labels_is_an_error() -> None:
    with pytest.raises(OntologyError, match="no label 'q'"):
        ontology({"a": {"b"}}).only(["a", "q"])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
