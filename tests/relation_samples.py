"""Sentences about lesions made by a small grammar, every pair of mention and bookmark with its true relation; and a
network that is small, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from lesionary.reports.judges.encoding import Example, Span
from lesionary.reports.judges.judging import Relation
from lesionary.reports.judges.relation_cnn import RelationCNN

NAMES = tuple(Relation)
FINDINGS = [
    "nodule",
    "mass",
    "lymph node",
    "cyst",
    "metastasis",
    "lesion",
    "consolidation",
    "adenoma",
    "abscess",
    "opacity",
]
PLACES = ["right lower lobe", "left kidney", "liver", "mediastinum", "spleen", "left adrenal", "pelvis", "right axilla"]
LOOKS = ["large", "hypodense", "enhancing", "calcified", "lobulated", "necrotic"]
MARKS = ["BOOKMARK", "( {a} : {b} )", "{a}.{b} x {a}.{a} cm", "series {a} image {b}", "{b} mm"]
HEDGES = ["suspicious for", "concerning for", "may represent", "could reflect", "possibly", "worrisome for", "? of"]
DENIALS = ["no", "without", "no evidence of", "no sign of", "negative for"]
FILLERS = ["again", "stable", "since", "prior", "study", "the", "slightly", "in", "now", "seen", "that", "image", "new"]
# {f} {p} {l} a finding, a place, a look of the bookmarked lesion {b}; {u} an uncertain finding, {n} a denied one
CLAUSES = [
    "there is a {l} {f} in the {p} {b}",
    "{b} {l} {f} of the {p}",
    "{f} in the {p} measures {b} , smaller",
    "the {p} shows a {l} {f} {h} {u} {b}",
    "{l} {f} of the {p} {b} {h} {u}",
    "{l} {f} {b} , {u} can not be excluded",
    "{u} versus {u} in the {p} {b}",
    "a {f} , {h} {u} , in the {p} {b}",
    "{d} {n} , but a {l} {f} {b} of the {p}",
    "unchanged {f} of the {p} {b} {d} {n}",
    "a {f} {b} , {h} {u} , in the {p} , {d} {n}",
]
MENTIONS = {"{f}": FINDINGS, "{u}": FINDINGS, "{n}": FINDINGS, "{p}": PLACES, "{l}": LOOKS}
LISTS = {**MENTIONS, "{b}": MARKS, "{h}": HEDGES, "{d}": DENIALS}
JOINTS = [" and ", " ; ", " , while ", " , with ", " . "]


@dataclass(frozen=True)
class Corpus:
    examples: list[Example]
    classes: np.ndarray
    patients: np.ndarray

    def of(self, which: np.ndarray) -> Corpus:
        examples = [self.examples[index] for index in np.flatnonzero(which)]
        return Corpus(examples, self.classes[which], self.patients[which])


def sentence(rng: np.random.Generator) -> list[tuple[Example, Relation]]:
    """One or two clauses, each about a lesion with its own bookmark; all pairs with their truth."""
    tokens: list[str] = []
    mentions: list[tuple[Span, int, str]] = []
    bookmarks: list[Span] = []
    number = int(rng.integers(1, 3))
    for clause in range(number):
        for word in rng.choice(CLAUSES).split():
            tokens += rng.choice(FILLERS, rng.choice([0, 0, 0, 1, 3])).tolist()
            drawn = (
                str(rng.choice(LISTS.get(word, [word]))).format(a=rng.integers(1, 9), b=rng.integers(10, 99)).split()
            )
            span = (len(tokens), len(tokens) + len(drawn))
            tokens += drawn
            if word == "{b}":
                bookmarks.append(span)
            elif word in MENTIONS:
                mentions.append((span, clause, word))
        tokens += rng.choice(JOINTS).split() if clause + 1 < number else ["."]
    pairs = []
    for span, clause, word in mentions:
        for own, bookmark in enumerate(bookmarks):
            truth = {"{u}": Relation.UNCERTAIN, "{n}": Relation.IRRELEVANT}.get(word, Relation.RELEVANT)
            others = tuple(other for other, _, _ in mentions if other != span)
            rest = tuple(other for other in bookmarks if other != bookmark)
            example = Example(tuple(tokens), span, bookmark, others, rest)
            pairs.append((example, truth if own == clause else Relation.IRRELEVANT))
    return pairs


def corpus(pairs: int, seed: int = 0) -> Corpus:
    """Three sentences a patient."""
    rng = np.random.default_rng(seed)
    found: list[tuple[Example, Relation, int]] = []
    patient = 0
    while len(found) < pairs:
        found += [(example, truth, patient) for _ in range(3) for example, truth in sentence(rng)]
        patient += 1
    examples, truths, patients = zip(*found, strict=True)
    return Corpus(list(examples), np.array([NAMES.index(truth) for truth in truths]), np.array(patients))


def network(heads: int = 0, **more: Any) -> RelationCNN:
    torch.manual_seed(4)
    return RelationCNN(**{"sizes": (30, 4, 20, 20, 6), "classes": 3, "filters": 8, "heads": heads, **more})
