"""How long classify_relations would take here: its code on the first reports, timed, for as many pairs as there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl
from threadpoolctl import threadpool_limits

from lesionary.checking.mentions import Sample
from lesionary.checking.starting import seconds_to_start
from lesionary.checking.tracks import Step
from lesionary.cohorts.relations import RELATIONS
from lesionary.params.phantom import PhantomParams
from lesionary.params.reports import JudgeParams, Judging
from lesionary.phantom.casting import SHARES, TEXT_SHARES, Split
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
PAIRS_A_TEXT, PAIRS_A_SCAN = 7.65, 5.9
"""Of a mention and a bookmark, in a report of the phantom: of studies of text alone, and of patients with images."""
IMPORTED = ("lesionary.reports.judges.comparing", "lesionary.reports.judges.lending")
"""What the stage loads before it begins; the rest comes with these."""
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

    @classmethod
    def of_phantom(cls, params: PhantomParams) -> Asked:
        """Of the cohort that teaches where nobody judged a mention, in validation alone: nothing is measured there.

        Made with 250, 1,000 and 4,000 studies of text it had 2,087, 7,827 and 30,751 pairs, 893, 3,099 and 12,314
        judged ones in validation; as it is committed 8,994 and 3,407.
        """
        scans = params.patients + params.screening_patients
        pairs = PAIRS_A_TEXT * params.text_studies, PAIRS_A_SCAN * scans
        val = pairs[0] * TEXT_SHARES[Split.VAL] + pairs[1] * SHARES[Split.VAL]
        return cls(round(sum(pairs)), max(1, round(val)), 0)


def judging_step(judges: Judges, sample: Sample, asked: Asked, phantom: Asked) -> Step:
    """The stage's time: its start, reading, learning and judging; nine tenths of it are epochs of networks.

    Where nobody judged a mention, the applied row learns as many pairs as `phantom` has; words of the sample stand for
    its own. Bootstrap and writing are left out: a quarter of a second where three thousand pairs are measured.
    """
    fix_threads()  # as the stage does
    tokeniser = Tokeniser(judges.pipeline)
    tables = (sample.pairs, sample.sentences, sample.bookmarks, sample.mentions)
    examples, seconds = _timed(lambda: examples_of(*tables, tokeniser))
    taught, learnt = judges.rows, asked
    if not asked.val:
        taught, learnt = {judges.applied: judges.rows[judges.applied]}, phantom
    read = asked.pairs + (0 if asked.val else phantom.pairs)
    seconds *= read / len(examples)
    seconds += seconds_to_start(*IMPORTED)
    some = examples[:PAIRS]
    count = min(len(some) if asked.val else PAIRS, max(learnt.val, PATIENTS))
    places = [n % len(some) for n in range(count)]  # the phantom's are more, perhaps, than there are here
    known, pairs = [some[place] for place in places], _as_judged(sample.pairs[places])
    for row, params in taught.items():
        judge, learning = _taught(row, params, pairs, known, learnt)
        _, judging = _timed(lambda judge=judge: predictions(judge, some))  # type: ignore[misc]
        seconds += learning + judging / len(some) * (asked.test + asked.pairs * (row == judges.applied))
    how = f"{len(some)} of {asked.pairs} pairs were timed, and its start"
    how += "" if asked.val else f"; learning of {phantom.val} judgements of the phantom"
    return Step("classify_relations", round(seconds, 1), None, how)


def _taught(
    row: str, params: JudgeParams, pairs: pl.DataFrame, examples: Sequence[Example], learnt: Asked
) -> tuple[Judge, float]:
    """A judge that learnt of `examples`, and the seconds that it would take to learn all that is judged."""
    share = learnt.val / len(examples)
    if params.judge is not Judging.NETWORK:
        made, seconds = _timed(lambda: train_row(row, params, pairs, examples))
        return made.judge, seconds * share
    fit, preparing = _timed(lambda: prepare_network(params, pairs, examples))
    epochs = iter(fit.epochs())
    next(epochs)
    _, epoch = _timed(lambda: next(epochs, None))
    with threadpool_limits(1):  # threads that wait for each other do so once, however many pairs there are
        _, growing = _timed(lambda: prepare_network(params, pairs, examples))
    preparing += growing * (learnt.pairs / len(examples) - 1)
    return fit.best(), preparing + epoch * params.epochs * share


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
