"""How long classify_relations would take here: its code on the first reports, timed, for as many pairs as there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from lesionary.checking.mentions import Sample
from lesionary.checking.tracks import Step
from lesionary.cohorts.relations import RELATIONS
from lesionary.params.reports import JudgeParams, Judging
from lesionary.reports.judges.classifying import Judged, predictions, prepare_network, train_row
from lesionary.reports.judges.encoding import Example
from lesionary.reports.judges.examples import examples_of
from lesionary.reports.judges.judging import Judge, check_classes
from lesionary.reports.judges.relations import dev_part
from lesionary.reports.parsing.tokens import Tokeniser
from lesionary.training.devices import fix_threads

PAIRS = 1_000
"""At most, that judges are timed on; those that learn, on no more than are judged."""
PATIENTS = 10
"""Whose these are thought to be, since some are held out."""
Made = TypeVar("Made")


@dataclass(frozen=True)
class Judges:
    """Rows of the table of relations, which of them is applied, and what parts sentences into words."""

    rows: Mapping[str, JudgeParams]
    applied: str
    pipeline: str

    def check(self, known: Judged) -> None:
        """`CohortError` if a row cannot learn from these: too few patients to hold some out, or one class."""
        for params in self.rows.values():
            if params.judge is Judging.NETWORK:
                dev_part(known.classes, known.patients, fraction=params.dev, seed=params.seed)
            if params.judge is Judging.LINEAR:
                check_classes(known.classes, RELATIONS)


@dataclass(frozen=True)
class Asked:
    """How many pairs there are, and how many of them are judged in validation and in test."""

    pairs: int
    val: int
    test: int


def judging_step(judges: Judges, sample: Sample, asked: Asked) -> Step:
    """The stage's time. Where nobody judged a mention, without what the applied row learns from the phantom."""
    fix_threads()  # as the stage does
    tokeniser = Tokeniser(judges.pipeline)
    tables = (sample.pairs, sample.sentences, sample.bookmarks, sample.mentions)
    examples, seconds = _timed(lambda: examples_of(*tables, tokeniser))
    seconds *= asked.pairs / len(examples)
    some = examples[:PAIRS]
    taught = judges.rows if asked.val else {judges.applied: judges.rows[judges.applied]}
    for row, params in taught.items():
        known = some[: max(asked.val, PATIENTS)]
        judge, learning = _taught(row, params, _as_judged(sample.pairs[: len(known)]), known, asked)
        _, judging = _timed(lambda judge=judge: predictions(judge, some))  # type: ignore[misc]
        seconds += learning + judging / len(some) * (asked.test + asked.pairs * (row == judges.applied))
    how = f"{len(some)} of {asked.pairs} pairs were timed"
    how += "" if asked.val else "; without learning from the phantom's judgements"
    return Step("classify_relations", round(seconds, 1), None, how)


def _taught(
    row: str, params: JudgeParams, pairs: pl.DataFrame, examples: Sequence[Example], asked: Asked
) -> tuple[Judge, float]:
    """A judge that learnt of `examples`, and the seconds that it would take to learn all that is judged."""
    share = asked.val / len(examples)
    if params.judge is not Judging.NETWORK:
        learnt, seconds = _timed(lambda: train_row(row, params, pairs, examples))
        return learnt.judge, seconds * share
    fit, preparing = _timed(lambda: prepare_network(params, pairs, examples))
    epochs = iter(fit.epochs())
    next(epochs)
    _, epoch = _timed(lambda: next(epochs, None))
    return fit.best(), preparing * asked.pairs / len(examples) + epoch * params.epochs * share


def _as_judged(pairs: pl.DataFrame) -> pl.DataFrame:
    """The same pairs as if validation had them judged, in turn one way and the next."""
    number = pl.int_range(pl.len())
    judged = [RELATIONS[n % len(RELATIONS)] for n in range(len(pairs))]
    return pairs.with_columns(
        pl.lit("val").alias("split"),
        pl.Series("judged", judged, pl.String),
        patient=(number % PATIENTS).cast(pl.String),
    )


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    begun = time.perf_counter()
    made = work()
    return made, time.perf_counter() - begun
