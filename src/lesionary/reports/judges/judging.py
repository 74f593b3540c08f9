"""How well pairs are judged, and two judges to compare the network with: rules, and a linear model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

import numpy as np
import yaml
from pydantic import PositiveInt
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from lesionary.base.errors import CohortError
from lesionary.base.sections import Section
from lesionary.evaluation.intervals import Measure, bootstrap, by_patient
from lesionary.evaluation.multiclass import per_class
from lesionary.reports.judges.encoding import Example, Span, distance_bin, normalised

if TYPE_CHECKING:
    from jaxtyping import Float, Int, Shaped
    from numpy import ndarray

AROUND = 3
"""Words left and right of the pair that the linear model looks at."""


class Relation(StrEnum):
    """Of a mention to a bookmark."""

    RELEVANT = "relevant"
    """The label describes the bookmarked lesion."""
    UNCERTAIN = "uncertain"
    """It may."""
    IRRELEVANT = "irrelevant"
    """It is denied, or describes something else."""


class Judge(Protocol):
    """The network, the rules, the linear model."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes."""

    def predict(self, examples: Sequence[Example]) -> Float[ndarray, "examples classes"]:
        """Probabilities; rows sum to one."""


@dataclass(frozen=True)
class Score:
    """One number of a table, with its interval."""

    metric: str
    """`precision`, `recall` or `f1`."""
    of: str
    """A class, or `macro`: the mean over classes."""
    value: float
    low: float
    high: float


def measure(
    truth: Int[ndarray, " pairs"],
    predicted: Int[ndarray, " pairs"],
    patients: Shaped[ndarray, " pairs"],
    names: Sequence[str],
    *,
    replicates: int,
    level: float,
    rng: np.random.Generator,
) -> list[Score]:
    """Precision, recall and F1 of every class that occurs, and their means; patients are drawn for the intervals."""
    _, patient = np.unique(patients, return_inverse=True)
    counts = by_patient(truth, predicted, patient, len(names))
    values = macro_and_classes(names, np.unique(truth))
    whole = values(counts.sum(axis=0).astype(np.float64))
    intervals = bootstrap(counts, values, replicates=replicates, level=level, rng=rng)
    keys = {key: key.split(" ", 1) for key in whole}
    return [Score(metric, of, float(whole[key]), *intervals[key]) for key, (metric, of) in keys.items()]


def macro_and_classes(names: Sequence[str], present: Int[ndarray, " some"]) -> Measure:
    """What is measured of confusion matrices: "<metric> macro" and "<metric> <class>" of the classes `present`."""

    def values(matrices: Float[ndarray, "*many classes classes"]) -> dict[str, Float[ndarray, " *many"]]:
        each = per_class(matrices)
        table = {}
        for metric, value in (("precision", each.precision), ("recall", each.sensitivity), ("f1", each.f1)):
            table[f"{metric} macro"] = np.nanmean(value, axis=-1)
            table.update({f"{metric} {names[index]}": value[..., index] for index in present})
        return table

    return values


class Reach(Section):
    """Cues by where they stand."""

    before: tuple[str, ...]
    after: tuple[str, ...]


class Cues(Section):
    """`cues.yaml`, which explains its keys."""

    reach: PositiveInt
    stops: tuple[str, ...]
    negated: Reach
    uncertain: Reach
    neutral: tuple[str, ...]

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], set[tuple[Relation, bool]]]:
        """What each cue means, and whether it reaches forward."""
        found: dict[tuple[str, ...], set[tuple[Relation, bool]]] = {
            tuple(cue.lower().split()): set() for cue in self.neutral
        }
        for relation, reach in ((Relation.IRRELEVANT, self.negated), (Relation.UNCERTAIN, self.uncertain)):
            for forward, cues in ((True, reach.before), (False, reach.after)):
                for cue in cues:
                    found.setdefault(tuple(cue.lower().split()), set()).add((relation, forward))
        return found


@cache
def cues() -> Cues:
    """`cues.yaml`, checked."""
    text = (files("lesionary.reports.judges") / "cues.yaml").read_text(encoding="utf-8")
    return Cues.check(yaml.safe_load(text), "cues.yaml")


class RuleJudge:
    """A denied mention is irrelevant, and so is one that lies nearer to another bookmark; a hedged one is uncertain."""

    names: tuple[str, ...] = tuple(Relation)

    def __init__(self, cues: Cues) -> None:
        self.cues = cues

    def predict(self, examples: Sequence[Example]) -> Float[ndarray, "examples classes"]:
        """Certain of every answer."""
        return np.eye(len(self.names))[[self.names.index(self.judge(example)) for example in examples]]

    def judge(self, example: Example) -> Relation:
        """One pair; of two bookmarks at the same distance both are nearest."""
        words = [token.lower() for token in example.tokens]
        said = {
            relation
            for cue, meanings in self._found(words)
            for relation, forward in meanings
            if self._reaches(words, cue, example.first, forward)
        }
        nearest = all(
            gap(example.first, example.second) <= gap(example.first, other) for other in example.other_bookmarks
        )
        if Relation.IRRELEVANT in said or not nearest:
            return Relation.IRRELEVANT
        return Relation.UNCERTAIN if Relation.UNCERTAIN in said else Relation.RELEVANT

    def _found(self, words: list[str]) -> Iterator[tuple[Span, set[tuple[Relation, bool]]]]:
        """Cues from left to right, the longest at every place."""
        longest, at = max(map(len, self.cues.phrases)), 0
        while at < len(words):
            ends = (end for end in range(at + longest, at, -1) if tuple(words[at:end]) in self.cues.phrases)
            end = next(ends, None)
            if end is not None:
                yield (at, end), self.cues.phrases[tuple(words[at:end])]
            at = end or at + 1

    def _reaches(self, words: list[str], cue: Span, mention: Span, forward: bool) -> bool:
        between = words[cue[1] : mention[0]] if forward else words[mention[1] : cue[0]]
        right_side = cue[1] <= mention[0] if forward else mention[1] <= cue[0]
        return right_side and len(between) <= self.cues.reach and not set(between) & set(self.cues.stops)


def gap(first: Span, second: Span) -> int:
    """Tokens between two spans, 0 where they touch or overlap.

    >>> gap((0, 2), (5, 6)), gap((5, 6), (0, 2)), gap((0, 3), (2, 4))
    (3, 3, 0)
    """
    return max(0, second[0] - first[1], first[0] - second[1])


@dataclass(frozen=True)
class LinearJudge:
    """Logistic regression on words between and around the pair, and on distances."""

    names: tuple[str, ...]
    vectorizer: DictVectorizer
    regression: LogisticRegression

    def predict(self, examples: Sequence[Example]) -> Float[ndarray, "examples classes"]:
        """A class that training never saw has probability 0."""
        probabilities = np.zeros((len(examples), len(self.names)))
        known = self.vectorizer.transform([features(example) for example in examples])
        probabilities[:, self.regression.classes_] = self.regression.predict_proba(known)
        return probabilities


def fit_linear(
    examples: Sequence[Example],
    classes: Int[ndarray, " examples"],
    *,
    names: Sequence[str],
    c: float = 1.0,
    balanced: bool = True,
) -> LinearJudge:
    """Fit on judged pairs, classes weighed by inverse frequency if `balanced`, as the network's are."""
    check_classes(classes, names)
    vectorizer = DictVectorizer()
    known = vectorizer.fit_transform([features(example) for example in examples])
    regression = LogisticRegression(C=c, class_weight="balanced" if balanced else None, max_iter=2000).fit(
        known, classes
    )
    return LinearJudge(tuple(names), vectorizer, regression)


def check_classes(classes: Int[ndarray, " examples"], names: Sequence[str]) -> None:
    """`CohortError` for judged pairs of one class, of which no line can be drawn between classes."""
    if len(alone := np.unique(classes)) == 1:
        reason = f"all judged pairs of val patients are {names[alone[0]]}"
        raise CohortError("relations.csv", reason, "judge denied and hedged mentions, too, or leave the row linear out")


def features(example: Example) -> dict[str, float]:
    """What the linear model knows of a pair.

    >>> sorted(features(Example(("No", "mass", "near", "BOOKMARK"), first=(1, 2), second=(3, 4))))[:3]
    ['before no', 'between near', 'crossed']
    """
    left, right = sorted((example.first, example.second))
    words = [normalised(token) for token in example.tokens]
    parts = {
        "before": words[max(0, left[0] - AROUND) : left[0]],
        "between": words[left[1] : right[0]],
        "behind": words[right[1] : right[1] + AROUND],
    }
    crossed = [other for other in example.other_bookmarks if left[0] < other[0] < right[0]]
    named = {f"{part} {word}": 1.0 for part, here in parts.items() for word in here}
    distance = int(distance_bin(np.array(gap(left, right))))
    return named | {
        f"distance {distance}": 1.0,
        "mention first": float(left == example.first),
        "crossed": float(len(crossed)),
    }
