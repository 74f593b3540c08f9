"""The ontology as a graph: parents point upwards, exclusions sideways (LesaNet, 3.1).

A relation may be wrong where it was written: `contradictions` lists what an ontology says against itself, and the
matrices that learning uses (`closure`, `exclusive`) do not obey it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lesionary.base.errors import OntologyError

if TYPE_CHECKING:
    from jaxtyping import Bool
    from numpy import ndarray


class LabelClass(StrEnum):
    """What a label says about a lesion."""

    BODYPART = "bodypart"
    """Where it is."""
    TYPE = "type"
    """What it is."""
    ATTRIBUTE = "attribute"
    """How it looks."""


class Fault(StrEnum):
    """How an ontology contradicts itself."""

    SELF = "is exclusive with itself"
    """Directly, or because two labels above it exclude each other."""
    ANCESTOR = "is exclusive with what it is a part or kind of,"
    """Directly, or because two labels above it exclude each other."""
    ONE_WAY = "excludes without being excluded by"
    UNKNOWN_PARENT = "has an unknown parent,"
    UNKNOWN_EXCLUSIVE = "excludes an unknown label,"


@dataclass(frozen=True, order=True)
class Contradiction:
    """One thing that an ontology says against itself."""

    fault: Fault
    label: str
    other: str

    def __str__(self) -> str:
        return f"{self.label!r} {self.fault}" + ("" if self.fault is Fault.SELF else f" {self.other!r}")


@dataclass(frozen=True)
class Ontology:
    """Labels and what is known of them, as written; a cycle of parents is an `OntologyError`.

    `parents` and `exclusive` may name labels that the ontology does not have: these are contradictions, reported and
    not obeyed. Rows and columns of every matrix are in the order of `labels`.
    """

    classes: Mapping[str, LabelClass]
    synonyms: Mapping[str, tuple[str, ...]]
    """Every label's ways of being written, the label itself among them."""
    parents: Mapping[str, frozenset[str]]
    exclusive: Mapping[str, frozenset[str]]
    """What each label is written to exclude."""
    silent: tuple[str, ...] = ()
    """Phrases that mention no label, although words in them would: "humeral head"."""

    def __post_init__(self) -> None:
        if path := _cycle(self.parents):
            way = " -> ".join(repr(label) for label in path)
            raise OntologyError("ontology", f"a label is its own ancestor: {way}", "take one of these parents away")

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in the order they were written."""
        return tuple(self.classes)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Each label's row and column."""
        return {label: i for i, label in enumerate(self.labels)}

    @cached_property
    def listed(self) -> Bool[ndarray, "labels parents"]:
        """True where the column is written as a parent of the row."""
        return self._matrix(self.parents)

    @cached_property
    def closure(self) -> Bool[ndarray, "labels ancestors"]:
        """True where the column is an ancestor of the row; no label is its own."""
        closed = self.listed
        while (grown := closed | product(closed, closed)).sum() > closed.sum():
            closed = grown
        return closed

    @cached_property
    def inherited(self) -> Bool[ndarray, "labels labels"]:
        """True where the row excludes the column: a child of a and a child of b do, when a excludes b (3.1).

        As the written pairs imply it, contradictions included: see `exclusions` for what should be obeyed.
        """
        below = self.closure | np.eye(len(self.classes), dtype=bool)
        return product(product(below, self._matrix(self.exclusive)), below.T)

    @cached_property
    def exclusions(self) -> Bool[ndarray, "labels labels"]:
        """`inherited` made two-way, without self-pairs and without pairs of a label and its ancestor."""
        related = self.closure | self.closure.T | np.eye(len(self.classes), dtype=bool)
        return np.asarray((self.inherited | self.inherited.T) & ~related)

    def ancestors(self, label: str) -> frozenset[str]:
        """Parents, their parents, and so on."""
        return frozenset(self.labels[i] for i in np.flatnonzero(self.closure[self.index[label]]))

    def closed(self) -> Ontology:
        """The same ontology with every ancestor written as a parent."""
        return self._with_parents(self.closure)

    def reduced(self) -> Ontology:
        """The same ontology with the fewest parents that imply all others (transitive reduction; Aho et al. 1972)."""
        return self._with_parents(self.closure & ~product(self.closure, self.closure))

    def only(self, labels: Iterable[str]) -> Ontology:
        """The part that concerns `labels`, in their order; relations that run through others are kept.

        To find mentions, use the whole: without "renal hilum" its words would pass for a hilum of the lung.
        """
        kept = list(labels)
        if missing := [label for label in kept if label not in self.classes]:
            raise OntologyError("ontology", f"has no label {missing[0]!r}", "correct the list, or add the label")
        rows = np.array([self.index[label] for label in kept], int)
        parents, exclusive = self.closure[np.ix_(rows, rows)], self.inherited[np.ix_(rows, rows)]
        part = Ontology(
            classes={label: self.classes[label] for label in kept},
            synonyms={label: self.synonyms[label] for label in kept},
            parents=_names(kept, parents),
            exclusive=_names(kept, exclusive),
            silent=self.silent,
        )
        return part.reduced()

    def contradictions(self) -> list[Contradiction]:
        """All that the ontology says against itself, sorted."""
        own = np.flatnonzero(self.inherited.diagonal())
        found = [Contradiction(Fault.SELF, self.labels[i], self.labels[i]) for i in own]
        found += self._pairs(Fault.ANCESTOR, (self.inherited | self.inherited.T) & self.closure)
        found += self._pairs(Fault.ONE_WAY, self.inherited & ~self.inherited.T)
        for fault, named in ((Fault.UNKNOWN_PARENT, self.parents), (Fault.UNKNOWN_EXCLUSIVE, self.exclusive)):
            found += [
                Contradiction(fault, label, other)
                for label, others in named.items()
                for other in others
                if other not in self.classes
            ]
        return sorted(found)

    def _pairs(self, fault: Fault, where: Bool[ndarray, "labels labels"]) -> list[Contradiction]:
        return [Contradiction(fault, self.labels[i], self.labels[j]) for i, j in np.argwhere(where)]

    def _matrix(self, named: Mapping[str, frozenset[str]]) -> Bool[ndarray, "labels labels"]:
        matrix = np.zeros((len(self.classes), len(self.classes)), bool)
        for label, others in named.items():
            for other in others & self.index.keys():
                matrix[self.index[label], self.index[other]] = True
        return matrix

    def _with_parents(self, matrix: Bool[ndarray, "labels labels"]) -> Ontology:
        return replace(self, parents=_names(self.labels, matrix))


def product(a: Bool[ndarray, "i j"], b: Bool[ndarray, "j k"]) -> Bool[ndarray, "i k"]:
    """True where row and column have a true cell in common; through floats, since NumPy multiplies these fast.

    >>> product(np.array([[True, False]]), np.array([[True, False], [True, True]]))
    array([[ True, False]])
    """
    return np.asarray(a.astype(np.float32) @ b.astype(np.float32) > 0)


def _names(labels: Iterable[str], matrix: Bool[ndarray, "labels labels"]) -> dict[str, frozenset[str]]:
    order = list(labels)
    return {label: frozenset(order[j] for j in np.flatnonzero(row)) for label, row in zip(order, matrix, strict=True)}


def _cycle(parents: Mapping[str, frozenset[str]]) -> list[str]:
    """A way from a label up to itself; empty if there is none. Without recursion: a chain may be long."""
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        rest = [iter([start])]
        while rest:
            label = next(rest[-1], None)
            if label is None:
                rest.pop()
                if path:
                    done.add(path.pop())
            elif label in path:
                return [*path[path.index(label) :], label]
            elif label not in done:
                path.append(label)
                rest.append(iter(sorted(parents.get(label, frozenset()))))
    return []
